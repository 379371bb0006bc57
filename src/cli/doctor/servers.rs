//! Passwords, IMAP and SMTP: logs in as the daemon does, changes nothing, sends nothing.

use super::Findings;
use crate::cli::failure::{Failure, Outcome, split_remedy};
use crate::config::{Config, MailboxConfig, SentFolder, read_secret};
use crate::imap::{self, Lacking, ProbeReport};
use crate::net::CertificateInfo;
use crate::oauth::Tokens;
use crate::outbox::smtp::{Probed, Smtp};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::runtime::Runtime;

/// A server that takes longer to log in is as good as down.
const PATIENCE: Duration = Duration::from_secs(60);

/// A certificate that ends sooner should have been renewed.
const RENEWAL_DAYS: i64 = 14;

/// Looks at all servers whose passwords can be read; `false` if one cannot.
pub(super) fn examine(config: &Config, findings: &mut Findings<'_>) -> Result<bool, Failure> {
    let mut all_readable = true;
    for (check, source) in config.secret_sources() {
        match read_secret(&check, source) {
            Ok(_) => findings.good(&check, "can be read, by nobody else")?,
            Err(error) => {
                all_readable = false;
                findings.bad(&check, error.what, &error.remedy)?;
            }
        }
    }
    let Ok(secrets) = config.secrets() else {
        let remedy = "mend the passwords first";
        findings.note("servers", "not asked", remedy)?;
        return Ok(all_readable);
    };
    let runtime = crate::cli::runtime()?;
    let now = Utc::now();
    for tokens in secrets.tokens() {
        token(&format!("oauth \"{}\"", tokens.name()), tokens, &runtime, now, findings)?;
    }
    // Those of all mailboxes go to the first that wants them.
    let takes_copies = config.mailbox.iter().find(|mailbox| mailbox.sent_folder != SentFolder::Off);
    for (mailbox, settings) in config.mailbox.iter().zip(config.mailboxes(&secrets)) {
        let check = mailbox.key();
        let takes_copies = takes_copies == Some(mailbox);
        let sent = match &mailbox.sent_folder {
            SentFolder::Named(name) => Some(name.as_str()),
            SentFolder::Auto | SentFolder::Off => None,
        };
        let probe = async { tokio::time::timeout(PATIENCE, Box::pin(imap::probe(&settings, sent))).await };
        match runtime.block_on(probe) {
            Ok(Ok(report)) => {
                mailbox_report(&check, (mailbox, &settings), takes_copies, &report, now, findings)?;
            }
            Ok(Err(error)) => findings.error(&check, &error.to_string())?,
            Err(_elapsed) => too_slow(&check, "look at the server and the network between", findings)?,
        }
    }
    let settings = config.smtp_settings(&secrets);
    // Agents' answers go out as the first; the others are only written to.
    let sender = config.support.addresses.first();
    let probe = async { tokio::time::timeout(PATIENCE, Box::pin(Smtp::probe(&settings, sender))).await };
    match runtime.block_on(probe) {
        Ok(Ok(Probed { certificate, doubt })) => {
            let login = if settings.login.is_some() { "login works" } else { "no login, as configured" };
            let (host, port) = (&settings.host, settings.port);
            match doubt.as_deref().map(split_remedy) {
                None => findings.good("smtp", format!("{host}:{port}, {login}, letters are taken"))?,
                Some((doubt, remedy)) => {
                    findings.note("smtp", format!("{host}:{port}, {login}, but {doubt}"), &remedy)?;
                }
            }
            expiry("smtp", certificate.as_ref(), now, findings)?;
        }
        Ok(Err(error)) => findings.error("smtp", &error)?,
        Err(_elapsed) => too_slow("smtp", &Smtp::if_silent(&settings), findings)?,
    }
    Ok(all_readable)
}

