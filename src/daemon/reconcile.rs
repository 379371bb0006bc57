//! Compares a watched folder with the database, and fetches what is missing here: by hand (`askback reconcile`), and once a
//! day ([`daily`]).
//!
//! By place (UIDVALIDITY, UID, date, size) where that is enough; by the SHA-256 of the bytes where it is not. What does not
//! fit goes onto the work list as late, so that it gets no automatic letter, and is fetched as ever; storing it finds out
//! whether its bytes are new, and remembers what the server tells of those that are not: they are fetched once, not each
//! time.

mod compare;
pub(super) mod daily;
mod survey;

use super::StoreSink;
use crate::imap::{self, After, Arrival, Cursor, Listed, Relisted, Settings, Start};
use crate::store::{KnownPlace, MailId, Store, Tx};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use compare::{Differences, Sides, compare};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use survey::{Seen, Survey};

/// What is done beside comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing is changed, neither here nor there.
    DryRun,
    /// What is missing is fetched.
    ByHand,
    /// The same; what is on the work list anyway is left to the watcher.
    Daily,
}

/// A mail that was missing here.
#[derive(Debug, Serialize)]
pub(crate) struct Missing {
    /// Its UID.
    pub(crate) uid: u32,
    /// What the server tells.
    pub(crate) size: u64,
    /// What the server tells.
    pub(crate) received_at: Option<DateTime<Utc>>,
    /// Stored now.
    pub(crate) fetched: bool,
}

impl Missing {
    fn new(mail: &Listed, fetched: bool) -> Self {
        Self { uid: mail.uid, size: mail.size, received_at: mail.internal_date, fetched }
    }
}

/// What a folder came to. The names are those in JSON.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// What the database calls the folder.
    pub(crate) mailbox: String,
    /// Mails on the server.
    pub(crate) server: usize,
    /// Of them, stored.
    pub(crate) here: usize,
    /// Of them, stored from another place: the same bytes.
    pub(crate) same_bytes: usize,
    /// Of them, to be fetched by the daemon anyway.
    pub(crate) waiting: usize,
    /// Of them, held because they could not be fetched.
    pub(crate) unfetched: usize,
    /// Of them, from before the first contact, and not wanted (`start = "new"`).
    pub(crate) before_start: usize,
    /// Of them, missing here.
    pub(crate) missing: Vec<Missing>,
    /// Stored and no longer on the server.
    pub(crate) gone: usize,
    /// Never fetched and no longer on the server, UIDs.
    pub(crate) lost: Vec<u32>,
    /// What was missing is new to the daemon, too, and gets letters as ever.
    #[serde(skip)]
    pub(crate) renumbered: bool,
    /// What else is to be said.
    pub(crate) note: Option<&'static str>,
    /// Why it could not be compared.
    pub(crate) error: Option<String>,
}

impl Report {
    /// Of what was missing, how many still are.
    pub(crate) fn not_fetched(&self) -> usize {
        self.missing.iter().filter(|mail| !mail.fetched).count()
    }
}

/// Compares one folder, and fetches what is missing unless it is a dry run.
///
/// # Errors
/// The server or the database fails; the text names cause and remedy.
pub(crate) async fn folder(
    sink: &Arc<StoreSink>,
    settings: &Settings,
    mode: Mode,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mailbox = settings.mailbox.clone();
    let before = sink.store.read(move |reader| reader.cursor(&mailbox)).await?;
    let survey = Arc::new(Survey::default());
    if !imap::once(&looking(settings, Start::All), &survey).await? {
        report.note = Some("there is no such folder yet");
        return Ok(());
    }
    let seen = survey.take();
    report.server = seen.listed.len();
    let numbering = seen.cursor.context("the folder was not listed")?;
    match before {
        None => {
            report.note = Some("askback has not read it yet: start the daemon, it does");
            Ok(())
        }
        // Its mails come with each connection of the watcher, which knows them again by their bytes.
        Some(cursor)
            if cursor.uid_validity != numbering.uid_validity
                && mode == Mode::Daily
                && imap::is_of_a_session(numbering.uid_validity) =>
        {
            report.note = Some("the server gives mails no lasting numbers (UIDVALIDITY): not compared");
            Ok(())
        }
        Some(cursor) if cursor.uid_validity != numbering.uid_validity => {
            renumbered(sink, settings, mode, &seen, report).await
        }
        Some(cursor) => numbered(sink, settings, mode, &seen, cursor, report).await,
    }
}

