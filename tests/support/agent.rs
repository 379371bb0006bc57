//! An agent at work: hours that never end, a mail program that puts what it sent into the Sent folder.

use super::bytes::Bytes;
use super::compose::{bare, mail_with};
use super::daemon::{Daemon, Desk};
use super::maildir::Letter;
use super::servers::Servers;
use anyhow::{Context, Result};
use askback::imap::{SentFolder, Settings};
use askback::net::{Endpoint, Secret, Trust};
use askback::oauth::Credentials;
use chrono::Utc;
use toml::{Table, Value};

/// Gives a desk one agent, and working hours that never end: tests run at any hour.
pub(crate) fn employ(desk: &mut Desk<'_>, agent: &str) -> Result<()> {
    let person =
        Table::from_iter([("name".to_owned(), "Ольга".into()), ("address".to_owned(), agent.into())]);
    desk.set("agent", vec![Value::from(person)])?;
    for day in ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] {
        desk.set(&format!("hours.{day}"), "00:00-24:00")?;
    }
    desk.set("hours.exception", Vec::<Value>::new())?;
    desk.set("nudges.every", "1s")
}

/// Waits until the Sent folder is watched: what lies there before is left alone.
pub(crate) fn wait_for_sent_folder(daemon: &Daemon) -> Result<()> {
    daemon.wait_for_log_where("the Sent folder to be watched", |line| {
        line.contains("mailbox online") && line.contains("(sent)")
    })
}

/// A mail that answers another one, as a person writes it above the quote.
pub(crate) fn answer(from: &str, to: &str, answered: &Letter, headers: &str, text: &str) -> Result<Vec<u8>> {
    let id = answered.header("Message-ID")?;
    let references = [answered.headers("References"), vec![id.clone()]].concat().join(" ");
    let headers = format!("In-Reply-To: {id}\r\nReferences: {references}\r\n{headers}");
    let quoted: String = answered.text().lines().map(|line| format!("> {line}\n")).collect();
    let text = format!(
        "{text}\n\n{}, {} пишет:\n{quoted}",
        Utc::now().format("%d.%m.%Y, %H:%M"),
        answered.author()?
    );
    let subject = format!("Re: {}", answered.subject());
    Ok(mail_with(from, to, &subject, &headers, &text))
}

/// The address that an answer to a letter goes to.
pub(crate) fn reply_address(letter: &Letter) -> Result<String> {
    Ok(bare(&letter.header("Reply-To")?).to_owned())
}

/// Puts a mail into the Sent folder of the support account over IMAP, as a mail program does after sending.
pub(crate) fn put_into_sent(servers: &Servers, desk: &Desk<'_>, raw: &[u8]) -> Result<()> {
    put_into(servers, desk, None, raw)
}

/// Puts a mail into a folder of the support account; without a name, that for sent mail.
pub(crate) fn put_into(servers: &Servers, desk: &Desk<'_>, folder: Option<&str>, raw: &[u8]) -> Result<()> {
    let endpoint = Endpoint {
        host: "localhost".to_owned(),
        port: servers.imaps_port()?,
        trust: Trust::CaFile(servers.ca_file()),
    };
    let password = Secret::new(servers.password()?.to_owned());
    let credentials = Credentials::Password { user: desk.address.clone(), password };
    let settings = Settings::new("agent", endpoint, credentials);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (_nobody_stops, stop) = tokio::sync::watch::channel(false);
    let mut sent = SentFolder::new(settings, folder.map(str::to_owned), stop);
    runtime.block_on(async {
        let outcome = sent.append(&Bytes(raw), Utc::now()).await.context("the folder takes no mail");
        sent.close().await;
        outcome
    })
}
