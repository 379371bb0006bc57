//! `askback reconcile`: compares each watched folder with the database, and fetches what is missing here.
//!
//! By place (UIDVALIDITY, UID, date, size) where that is enough; by the SHA-256 of the bytes where it is not. Missing mails
//! go onto the work list and are fetched as the daemon does it, also beside the daemon; they get no automatic letter.

mod compare;
mod survey;

use super::failure::{Exit, Failure, Outcome};
use super::progress::progress;
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use crate::config::Config;
use crate::daemon::StoreSink;
use crate::imap::{self, After, Cursor, Listed, Settings, Start};
use crate::store::{Access, Store};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use compare::{Differences, Sides, compare};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use survey::{Seen, Survey};

/// Missing mails that a table shows of a folder; JSON has all.
const SHOWN: usize = 50;

/// A mail that was missing here.
#[derive(Debug, Serialize)]
struct Missing {
    uid: u32,
    size: u64,
    received_at: Option<DateTime<Utc>>,
    /// Stored now.
    fetched: bool,
}

impl Missing {
    fn new(mail: &Listed, fetched: bool) -> Self {
        Self { uid: mail.uid, size: mail.size, received_at: mail.internal_date, fetched }
    }
}

/// What a folder came to. The names are those in JSON.
#[derive(Debug, Default, Serialize)]
struct Report {
    mailbox: String,
    /// Mails on the server.
    server: usize,
    /// Of them, stored.
    here: usize,
    /// Of them, stored from another place: the same bytes.
    same_bytes: usize,
    /// Of them, to be fetched by the daemon anyway.
    waiting: usize,
    /// Of them, held because they could not be fetched.
    unfetched: usize,
    /// Of them, from before the first contact, and not wanted (`start = "new"`).
    before_start: usize,
    /// Of them, missing here.
    missing: Vec<Missing>,
    /// Stored and no longer on the server.
    gone: usize,
    /// Never fetched and no longer on the server, UIDs.
    lost: Vec<u32>,
    /// What else is to be said.
    note: Option<&'static str>,
    /// Why it could not be compared.
    error: Option<String>,
}

impl Report {
    fn not_fetched(&self) -> usize {
        self.missing.iter().filter(|mail| !mail.fetched).count()
    }
}

/// Compares all watched folders. With `dry_run`, changes nothing, neither here nor there.
///
/// Fails with [`Exit::Unavailable`] if a folder could not be compared, [`Exit::DataErr`] if mails are missing and it was a
/// dry run, [`Exit::TempFail`] if some could not be fetched now.
pub(super) fn run(config: &Config, dry_run: bool, json: bool, screen: &mut Screen) -> Outcome {
    let secrets = config.secrets()?;
    let access = if dry_run { Access::ReadOnly } else { Access::Operator };
    let store = Store::open(&config.store.path, access)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the async runtime does not start")?;
    let mut reports = Vec::new();
    for settings in config.mailboxes(&secrets).into_iter().chain(config.sent_folders(&secrets)) {
        let mut report = Report { mailbox: settings.mailbox.clone(), ..Report::default() };
        let work = folder(&store, &settings, dry_run, &mut report);
        if let Err(error) = runtime.block_on(Box::pin(watched(&store, work))) {
            report.error = Some(format!("{error:#}"));
        }
        reports.push(report);
    }
    runtime.block_on(store.close())?;
    if json {
        screen.json(&reports)?;
    } else {
        show(config, &reports, dry_run, screen)?;
    }
    if reports.iter().any(|report| report.error.is_some()) {
        return Err(Failure::told(Exit::Unavailable));
    }
    match (reports.iter().any(|report| report.not_fetched() > 0), dry_run) {
        (false, _) => Ok(()),
        (true, true) => Err(Failure::told(Exit::DataErr)),
        (true, false) => Err(Failure::told(Exit::TempFail)),
    }
}

/// Does `work` and shows meanwhile how the work list gets shorter.
async fn watched(store: &Store, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let (mut progress, mut most) = (progress("fetched"), 0);
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            () = tokio::time::sleep(Duration::from_millis(500)) => {
                let wanted = store.read_now(|reader| reader.counts()).map_or(0, |counts| counts.wanted);
                most = wanted.max(most);
                if most > 0 {
                    progress(most - wanted, most);
                }
            }
        }
    }
}

