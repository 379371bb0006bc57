//! `askback reconcile`: compares each watched folder with the database, and fetches what is missing here.
//!
//! How is in [`crate::daemon::reconcile`]; also beside the daemon.

use super::failure::{Exit, Failure, Outcome};
use super::progress::progress;
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use crate::config::Config;
use crate::daemon::StoreSink;
use crate::daemon::reconcile::{Mode, Report, folder};
use crate::store::{Access, Store};
use std::sync::Arc;
use std::time::Duration;

/// Missing mails that a table shows of a folder; JSON has all.
const SHOWN: usize = 50;

/// Compares all watched folders. With `dry_run`, changes nothing, neither here nor there.
///
/// Fails with [`Exit::Unavailable`] if a folder could not be compared, [`Exit::DataErr`] if mails are missing and it was a
/// dry run, [`Exit::TempFail`] if some could not be fetched now.
pub(super) fn run(config: &Config, dry_run: bool, json: bool, screen: &mut Screen) -> Outcome {
    let secrets = config.secrets()?;
    let (access, mode) =
        if dry_run { (Access::ReadOnly, Mode::DryRun) } else { (Access::Operator, Mode::ByHand) };
    let store = Store::open(&config.store.path, access)?;
    let sink = Arc::new(StoreSink::beside_the_daemon(store.clone()));
    let runtime = super::runtime()?;
    let mut reports = Vec::new();
    for settings in config.mailboxes(&secrets).into_iter().chain(config.sent_folders(&secrets)) {
        let mut report = Report { mailbox: settings.mailbox.clone(), ..Report::default() };
        let work = folder(&sink, &settings, mode, &mut report);
        if let Err(error) = runtime.block_on(Box::pin(watched(&store, work))) {
            report.error = Some(format!("{error:#}"));
        }
        reports.push(report);
    }
    drop(sink);
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
    let (mut progress, mut most) = (progress("mails fetched"), 0);
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            () = tokio::time::sleep(Duration::from_millis(500)) => {
                let wanted = store.read_now(|reader| reader.waits()).map_or(0, |waits| waits.wanted);
                most = wanted.max(most);
                if most > 0 {
                    progress(most - wanted, most);
                }
            }
        }
    }
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
            (true, _) if report.renumbered => "fetched; the daemon files it within half a minute",
            (true, _) => "fetched; no automatic letter goes out, the daemon files it within half a minute",
            (false, true) => "missing here",
            (false, false) => "could not be fetched; it is on the work list, the daemon tries again",
        };
        let told =
            if mail.size > 0 { format!("{when}, {} bytes", mail.size) } else { "size unknown".to_owned() };
        screen.hostile("", &format!("{name}: UID {}, {told}: {now}", mail.uid))?;
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
