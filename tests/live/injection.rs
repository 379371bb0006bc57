//! Header injection and terminal control through subjects, names, ids and file names: in every spelling that mail knows, into
//! the real program, and out by every way it has: letters, tables, JSON, both kinds of log.

use super::support::agent::{answer, employ, reply_address};
use super::support::daemon::Desk;
use super::support::maildir::{Letter, letters, wait_for_letters};
use super::support::wait_for;
use super::{COMPLETE, INCOMPLETE, desk, postfix, servers};
use anyhow::{Context, Result, ensure};
use askback::mail::header_text::is_hostile;
use data_encoding::BASE64;
use std::fmt::Write as _;

/// The attack that comes alone: colour in base64, from a registered client, in a request that lacks nothing.
const ALONE: usize = 21;

/// What must not come through, and its name.
const PAYLOADS: [(&str, &str); 14] = [
    ("line feed", "\nBcc: evil@evil.test"),
    ("carriage return", "\rBcc: evil@evil.test"),
    ("line end", "\r\nBcc: evil@evil.test"),
    ("end of the header", "\r\n\r\nevil body"),
    ("NUL", "a\0b"),
    ("colour", "\u{1b}[31mred"),
    ("title of the window", "\u{1b}]0;evil\u{7}"),
    ("C1 control", "\u{9b}31mred"),
    ("backspaces", "good\u{8}\u{8}\u{8}\u{8}evil"),
    ("right-to-left override", "gpj.\u{202e}exe"),
    ("isolate", "\u{2066}evil\u{2069}"),
    ("zero width", "ev\u{200b}il\u{feff}"),
    ("line separator", "a\u{2028}Bcc: evil@evil.test\u{2029}"),
    ("tag characters", "a\u{e0041}\u{e007f}"),
];

/// How a text is written in a header or in a parameter.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    /// As it is, with what cannot stand in a line: the header ends there, or goes on.
    Raw,
    /// RFC 2047, base64.
    Base64,
    /// RFC 2047, quoted-printable.
    Quoted,
    /// RFC 2231; in headers that know no parameters as [`Spelling::Quoted`].
    Percent,
}

impl Spelling {
    const ALL: [Self; 4] = [Self::Raw, Self::Base64, Self::Quoted, Self::Percent];

    fn word(self, text: &str) -> String {
        match self {
            Self::Raw => text.to_owned(),
            Self::Base64 => format!("=?utf-8?B?{}?=", BASE64.encode(text.as_bytes())),
            Self::Quoted | Self::Percent => format!("=?utf-8?Q?{}?=", hexadecimal(text, '=')),
        }
    }

    fn parameter(self, name: &str, text: &str) -> String {
        match self {
            Self::Percent => format!("{name}*=utf-8''{}", hexadecimal(text, '%')),
            Self::Raw | Self::Base64 | Self::Quoted => format!("{name}=\"{}\"", self.word(text)),
        }
    }
}

fn hexadecimal(text: &str, mark: char) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{mark}{byte:02X}");
        all
    })
}

/// A mail of a client whose every text has the payload.
fn attack(number: usize, to: &str, payload: &str, spelling: Spelling, body: &str) -> Vec<u8> {
    let word = spelling.word(payload);
    let file = spelling.parameter("filename", &format!("{payload}.png"));
    let name = spelling.parameter("name", &format!("{payload}.png"));
    format!(
        "Message-ID: <a{number}.{payload}@alfa.test>\r\nFrom: \"x {word}\" <ivan@c{number}.test>\r\n\
         To: \"{word}\" <{to}>\r\nCc: {word} <boss{number}@c{number}.test>\r\n\
         Reply-To: {word} <ivan@c{number}.test>\r\nSubject: Report {word}\r\n\
         In-Reply-To: <b.{payload}@alfa.test>\r\nReferences: <c.{payload}@alfa.test> {word}\r\n\
         X-Loop: {word}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\nОбъект «А123{payload}».\r\n\
         --b\r\nContent-Type: image/png; {name}\r\nContent-Disposition: attachment; {file}\r\n\
         Content-ID: <{payload}>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
    )
    .into_bytes()
}

