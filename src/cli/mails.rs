//! `askback mails`, `askback quarantine list|release|discard`, `askback held list|retry|discard`.

use super::failure::{Exit, Failure, Outcome};
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use super::view::{row_json, sender};
use crate::config::Config;
use crate::mail::{Address, Author, HeaderText, parse};
use crate::store::{EventSubject, MailId, MailRow, Only, Tx};
use crate::ticket::Disposition;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde_json::Value;

/// What is done with quarantined mails.
#[derive(Debug, Subcommand)]
pub(super) enum QuarantineCommand {
    /// List them
    List {
        /// The list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Let one in, or one that was set aside as a program's: it is filed like any other mail
    Release {
        /// The mail's number
        number: i64,
    },
    /// Take one off the list; its bytes are kept
    Discard {
        /// The mail's number
        number: i64,
    },
}

/// What is done with held mails.
#[derive(Debug, Subcommand)]
pub(super) enum HeldCommand {
    /// List them
    List {
        /// The list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Process one again
    Retry {
        /// The mail's number
        number: i64,
    },
    /// Take one off the list; its bytes are kept
    Discard {
        /// The mail's number
        number: i64,
    },
}

/// A mail with what its bytes say of it.
struct Listed {
    row: MailRow,
    sender: String,
    subject: String,
}

/// Lists mails, the latest first.
pub(super) fn list(
    config: &Config,
    only: Option<Only>,
    limit: u32,
    json: bool,
    screen: &mut Screen,
) -> Outcome {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    super::store(config)?.read_now(|reader| {
        let rows = reader.mails(only, limit)?;
        let listed = rows.into_iter().map(|row| {
            // A damaged or missing body must not hide the row.
            let mail = reader.readable(row.id).ok().flatten().map(|raw| parse(&raw));
            let subject = mail.as_ref().map(|mail| HeaderText::new(&mail.subject, 120).to_string());
            Listed {
                sender: mail.as_ref().and_then(sender).unwrap_or_default(),
                subject: subject.unwrap_or_default(),
                row,
            }
        });
        if json {
            screen.json_array(listed.map(|listed| Ok(listed_json(&listed))))
        } else {
            Ok(show(config, only, listed, screen)?)
        }
    })?;
    Ok(())
}

fn show(
    config: &Config,
    only: Option<Only>,
    listed: impl Iterator<Item = Listed>,
    screen: &mut Screen,
) -> Outcome {
    let zone = config.hours.zone();
    let mut table = Table::new(&[
        Column::Right("no"),
        Column::Fixed("received"),
        Column::Fixed("disposition"),
        Column::Right("ticket"),
        Column::Flexible("sender"),
        Column::Flexible("subject"),
        Column::Flexible("why"),
    ]);
    for Listed { row, sender, subject } in listed {
        let disposition = row.disposition_name();
        let attention = matches!(row.disposition, Some(Disposition::Held | Disposition::Quarantined));
        table.row(vec![
            Cell::new(row.id),
            Cell::new(moment(row.received_at, zone)),
            Cell::toned(disposition, if attention { Tone::Yellow } else { Tone::Plain }),
            Cell::new(row.ticket.map(|ticket| ticket.to_string()).unwrap_or_default()),
            Cell::new(sender),
            Cell::new(subject),
            Cell::new(&row.why),
        ]);
    }
    let empty = only.map_or_else(
        || "There are no mails yet.".to_owned(),
        |only| format!("There are no {} mails.", only.name()),
    );
    table.show(screen, "", &empty)
}

fn listed_json(listed: &Listed) -> Value {
    let mut value = row_json(&listed.row);
    if let Some(object) = value.as_object_mut() {
        object.insert("sender".to_owned(), listed.sender.clone().into());
        object.insert("subject".to_owned(), listed.subject.clone().into());
    }
    value
}

pub(super) fn quarantine(config: &Config, command: &QuarantineCommand, screen: &mut Screen) -> Outcome {
    match command {
        QuarantineCommand::List { json } => {
            list(config, Some(Only(Some(Disposition::Quarantined))), u32::MAX, *json, screen)
        }
        QuarantineCommand::Release { number } => {
            let support = config.support.addresses.first().map(Address::to_string).unwrap_or_default();
            screen.line(&decide(
                config,
                *number,
                &[Disposition::Quarantined, Disposition::Automatic],
                "released",
                move |tx, id, _| {
                    if names_nobody(tx, id) {
                        let why =
                            format!("mail {id} cannot be let in: it names nobody whose ticket it could be");
                        let remedy = format!(
                            "write to its client with {support} in Cc, which opens a ticket of his, or forward it to {support}; then \
                         askback quarantine discard {id}"
                        );
                        return Err(Failure::new(Exit::DataErr, why, remedy).into());
                    }
                    tx.release_mail(id)?;
                    Ok(Next::Filed)
                },
            )?)
        }
        QuarantineCommand::Discard { number } => {
            screen.line(&decide(config, *number, &[Disposition::Quarantined], "discarded", discard)?)
        }
    }
}

pub(super) fn held(config: &Config, command: &HeldCommand, screen: &mut Screen) -> Outcome {
    match command {
        HeldCommand::List { json } => {
            list(config, Some(Only(Some(Disposition::Held))), u32::MAX, *json, screen)
        }
        HeldCommand::Retry { number } => {
            screen.line(&decide(config, *number, &[Disposition::Held], "retried", |tx, id, _| {
                Ok(if tx.retry_mail(id)? { Next::Fetched } else { Next::Filed })
            })?)
        }
        HeldCommand::Discard { number } => {
            screen.line(&decide(config, *number, &[Disposition::Held], "discarded", discard)?)
        }
    }
}

/// What becomes of a mail that an operator has decided on.
enum Next {
    /// The daemon files it.
    Filed,
    /// The daemon fetches it.
    Fetched,
    /// Nothing.
    Nothing,
}

/// Whether a mail has no sender at all: what nobody wrote would only be in doubt again.
fn names_nobody(tx: &Tx<'_>, id: MailId) -> bool {
    let raw = tx.readable(id).ok().flatten();
    raw.is_some_and(|raw| matches!(parse(&raw).author, Author::Doubtful { shown: None, .. }))
}

fn discard(tx: &Tx<'_>, id: MailId, now: DateTime<Utc>) -> anyhow::Result<Next> {
    tx.discard_mail(id, now)?;
    Ok(Next::Nothing)
}

/// Does to one mail what an operator decided, if it is what he thinks it is, and says what follows.
fn decide(
    config: &Config,
    number: i64,
    are: &'static [Disposition],
    what: &'static str,
    deed: impl FnOnce(&Tx<'_>, MailId, DateTime<Utc>) -> anyhow::Result<Next> + Send + 'static,
) -> Result<String, Failure> {
    let id = MailId(number);
    let next = super::change(config, move |tx| {
        let [is, ..] = are else { anyhow::bail!("nothing can be {what}") };
        let list = if *is == Disposition::Held { "held" } else { "quarantine" };
        let remedy = format!("askback {list} list shows those that are {is}");
        let Some(row) = tx.mail(id)? else {
            return Err(Failure::new(Exit::NoInput, format!("there is no mail {number}"), remedy).into());
        };
        if !row.disposition.is_some_and(|is| are.contains(&is)) {
            let now = row.disposition_name();
            let why = format!("mail {number} is {now}, not {is}");
            return Err(Failure::new(Exit::DataErr, why, remedy).into());
        }
        let now = Utc::now();
        let next = deed(tx, id, now)?;
        tx.event(now, EventSubject { mail: Some(id), ..EventSubject::default() }, what, "by an operator")?;
        Ok(next)
    })?;
    Ok(match next {
        Next::Filed => format!(
            "Mail {number} is {what}: the running daemon files it within half a minute, else the next start does."
        ),
        Next::Fetched => format!(
            "Mail {number} is {what}: the running daemon fetches it when it next looks into the folder, else the next \
             start does."
        ),
        Next::Nothing => format!("Mail {number} is off the list; askback mail {number} still shows it."),
    })
}
