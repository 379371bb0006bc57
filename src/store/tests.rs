//! Tests on real files in temporary folders.

mod answers;
mod backup;
mod files;
mod groups;
mod large;
mod letters;
mod mails;
mod places;
mod plans;
mod records;
mod told;
mod upgrade;

#[path = "../../tests/support/noise.rs"]
mod noise;

use super::{
    Access, Letter, LetterKind, MailId, NewLetter, NewMail, OutboxId, OutboxState, Reader, Store, Stored, Tx,
};
use crate::mail::packed::PackedRaw;
use crate::mail::{Address, MailKey, Mailbox, MessageId};
use crate::request::Language;
use crate::ticket::{State, Ticket, TicketId};
use chrono::{DateTime, TimeDelta, Utc};
use noise::noise;
use std::path::PathBuf;

/// Runs a future to its end, polling all that is ready (tokio else makes a future that does much take turns).
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(tokio::task::unconstrained(future))
}

/// A database in a folder of its own.
struct Scratch {
    store: Store,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("askback.db");
        Self { store: Store::open(&path, Access::Daemon).unwrap(), path, _folder: folder }
    }

    /// Ends the daemon and starts it again.
    fn reopen(self) -> Self {
        block_on(self.store.close()).unwrap();
        Self { store: Store::open(&self.path, Access::Daemon).unwrap(), ..self }
    }

    fn try_write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        block_on(self.store.write(0, work))
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> T {
        self.try_write(work).unwrap()
    }

    fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> anyhow::Result<T>) -> T {
        self.store.read_now(work).unwrap()
    }
}

/// A fixed time, and so many seconds later.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

fn key(uid: u32) -> MailKey {
    MailKey { mailbox: "support".to_owned(), uid_validity: 7, uid }
}

impl Reader<'_> {
    /// The bytes of one mail, whole.
    fn raw(&self, id: MailId) -> anyhow::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let is_there = self.raw_in_pieces(id, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(is_there.then_some(bytes))
    }
}

fn new_mail(uid: u32, raw: &[u8]) -> NewMail {
    NewMail {
        key: key(uid),
        internal_date: Some(at(i64::from(uid))),
        stored_at: at(1000),
        packed: PackedRaw::pack(raw).unwrap(),
        over_limit: None,
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn message_id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

fn ticket() -> Ticket {
    let client = Mailbox { name: "Иван".to_owned(), address: address("ivan@client.example") };
    let opened = Ticket::opened(&client, "не работает", Language::Russian, "2024", at(0));
    Ticket { state: State::Incomplete, ..opened }
}

fn new_letter(kind: LetterKind, id: &str) -> NewLetter {
    NewLetter {
        kind,
        ticket: None,
        answers_mail: None,
        envelope_from: None,
        to: address("ivan@client.example"),
        message_id: message_id(id),
        packed: PackedRaw::pack(format!("Message-ID: <{id}>\r\n\r\nтекст").as_bytes()).unwrap(),
        due_at: at(0),
        asked: Vec::new(),
    }
}

/// The id of a mail that must be new.
fn stored_new(stored: Stored) -> MailId {
    match stored {
        Stored::New(id) => id,
        Stored::Duplicate(id) => panic!("a duplicate of {id}"),
    }
}