/// Asks for an access token, as the daemon does; what comes with it is kept, so the daemon goes on from there.
fn token(
    check: &str,
    tokens: &Tokens,
    runtime: &Runtime,
    now: DateTime<Utc>,
    findings: &mut Findings<'_>,
) -> Outcome {
    match runtime.block_on(async { tokens.look_after().await }) {
        Ok(left_alone) => {
            let minutes = left_alone.as_secs().div_ceil(60);
            findings
                .good(check, format!("the token endpoint gives tokens; the next is due in {minutes} min"))?;
        }
        Err(error) => findings.error(check, &error.to_string())?,
    }
    let Some(ending) = tokens.ending() else { return Ok(()) };
    let detail = format!("the refresh token ends on {}", ending.at.format("%Y-%m-%d %H:%M UTC"));
    if ending.is_near(now) {
        let remedy = "get a new one by giving the consent again (README, \"Login by OAuth\"), put it in place of the old one, \
                      and restart askback";
        return findings.note(check, detail, remedy);
    }
    findings.good(check, detail)
}

fn too_slow(check: &str, remedy: &str, findings: &mut Findings<'_>) -> Outcome {
    let detail = format!("no login within {} s", PATIENCE.as_secs());
    findings.bad(check, detail, remedy)
}

fn mailbox_report(
    check: &str,
    (mailbox, settings): (&MailboxConfig, &imap::Settings),
    takes_copies: bool,
    report: &ProbeReport,
    now: DateTime<Utc>,
    findings: &mut Findings<'_>,
) -> Outcome {
    let (host, port, took) = (&mailbox.host, mailbox.port, report.login_took.as_millis());
    findings.good(check, format!("{host}:{port}, login works ({took} ms)"))?;
    expiry(check, report.certificate.as_ref(), now, findings)?;
    let (folder, messages) = (&mailbox.folder, report.watched.messages);
    findings.good(check, format!("folder {folder} has {messages} mails"))?;
    changeable(check, mailbox, report, findings)?;
    if report.watched.uid_validity.is_none() {
        let detail = "no UIDVALIDITY: mails are recognised by their content";
        findings.note(check, detail, "nothing to do; it costs time after each connection")?;
    }
    if report.idle {
        findings.good(check, "new mail is announced (IDLE)")?;
    } else {
        let every = settings.poll.min(settings.timing.poll_without_idle).as_secs();
        findings.note(check, format!("no IDLE: new mail is looked for every {every} s"), "nothing to do")?;
    }
    sent_folder(check, mailbox, takes_copies, report, findings)
}

/// Whether stored mails can be marked or moved.
fn changeable(
    check: &str,
    mailbox: &MailboxConfig,
    report: &ProbeReport,
    findings: &mut Findings<'_>,
) -> Outcome {
    let (folder, watched) = (&mailbox.folder, &report.watched);
    if watched.read_only {
        let detail = format!("folder {folder} is read-only: mails cannot be marked or moved");
        let remedy = "give this login the right to change it, or set after = \"leave\"";
        return findings.bad(check, detail, remedy);
    }
    if mailbox.after == imap::After::Seen && watched.no_seen {
        let detail = format!("folder {folder} keeps no mark \\Seen for this login: mails cannot be marked");
        let remedy = "give this login the right to (ACL: s, w), or set after = \"leave\"";
        return findings.bad(check, detail, remedy);
    }
    for lacking in report.lacking.iter().filter(|lacking| lacking.folder != report.sent.0) {
        lacks(check, lacking, findings)?;
    }
    let Some((target, exists)) = &report.target else { return Ok(()) };
    if misled(check, "after", report, findings)? {
        return Ok(());
    }
    if mailbox.sent_folder != SentFolder::Off && imap::is_same_folder(target, &report.sent.0) {
        let detail = format!("stored mails go to {target}, where agents' answers are looked for");
        return findings.bad(check, detail, "name another folder in after = \"move:…\"");
    }
    if !report.can_move && !report.uidplus {
        let detail = "the server has neither MOVE nor UIDPLUS, so mails cannot be moved safely";
        findings.bad(check, detail, "use after = \"seen\", or a server with MOVE or UIDPLUS")?;
    }
    if watched.no_deleted {
        let detail = format!("folder {folder} keeps no mark \\Deleted for this login: mails cannot be moved");
        let remedy = "give this login the right to delete in it (ACL: t, e), which askback sees by itself, or use after = \"seen\"";
        if report.can_move {
            findings.note(check, format!("{detail}, perhaps not even by MOVE"), remedy)?;
        } else {
            findings.bad(check, detail, remedy)?;
        }
    }
    if *exists {
        findings.good(check, format!("stored mails go to {target}"))
    } else {
        let detail = format!("folder {target} for stored mails is not there");
        findings.note(check, detail, "nothing to do: it will be created")
    }
}