/// Header fields of ours and of the servers on the way.
const FIELDS: [&str; 24] = [
    "return-path",
    "delivered-to",
    "x-original-to",
    "received",
    "date",
    "message-id",
    "from",
    "to",
    "reply-to",
    "subject",
    "in-reply-to",
    "references",
    "auto-submitted",
    "x-auto-response-suppress",
    "precedence",
    "x-loop",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-language",
    "x-askback-version",
    "x-askback-kind",
    "list-id",
];

/// A letter that went out: every header line plain ASCII and one of ours, nothing hostile in what they say or in the text.
fn check_letter(letter: &Letter, what: &str) -> Result<()> {
    let text = String::from_utf8(letter.raw.clone()).with_context(|| format!("{what} is not UTF-8"))?;
    let text = text.replace("\r\n", "\n");
    let (head, _) = text.split_once("\n\n").context("no end of the header")?;
    for line in head.lines() {
        ensure!(line.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte)), "{what}: {line:?}");
        if !line.starts_with([' ', '\t']) {
            let name = line.split_once(':').context("no field")?.0.to_lowercase();
            ensure!(FIELDS.contains(&name.as_str()), "{what}: a field {name}: {line}");
        }
    }
    let parsed = mail_parser::MessageParser::default().parse(&letter.raw).context("not a mail")?;
    let subject = parsed.subject().unwrap_or_default();
    ensure!(!subject.contains(is_hostile), "{what}: subject {subject:?}");
    for address in [parsed.from(), parsed.to(), parsed.reply_to()].into_iter().flatten() {
        let said = format!("{:?}", address.first());
        ensure!(!said.contains("\\u{") && !said.contains("evil"), "{what}: {said}");
    }
    let only_layout = |c: char| c != '\n' && c != '\r' && c != '\t' && is_hostile(c);
    for text in parsed.text_bodies().chain(parsed.html_bodies()) {
        let wrong = text.chars().find(|c| only_layout(*c));
        ensure!(wrong.is_none(), "{what}: {wrong:?} in the text");
    }
    for file in parsed.attachments() {
        let name = file.attachment_name().unwrap_or_default();
        ensure!(!name.contains(is_hostile), "{what}: a file {name:?}");
    }
    Ok(())
}

/// What a command prints, which must not be able to drive a terminal.
fn check_command(desk: &Desk<'_>, arguments: &[&str]) -> Result<usize> {
    let said = desk.said(arguments)?;
    let wrong = said.lines().find(|line| line.contains(is_hostile));
    ensure!(wrong.is_none(), "askback {arguments:?} prints {wrong:?}");
    Ok(said.len())
}

/// The agent answers a notice with files whose names have the payloads.
fn answer_with_files(agent: &str, notice: &Letter) -> Result<(String, Vec<u8>)> {
    let address = reply_address(notice)?;
    let mut raw = answer(agent, &address, notice, "", "Исправили, проверьте.")?;
    let text = String::from_utf8(raw)?;
    let (head, body) = text.split_once("\r\n\r\n").context("no body")?;
    let head =
        head.replace("Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=b");
    let mut mail = format!("{head}\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n");
    for (_, payload) in PAYLOADS {
        for spelling in [Spelling::Base64, Spelling::Percent] {
            let name = spelling.parameter("filename", &format!("{payload}.txt"));
            let kind = format!("Content-Type: text/{}", spelling.word(payload));
            let kind = if payload.contains(['\r', '\n', '\0']) { "Content-Type: text/plain" } else { &kind };
            mail += &format!("--b\r\n{kind}\r\nContent-Disposition: attachment; {name}\r\n\r\nx\r\n");
        }
    }
    raw = (mail + "--b--\r\n").into_bytes();
    Ok((address, raw))
}

