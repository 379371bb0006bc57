//! What `explain` says of a mail is what the daemon does with it: each mail of the fixtures goes both ways.

use super::*;
use askback::intake::Explained;
use askback::request::{Field, Kind};
use std::fs;

/// The folders whose mails are looked at.
const FOLDERS: [&str; 4] = ["bounces", "demo", "mail", "reply"];

/// What both ways have to say.
#[derive(Debug, PartialEq, Eq)]
struct Fate {
    disposition: Disposition,
    kind: Option<Kind>,
    missing: Vec<Field>,
    /// Subject and text.
    letter: Option<(String, String)>,
}

fn mails(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            mails(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            found.push(path);
        }
    }
}

/// The mail as written to us, as `explain` takes it.
fn addressed(desk: &Desk, raw: &str) -> String {
    let mail = mail::parse(raw.as_bytes());
    let ours = |address: &Address| address.is_among(&desk.own_addresses);
    let mut recipients = mail.to.iter().chain(&mail.cc).chain(&mail.resent);
    if recipients.any(|mailbox| ours(&mailbox.address)) || mail.author_address().is_some_and(ours) {
        raw.to_owned()
    } else {
        format!("To: {}\r\n{raw}", desk.support.address)
    }
}

/// The mail as if it had been written the moment that it arrived: an old one gets no letter.
fn undated(raw: &str) -> String {
    raw.split_inclusive('\n')
        .map(|line| if line.starts_with("Date:") { "X-Was: x\r\n" } else { line })
        .collect()
}

fn said(explained: Explained) -> Fate {
    let filed = explained.disposition == Disposition::Filed;
    Fate {
        disposition: explained.disposition,
        kind: Some(explained.request.kind).filter(|kind| filed && *kind != Kind::None),
        missing: explained.missing,
        letter: explained.letter,
    }
}

async fn done(office: &mut Office, raw: &str, arrived: DateTime<Utc>) -> Fate {
    let row = office.receive_at("support", raw, Some(arrived)).await;
    let ticket = row.ticket.map(|ticket| office.ticket(ticket.0));
    let rules = &office.desk.regulation_at(row.received_at).rules;
    let letter =
        office.letters().into_iter().find(|letter| letter.kind != LetterKind::Notice).map(|letter| {
            let sent = mail::parse(&letter.raw);
            (sent.subject.clone(), sent.text.full)
        });
    Fate {
        disposition: row.disposition.unwrap(),
        kind: ticket.as_ref().and_then(|ticket| ticket.answers.kind),
        missing: ticket.map(|ticket| ticket.answers.missing(rules)).unwrap_or_default(),
        letter,
    }
}

#[tokio::test]
async fn explain_says_what_is_done() {
    let mut paths = Vec::new();
    for folder in FOLDERS {
        mails(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder), &mut paths);
    }
    paths.sort();
    assert!(paths.len() > 150, "only {}", paths.len());
    let mut wrong = Vec::new();
    for path in &paths {
        let Ok(raw) = String::from_utf8(fs::read(path).unwrap()) else { continue };
        let mut office = Office::new().await;
        let raw = undated(&addressed(&office.desk, &raw));
        let now = Utc::now() - TimeDelta::minutes(1);
        let explained = intake::explain(&office.desk, &[raw.clone().into_bytes()], now).unwrap().remove(0);
        let why = explained.why.clone();
        let said = said(explained);
        let mut done = done(&mut office, &raw, now).await;
        if let (Some((_, said)), Some((_, sent))) = (&said.letter, &mut done.letter) {
            let mut others = sent.split_whitespace();
            match said.split_whitespace().find(|word| others.next() != Some(word)) {
                Some(word) => *sent = format!("{word:?} is not where it was said: {sent}"),
                // Below stands what it answers.
                None => sent.clone_from(said),
            }
        }
        if said != done {
            let file = path.file_name().unwrap().display();
            wrong.push(format!("{file}: {why}\n  said {said:?}\n  done {done:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), paths.len(), wrong.join("\n"));
}