/// Says of a setting that it names no folder for mails to be put into, if so.
fn misled(
    check: &str,
    setting: &str,
    report: &ProbeReport,
    findings: &mut Findings<'_>,
) -> Result<bool, Failure> {
    let mut all = report.misled.iter().filter(|misled| misled.setting == setting).peekable();
    let is_any = all.peek().is_some();
    all.try_for_each(|misled| findings.error(check, &misled.why))?;
    Ok(is_any)
}

/// What this login may not do in a folder.
fn lacks(check: &str, lacking: &Lacking, findings: &mut Findings<'_>) -> Outcome {
    let Lacking { folder, rights } = lacking;
    let what = match rights.as_str() {
        "i" => "put mails into",
        "s" => "mark mails as \\Seen in",
        _ => "delete mails in",
    };
    let detail = format!("this login has no right to {what} folder {folder} (ACL: {rights})");
    findings.bad(check, detail, "give it that right; askback sees it by itself")
}

fn sent_folder(
    check: &str,
    mailbox: &MailboxConfig,
    takes_copies: bool,
    report: &ProbeReport,
    findings: &mut Findings<'_>,
) -> Outcome {
    if mailbox.sent_folder == SentFolder::Off {
        return findings.note(
            check,
            "the Sent folder is not used (sent_folder = \"off\")",
            "answers that agents send from this account are not seen; they must put the support address in Cc",
        );
    }
    if misled(check, "sent_folder", report, findings)? {
        return Ok(());
    }
    let (folder, exists) = &report.sent;
    if !exists {
        let detail = format!("folder {folder} for sent mail is not there");
        findings.note(check, detail, "nothing to do: it will be created")
    } else if takes_copies {
        if let Some(lacking) = report.lacking.iter().find(|lacking| lacking.folder == *folder) {
            return lacks(check, lacking, findings);
        }
        findings.good(check, format!("copies of letters go to {folder}; agents' answers are found there"))
    } else {
        findings.good(check, format!("agents' answers are found in {folder}; copies of letters go elsewhere"))
    }
}