/// The settings of a connection that changes nothing.
fn looking(settings: &Settings, start: Start) -> Settings {
    Settings { after: After::Leave, start, ..settings.clone() }
}

/// The usual case: both sides count alike.
async fn numbered(
    sink: &Arc<StoreSink>,
    settings: &Settings,
    mode: Mode,
    seen: &Seen,
    before: Cursor,
    report: &mut Report,
) -> anyhow::Result<()> {
    let validity = before.uid_validity;
    let found = differences(&sink.store, settings, &seen.listed, before, seen.cursor).await?;
    report.here = found.here;
    report.waiting = found.waiting.len();
    report.unfetched = found.unfetched.len();
    report.before_start = found.before_start;
    // With `after = "move:…"` that is as it should be.
    report.gone = if matches!(settings.after, After::Move(_)) { 0 } else { found.gone };
    report.lost = found.lost;
    let unclear: Vec<Listed> =
        found.missing.iter().copied().chain(found.suspect.iter().map(|(mail, _)| *mail)).collect();
    if unclear.is_empty() && (mode != Mode::ByHand || found.waiting.is_empty()) {
        return Ok(());
    }
    // What is not here by its place may be here by its bytes, and the other way round.
    let mut fetched = Ok(());
    let clear: BTreeMap<u32, Clear> = if mode == Mode::DryRun {
        let here = bytes_here(&sink.store, settings, &unclear).await?;
        here.into_iter().map(|(uid, here)| (uid, if here { Clear::Known } else { Clear::New })).collect()
    } else {
        let mailbox = settings.mailbox.clone();
        let want = move |tx: &Tx<'_>| tx.want_late(&mailbox, validity, &unclear);
        sink.store.write(found.missing.len() * size_of::<Listed>(), want).await?;
        // What was missing is told even if it cannot be fetched now.
        fetched = fetch(sink, settings).await;
        if fetched.is_ok() {
            report.waiting = 0;
        }
        stored_now(&places(&sink.store, settings, validity).await?, &seen.listed, &found.suspect)
    };
    for mail in found.missing {
        match clear.get(&mail.uid) {
            Some(Clear::Known) => report.same_bytes += 1,
            Some(Clear::New) => report.missing.push(Missing::new(&mail, mode != Mode::DryRun)),
            None => report.missing.push(Missing::new(&mail, false)),
        }
    }
    for (mail, _) in found.suspect {
        match clear.get(&mail.uid) {
            // Whoever has the place, the bytes are here.
            Some(Clear::Known) => report.here += 1,
            Some(Clear::New) => report.missing.push(Missing::new(&mail, mode != Mode::DryRun)),
            None => {
                report.here += 1;
                report.note = Some("some mails could not be fetched to be compared");
            }
        }
    }
    fetched
}

/// What places say after fetching of mails that were not clear before; `suspect` are those that had a place, and whose.
fn stored_now(
    places: &[KnownPlace],
    listed: &BTreeMap<u32, Listed>,
    suspect: &[(Listed, Option<MailId>)],
) -> BTreeMap<u32, Clear> {
    let had: BTreeMap<u32, Option<MailId>> = suspect.iter().map(|(mail, had)| (mail.uid, *had)).collect();
    let clear = |place: &KnownPlace| {
        let fits = place.stored && compare::is_same(place, listed.get(&place.uid)?);
        let known = place.duplicate || had.get(&place.uid) == Some(&place.mail);
        fits.then_some((place.uid, if known { Clear::Known } else { Clear::New }))
    };
    places.iter().filter_map(clear).collect()
}

/// What became clear of a mail whose place did not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clear {
    /// Its bytes were here.
    Known,
    /// They were not.
    New,
}

