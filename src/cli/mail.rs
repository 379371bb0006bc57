//! `askback mail N`

use super::failure::{Exit, Failure, Outcome};
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use super::ticket::{event_json, show_events};
use super::view::{content_json, row_json, sender};
use crate::config::Config;
use crate::mail::{AttachmentRole, HeaderText, Mail};
use crate::store::{Event, MailId, MailRow};
use chrono::Utc;

/// Shows a mail, what became of it, and why.
pub(super) fn run(config: &Config, number: i64, json: bool, screen: &mut Screen) -> Outcome {
    let id = MailId(number);
    let authorship = config.authorship(Utc::now());
    let found = super::store(config)?.read_now(|reader| match reader.mail(id)? {
        Some(row) => {
            let mut mail = reader.parsed(id)?;
            mail.iter_mut().for_each(|mail| authorship.settle(mail));
            Ok(Some((row, mail, reader.mail_events(id)?)))
        }
        None => Ok(None),
    })?;
    let Some((row, mail, events)) = found else { return Err(unknown(number)) };
    if !json {
        return show(config, &row, mail.as_ref(), &events, screen);
    }
    let mut value = row_json(&row);
    if let Some(object) = value.as_object_mut() {
        if let Some(serde_json::Value::Object(content)) = mail.as_ref().map(content_json) {
            object.extend(content);
        }
        object.insert("events".to_owned(), events.iter().map(event_json).collect());
    }
    screen.json(&value)
}

/// Writes the bytes of a mail.
pub(super) fn raw(config: &Config, number: i64, screen: &mut Screen) -> Outcome {
    let id = MailId(number);
    super::store(config)?.read_now(|reader| {
        if reader.mail(id)?.is_none() {
            return Err(unknown(number).into());
        }
        if !reader.raw_in_pieces(id, |bytes| Ok(screen.bytes(bytes)?))? {
            let what = format!("mail {number} has no bytes: it could never be fetched");
            return Err(Failure::new(Exit::DataErr, what, format!("askback mail {number} says why")).into());
        }
        Ok(())
    })?;
    Ok(())
}

fn unknown(number: i64) -> Failure {
    let remedy = "askback ticket N names the mails of a ticket, askback mails lists them all";
    Failure::new(Exit::NoInput, format!("there is no mail {number}"), remedy)
}

fn show(
    config: &Config,
    row: &MailRow,
    mail: Option<&Mail>,
    events: &[Event],
    screen: &mut Screen,
) -> Outcome {
    let zone = config.hours.zone();
    let subject = mail.map(|mail| HeaderText::new(&mail.subject, 200).to_string()).unwrap_or_default();
    let title = screen.paint(Tone::Bold, &format!("Mail {}: {subject}", row.id));
    screen.line(&title)?;
    let disposition = row.disposition_name();
    let mut facts = vec![
        ("disposition", disposition.to_owned()),
        ("why", HeaderText::new(&row.why, 500).to_string()),
        ("ticket", row.ticket.map(|ticket| ticket.to_string()).unwrap_or_default()),
        ("duplicate of", row.duplicate_of.map(|first| format!("mail {first}")).unwrap_or_default()),
        ("direction", row.direction.to_string()),
        ("sender", mail.and_then(sender).unwrap_or_default()),
        ("received", moment(row.received_at, zone)),
        ("size", format!("{} bytes", row.size)),
        ("over the limit", row.over_limit.map(|size| format!("really {size} bytes")).unwrap_or_default()),
        ("attempts", row.attempts.to_string()),
    ];
    if let Some(key) = &row.key {
        let mailbox = HeaderText::new(&key.mailbox, 60);
        facts
            .push(("on the server", format!("{mailbox}, UIDVALIDITY {}, UID {}", key.uid_validity, key.uid)));
    }
    if let Some(hash) = row.sha256 {
        facts.push(("SHA-256", data_encoding::HEXLOWER.encode(&hash)));
    }
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        screen.line(&format!("  {name:<14} {value}"))?;
    }
    match mail {
        Some(mail) => show_content(mail, screen)?,
        None => screen.line("\n  The mail itself could never be fetched.")?,
    }
    screen.heading("Events")?;
    show_events(events, zone, screen)
}

fn show_content(mail: &Mail, screen: &mut Screen) -> Outcome {
    screen.heading("Own text")?;
    screen.hostile("  ", &mail.text.own())?;
    if !mail.attachments.is_empty() {
        screen.heading("Attachments")?;
        let mut table = Table::new(&[
            Column::Flexible("name"),
            Column::Fixed("type"),
            Column::Right("bytes"),
            Column::Fixed("role"),
        ]);
        for attachment in &mail.attachments {
            let role = match attachment.role {
                AttachmentRole::Substance => "substance",
                AttachmentRole::Decoration => "decoration",
                AttachmentRole::Machinery => "machinery",
            };
            table.row(vec![
                Cell::new(attachment.name.as_deref().unwrap_or("")),
                Cell::new(&attachment.media_type),
                Cell::new(attachment.size),
                Cell::new(role),
            ]);
        }
        table.show(screen, "  ", "")?;
    }
    if !mail.problems.is_empty() {
        screen.heading("What could not be read as it should be")?;
    }
    mail.problems.iter().try_for_each(|problem| screen.hostile("  ", problem))
}