fn expiry(
    check: &str,
    certificate: Option<&CertificateInfo>,
    now: DateTime<Utc>,
    findings: &mut Findings<'_>,
) -> Outcome {
    let Some(certificate) = certificate else { return Ok(()) };
    let days = certificate.not_after.signed_duration_since(now).num_days();
    let detail =
        format!("certificate valid until {} ({days} days)", certificate.not_after.format("%Y-%m-%d"));
    if days < RENEWAL_DAYS {
        findings.note(check, detail, "renew it on the server, or look why that does not happen by itself")
    } else {
        findings.good(check, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::screen::Screen;
    use crate::imap::WatchedFolder;

    /// What is said of a mailbox that has no IDLE and a folder for sent mail.
    fn report(folder: &str) -> ProbeReport {
        ProbeReport {
            certificate: None,
            login_took: Duration::ZERO,
            idle: false,
            can_move: true,
            uidplus: true,
            sent: (folder.to_owned(), true),
            watched: WatchedFolder {
                messages: 1,
                uid_validity: Some(1),
                read_only: false,
                no_seen: false,
                no_deleted: false,
            },
            target: None,
            lacking: Vec::new(),
            misled: Vec::new(),
        }
    }

    #[track_caller]
    fn check(poll: &str, takes_copies: bool, expect: [&str; 2]) {
        check_report(&format!("poll = \"{poll}\""), takes_copies, &report("Sent"), &expect);
    }

    #[track_caller]
    fn check_report(line: &str, takes_copies: bool, report: &ProbeReport, expect: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("password");
        std::fs::write(&secret, "secret\n").unwrap();
        std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let text = format!(
            "[support]\naddresses = [\"support@example.com\"]\n[[mailbox]]\nhost = \"imap.example.com\"\n\
             password_file = \"password\"\n{line}\n[smtp]\nhost = \"smtp.example.com\"\n"
        );
        let config = Config::parse(&text, &folder.path().join("askback.toml")).unwrap();
        let settings = config.mailboxes(&config.secrets().unwrap()).remove(0);
        let (mut screen, memory) = Screen::memory(false, 200);
        let mut findings = Findings { list: Vec::new(), screen: &mut screen, json: false };
        let mailbox = (&config.mailbox[0], &settings);
        mailbox_report("x", mailbox, takes_copies, report, Utc::now(), &mut findings).unwrap();
        let text = memory.text();
        for line in expect {
            assert!(text.lines().any(|told| told == *line), "{line} in\n{text}");
        }
    }

    #[test]
    fn only_the_mailbox_that_takes_copies_is_said_to() {
        let copies = "✓ x: copies of letters go to Sent; agents' answers are found there";
        check("5m", true, ["! x: no IDLE: new mail is looked for every 60 s", copies]);
        let elsewhere = "✓ x: agents' answers are found in Sent; copies of letters go elsewhere";
        check("20s", false, ["! x: no IDLE: new mail is looked for every 20 s", elsewhere]);
    }

    #[test]
    fn what_this_login_cannot_change_is_told() {
        let mut report = report("Sent");
        report.watched.no_seen = true;
        let seen = "✗ x: folder INBOX keeps no mark \\Seen for this login: mails cannot be marked";
        check_report("after = \"seen\"", true, &report, &[seen]);
        report.watched.no_deleted = true;
        report.target = Some(("INBOX.Done".to_owned(), false));
        let missing = "! x: folder INBOX.Done for stored mails is not there";
        let cannot = "x: folder INBOX keeps no mark \\Deleted for this login: mails cannot be moved";
        let by_move = format!("! {cannot}, perhaps not even by MOVE");
        check_report("after = \"move:Done\"", true, &report, &[&by_move, missing]);
        report.watched.no_deleted = false;
        let lacking = |folder: &str, rights: &str| Lacking { folder: folder.into(), rights: rights.into() };
        report.lacking = vec![lacking("INBOX", "e"), lacking("INBOX.Done", "i"), lacking("Sent", "i")];
        let rights = [
            "✗ x: this login has no right to delete mails in folder INBOX (ACL: e)",
            "✗ x: this login has no right to put mails into folder INBOX.Done (ACL: i)",
            "✗ x: this login has no right to put mails into folder Sent (ACL: i)",
        ];
        check_report("after = \"move:Done\"", true, &report, &rights);
        let elsewhere = "✓ x: agents' answers are found in Sent; copies of letters go elsewhere";
        check_report("after = \"move:Done\"", false, &report, &[rights[0], rights[1], elsewhere]);
        (report.lacking, report.watched.no_deleted) = (Vec::new(), true);
        report.target = Some(("Sent".to_owned(), true));
        let sent = "✗ x: stored mails go to Sent, where agents' answers are looked for";
        check_report("after = \"move:Sent\"", true, &report, &[sent]);
        report.target = Some(("INBOX.Done".to_owned(), false));
        report.can_move = false;
        check_report("after = \"move:Done\"", true, &report, &[&format!("✗ {cannot}"), missing]);
    }
}