/// Compares one folder, and fetches what is missing unless it is a dry run.
async fn folder(
    store: &Store,
    settings: &Settings,
    dry_run: bool,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mailbox = settings.mailbox.clone();
    let before = cursor(store, &mailbox).await?;
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
        Some(cursor) if cursor.uid_validity != numbering.uid_validity => {
            renumbered(store, settings, dry_run, &seen, numbering, report).await
        }
        Some(cursor) => numbered(store, settings, dry_run, &seen, cursor, report).await,
    }
}

/// The settings of a connection that changes nothing.
fn looking(settings: &Settings, start: Start) -> Settings {
    Settings { after: After::Leave, start, ..settings.clone() }
}

async fn cursor(store: &Store, mailbox: &str) -> anyhow::Result<Option<Cursor>> {
    let mailbox = mailbox.to_owned();
    store.read(move |reader| reader.cursor(&mailbox)).await
}

/// The usual case: both sides count alike.
async fn numbered(
    store: &Store,
    settings: &Settings,
    dry_run: bool,
    seen: &Seen,
    before: Cursor,
    report: &mut Report,
) -> anyhow::Result<()> {
    let found = differences(store, settings, &seen.listed, before, seen.cursor).await?;
    report.here = found.here;
    report.waiting = found.waiting.len();
    report.unfetched = found.unfetched.len();
    report.before_start = found.before_start;
    // With `after = "move:…"` that is as it should be.
    report.gone = if matches!(settings.after, After::Move(_)) { 0 } else { found.gone };
    report.lost = found.lost;

    // What is not here by its place may be here by its bytes, and the other way round.
    let here = bytes_here(store, settings, found.missing.iter().chain(&found.suspect)).await?;
    let (mailbox, validity) = (settings.mailbox.clone(), before.uid_validity);
    let mut missing = Vec::new();
    let mut displaced = Vec::new();
    for mail in found.missing {
        match here.get(&mail.uid) {
            Some(true) => report.same_bytes += 1,
            Some(false) | None => missing.push(mail),
        }
    }
    for mail in found.suspect {
        match here.get(&mail.uid) {
            // Whoever has the place, the bytes are here.
            Some(true) => report.here += 1,
            Some(false) => {
                displaced.push(mail.uid);
                missing.push(mail);
            }
            None => {
                report.here += 1;
                report.note = Some("some mails could not be fetched to be compared");
            }
        }
    }
    if !dry_run && !(missing.is_empty() && found.waiting.is_empty()) {
        let wanted = missing.clone();
        store
            .write(wanted.len() * size_of::<Listed>(), move |tx| {
                for uid in displaced {
                    tx.displace(&mailbox, validity, uid, Utc::now())?;
                }
                tx.want_late(&mailbox, validity, &wanted)
            })
            .await?;
        fetch(store, settings).await?;
    }
    let stored = stored(store, settings, validity).await?;
    report.missing =
        missing.iter().map(|mail| Missing::new(mail, !dry_run && stored.contains_key(&mail.uid))).collect();
    if !dry_run {
        report.waiting = 0;
    }
    Ok(())
}

/// The server has numbered its mails anew since the daemon was last there: only their bytes tell what is here.
async fn renumbered(
    store: &Store,
    settings: &Settings,
    dry_run: bool,
    seen: &Seen,
    numbering: Cursor,
    report: &mut Report,
) -> anyhow::Result<()> {
    report.note = Some("the server has numbered its mails anew (UIDVALIDITY): compared by their bytes");
    let mut fetched = BTreeMap::new();
    let mut here = BTreeMap::new();
    if dry_run {
        here = bytes_here(store, settings, seen.listed.values()).await?;
    } else {
        // As the daemon would: all is listed again, and what is here already is not stored twice.
        fetch(store, settings).await?;
        fetched = stored(store, settings, numbering.uid_validity).await?;
    }
    for mail in seen.listed.values() {
        // What has been fetched was here before if it is a duplicate.
        if fetched.get(&mail.uid).or(here.get(&mail.uid)) == Some(&true) {
            report.same_bytes += 1;
        } else {
            report.missing.push(Missing::new(mail, fetched.contains_key(&mail.uid)));
        }
    }
    Ok(())
}

