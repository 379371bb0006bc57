//! `fixtures/bounces`: what machines write back, as they write it. None of it is answered. A challenge that only says
//! `Precedence: bulk` is shown to agents as a ticket (row 7), all else opens none.

use super::{INCOMPLETE, Office, mail};
use askback::ticket::{Disposition, TicketId};
use std::path::Path;

/// The letter that the fixtures are about.
const LETTER: &str = "ask.9.abc@m2mail.ru";

#[tokio::test]
async fn bounces_receipts_and_vacations_are_never_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bounces");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut linked, mut bounced, mut wrong) = (0, 0, Vec::new());
    for file in &files {
        let mut office = Office::new().await;
        office.receive(&mail("ivan@alfa.test", "m@alfa.test", "", "Report", INCOMPLETE)).await;
        let ask = office.waiting().remove(0);
        office.send_all().await;
        let raw = std::fs::read_to_string(file).unwrap().replace(LETTER, ask.message_id.as_str());
        for raw in [raw.replace('\n', "\r\n"), raw] {
            let row = office.receive(&raw).await;
            let kept = matches!(row.disposition, Some(Disposition::Automatic | Disposition::Quarantined));
            let opens = file.ends_with("challenge-boxtrapper.eml");
            if kept == opens || office.letters().len() != 1 {
                wrong.push(format!("{}: {:?}, {}", file.display(), row.disposition, row.why));
            }
            linked += usize::from(row.ticket == Some(TicketId(1)));
        }
        bounced += usize::from(office.letters()[0].bounced_at.is_some());
    }
    println!(
        "{} shapes, none answered; {bounced} undo the letter, {linked} of {} linked",
        files.len(),
        2 * files.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files.len() >= 40 && bounced >= 15 && linked >= 40, "{} {bounced} {linked}", files.len());
}