/// The server has numbered its mails anew since the daemon was last there: only their bytes tell what is here.
async fn renumbered(
    sink: &Arc<StoreSink>,
    settings: &Settings,
    mode: Mode,
    seen: &Seen,
    report: &mut Report,
) -> anyhow::Result<()> {
    report.renumbered = true;
    report.note = Some("the server has numbered its mails anew (UIDVALIDITY): compared by their bytes");
    let mut fetched = BTreeMap::new();
    let mut here = BTreeMap::new();
    let mut outcome = Ok(());
    let mailbox = settings.mailbox.clone();
    if mode == Mode::DryRun {
        let all: Vec<Listed> = seen.listed.values().copied().collect();
        here = bytes_here(&sink.store, settings, &all).await?;
    } else {
        // As the watcher does: all is listed again, and what is here already is not stored twice. A watcher that still sees the
        // folder as it was opens it anew when it finds the other numbering in the database.
        outcome = fetch(sink, settings).await;
        let of = mailbox.clone();
        // A server without UIDVALIDITY has another with each connection.
        if let Some(now) = sink.store.read(move |reader| reader.cursor(&of)).await? {
            let places = places(&sink.store, settings, now.uid_validity).await?;
            let stored = places.into_iter().filter(|place| place.stored);
            fetched = stored.map(|place| (place.uid, place.duplicate)).collect();
        }
    }
    let first_contact = sink.store.read(move |reader| reader.first_contact(&mailbox)).await?;
    let left_out = |mail: &Listed| {
        let relisted = first_contact.map(|first_contact| Relisted { first_contact, below: u32::MAX });
        settings.start == Start::New && relisted.is_some_and(|of| of.arrival(mail) == Arrival::Before)
    };
    for mail in seen.listed.values() {
        let (fetched, here) = (fetched.get(&mail.uid), here.get(&mail.uid));
        if fetched.is_none() && here != Some(&true) && left_out(mail) {
            report.before_start += 1;
        // What has been fetched was here before if it is a duplicate.
        } else if fetched.or(here) == Some(&true) {
            report.same_bytes += 1;
        } else {
            report.missing.push(Missing::new(mail, fetched.is_some()));
        }
    }
    outcome
}

async fn differences(
    store: &Store,
    settings: &Settings,
    listed: &BTreeMap<u32, Listed>,
    before: Cursor,
    after: Option<Cursor>,
) -> anyhow::Result<Differences> {
    let (mailbox, validity) = (settings.mailbox.clone(), before.uid_validity);
    let (places, wanted, late, relisted) = store
        .read(move |reader| {
            let wanted = reader.wanted(&mailbox, validity, 0, usize::MAX)?;
            let late = reader.wanted_late(&mailbox, validity)?;
            Ok((reader.places(&mailbox, validity)?, wanted, late, reader.relisted(&mailbox)?))
        })
        .await?;
    Ok(compare(&Sides {
        listed,
        listed_to: after.map_or(0, |cursor| cursor.next_uid).max(before.next_uid),
        places: &places,
        wanted: &wanted,
        late: &late,
        cursor: before,
        start: settings.start,
        relisted,
    }))
}

async fn places(store: &Store, settings: &Settings, validity: u32) -> anyhow::Result<Vec<KnownPlace>> {
    let mailbox = settings.mailbox.clone();
    store.read(move |reader| reader.places(&mailbox, validity)).await
}

/// Whether the bytes of mails, as the server hands them out, are in the database, by UID; those that it does not hand out
/// are left out. Nothing is stored.
async fn bytes_here(
    store: &Store,
    settings: &Settings,
    mails: &[Listed],
) -> anyhow::Result<BTreeMap<u32, bool>> {
    if mails.is_empty() {
        return Ok(BTreeMap::new());
    }
    let survey = Arc::new(Survey::wanting(mails));
    imap::once(&looking(settings, Start::New), &survey).await?;
    let hashes = survey.take().hashes;
    store
        .read(move |reader| {
            hashes.iter().map(|(uid, sha256)| Ok((*uid, reader.has_bytes(sha256)?))).collect()
        })
        .await
}

/// Fetches what is on the work list and whatever is new, as a watcher does.
async fn fetch(sink: &Arc<StoreSink>, settings: &Settings) -> anyhow::Result<()> {
    imap::once(settings, sink).await?;
    Ok(())
}