async fn differences(
    store: &Store,
    settings: &Settings,
    listed: &BTreeMap<u32, Listed>,
    before: Cursor,
    after: Option<Cursor>,
) -> anyhow::Result<Differences> {
    let (mailbox, validity) = (settings.mailbox.clone(), before.uid_validity);
    let (places, wanted) = store
        .read(move |reader| {
            Ok((reader.places(&mailbox, validity)?, reader.wanted(&mailbox, validity, 0, usize::MAX)?))
        })
        .await?;
    Ok(compare(&Sides {
        listed,
        listed_to: after.map_or(0, |cursor| cursor.next_uid).max(before.next_uid),
        places: &places,
        wanted: &wanted,
        cursor: before,
        start: settings.start,
    }))
}

/// Whether the bytes of mails, as the server hands them out, are in the database, by UID; those that it does not hand out
/// are left out. Nothing is stored.
async fn bytes_here(
    store: &Store,
    settings: &Settings,
    mails: impl Iterator<Item = &Listed>,
) -> anyhow::Result<BTreeMap<u32, bool>> {
    let mut mails = mails.peekable();
    if mails.peek().is_none() {
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

/// Fetches what is on the work list and whatever is new, as the daemon does.
async fn fetch(store: &Store, settings: &Settings) -> anyhow::Result<()> {
    let sink = Arc::new(StoreSink::beside_the_daemon(store.clone()));
    imap::once(settings, &sink).await?;
    Ok(())
}

/// The UIDs whose bytes are stored, and whether they were here before.
async fn stored(store: &Store, settings: &Settings, validity: u32) -> anyhow::Result<BTreeMap<u32, bool>> {
    let mailbox = settings.mailbox.clone();
    let places = store.read(move |reader| reader.places(&mailbox, validity)).await?;
    let with_bytes = places.into_iter().filter(|place| place.sha256.is_some());
    Ok(with_bytes.map(|place| (place.uid, place.duplicate)).collect())
}

fn show(config: &Config, reports: &[Report], dry_run: bool, screen: &mut Screen) -> Outcome {
    let mut table = Table::new(&[
        Column::Flexible("mailbox"),
        Column::Right("on the server"),
        Column::Right("here"),
        Column::Right("missing"),
        Column::Right("fetched"),
        Column::Right("only here"),
        Column::Flexible("note"),
    ]);
    for report in reports {
        let (missing, left) = (report.missing.len(), report.not_fetched());
        let error = report.error.as_deref().unwrap_or_default();
        table.row(vec![
            Cell::new(&report.mailbox),
            Cell::new(report.server),
            Cell::new(report.here + report.same_bytes),
            Cell::toned(missing, if left > 0 { Tone::Red } else { Tone::Plain }),
            Cell::new(missing - left),
            Cell::new(report.gone),
            Cell::new(report.note.unwrap_or(error)),
        ]);
    }
    table.show(screen, "", "There is no mailbox in the configuration.")?;
    for report in reports {
        details(report, config, dry_run, screen)?;
    }
    Ok(())
}

/// What a folder's row does not tell.
fn details(report: &Report, config: &Config, dry_run: bool, screen: &mut Screen) -> Outcome {
    let name = &report.mailbox;
    let zone = config.hours.zone();
    for mail in report.missing.iter().take(SHOWN) {
        let when = mail.received_at.map(|at| moment(at, zone)).unwrap_or_default();
        let now = match (mail.fetched, dry_run) {
            (true, _) => "fetched; no automatic letter goes out, the daemon files it within half a minute",
            (false, true) => "missing here",
            (false, false) => "could not be fetched; it is on the work list, the daemon tries again",
        };
        screen.hostile("", &format!("{name}: UID {}, {when}, {} bytes: {now}", mail.uid, mail.size))?;
    }
    if report.missing.len() > SHOWN {
        screen.hostile("", &format!("{name}: and {} more: --json has all", report.missing.len() - SHOWN))?;
    }
    for (count, what) in [
        (report.lost.len(), "mails went from the server before they could be fetched"),
        (report.unfetched, "mails are held because they could not be fetched: askback held list"),
        (report.waiting, "mails are still to be fetched by the daemon"),
        (
            report.before_start,
            "mails are from before the first contact and were left alone (start = \"new\"); start = \"all\" takes them",
        ),
    ] {
        if count > 0 {
            screen.hostile("", &format!("{name}: {count} {what}"))?;
        }
    }
    if let Some(error) = &report.error {
        screen.hostile("", &format!("{name}: {error}"))?;
    }
    Ok(())
}