#[test]
fn nothing_that_injects_reaches_a_header_a_terminal_or_a_log() -> Result<()> {
    let (dir, mut desk) = desk("injection")?;
    let agent = "olga@injection-agents.test";
    employ(&mut desk, agent)?;
    desk.set("log.level", "trace")?;
    desk.set("reply.limits.per_hour", 1000)?;
    let attacks: Vec<(String, Vec<u8>)> = PAYLOADS
        .iter()
        .flat_map(|(name, payload)| Spelling::ALL.map(|spelling| (name, payload, spelling)))
        .enumerate()
        .map(|(number, (name, payload, spelling))| {
            let body = if number % 2 == 0 { INCOMPLETE } else { COMPLETE };
            (format!("{name}, {spelling:?}"), attack(number, &desk.address, payload, spelling, body))
        })
        .collect();

    // Every third client is registered: letters to those repeat the subject.
    desk.run()?.stop()?;
    let clients = (0..attacks.len()).step_by(3).map(|number| format!("Alfa {number};c{number}.test\n"));
    let table = dir.path().join("clients.csv");
    std::fs::write(&table, format!("organisation;domain\n{}", clients.collect::<String>()))?;
    desk.said(&["clients", "import", &table.display().to_string()])?;
    desk.set("reply.strangers", "accept")?;

    // One comes alone: the agent hears of it in a letter that can be answered. Of the rest, one half goes to a log in JSON.
    let raw = |(_, raw): &(String, Vec<u8>)| raw.clone();
    let (first, half) = (ALONE + 1, attacks.len() / 2);
    servers().fill(&desk.address, attacks.iter().skip(ALONE).take(1).map(raw))?;
    let daemon = desk.run()?;
    let notice = wait_for_letters(&desk.mailbox_of(agent), 1)?.remove(0);
    servers().fill(&desk.address, attacks.iter().take(ALONE).map(raw))?;
    servers().fill(&desk.address, attacks.iter().take(half).skip(first).map(raw))?;
    daemon.stop()?;
    let daemon = desk.run()?;
    desk.wait_for_mails(half)?;
    daemon.stop()?;
    desk.set("log.format", "json")?;
    servers().fill(&desk.address, attacks.iter().skip(half).map(raw))?;
    let daemon = desk.run()?;
    let mails = desk.wait_for_mails(attacks.len())?;
    desk.wait_for_outbox()?;
    let (address, raw) = answer_with_files(agent, &notice)?;
    postfix()?.send(agent, &address, &raw)?;
    wait_for("the answer to go on", || {
        let sent = desk.rows(&["outbox", "--state", "sent"])?;
        Ok(sent.iter().any(|letter| letter["kind"] == "answer").then_some(()))
    })
    .with_context(|| desk.log())?;
    daemon.stop()?;

    let mut files = Vec::new();
    for (number, (_, raw)) in attacks.iter().enumerate() {
        let file = dir.path().join(format!("{number}.eml"));
        std::fs::write(&file, raw)?;
        files.push(file.display().to_string());
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let mut printed = check_command(&desk, &[&["explain"], &files[..]].concat())?;
    printed += check_command(&desk, &[&["explain", "--json"], &files[..]].concat())?;
    // What is shown as JSON is all in `export`, too: some are enough.
    for mail in &mails {
        let number = mail["mail"].to_string();
        printed += check_command(&desk, &["mail", &number])?;
    }
    for ticket in desk.rows(&["tickets"])? {
        let number = ticket["number"].to_string();
        printed += check_command(&desk, &["ticket", &number])?;
    }
    for number in ["1", "22", "40"] {
        printed += check_command(&desk, &["ticket", number, "--json"])?;
        printed += check_command(&desk, &["mail", number, "--json"])?;
    }
    for command in ["tickets", "mails", "outbox"] {
        printed += check_command(&desk, &[command])?;
        printed += check_command(&desk, &[command, "--json"])?;
    }
    for arguments in [&["export"][..], &["quarantine", "list"], &["held", "list"], &["clients", "list"]] {
        printed += check_command(&desk, arguments)?;
    }
    let log = desk.log();
    let wrong = log.lines().find(|line| line.contains(is_hostile));
    ensure!(wrong.is_none(), "the log has {wrong:?}");

    let mut out = letters(&desk.mailbox_of(agent))?;
    out.extend(letters(&desk.sent())?);
    for number in 0..attacks.len() {
        out.extend(letters(&desk.mailbox_of(&format!("ivan@c{number}.test")))?);
        ensure!(letters(&desk.mailbox_of("evil@evil.test"))?.is_empty(), "a letter to evil@evil.test");
    }
    for letter in &out {
        check_letter(letter, &format!("{:?} to {:?}", letter.subject(), letter.header("To")?))?;
    }
    let filed = mails.iter().filter(|mail| mail["disposition"] == "filed").count();
    println!(
        "{} attacks, {filed} of them filed as requests: {} letters, {printed} bytes printed, {} of log",
        attacks.len(),
        out.len(),
        log.len()
    );
    ensure!(filed >= 20 && out.len() >= 40 && log.len() > 1000, "too little has happened");
    Ok(())
}
