//! `askback restore PATH`

use super::failure::Outcome;
use super::progress::of_database;
use super::screen::Screen;
use crate::config::Config;
use crate::store::backup::restore;
use chrono::Utc;
use std::path::Path;

/// Puts a backup in the place of the database, and says how to go back.
pub(super) fn run(config: &Config, from: &Path, screen: &mut Screen) -> Outcome {
    let path = &config.store.path;
    let restored = restore(from, path, Utc::now(), &mut of_database())?;
    screen.line(&format!(
        "{} is the backup now: {} distinct mails, each checked.",
        path.display(),
        restored.verified.sound
    ))?;
    screen.line(&format!(
        "{} automatic letters that waited in it are ambiguous now: they may have gone out since (askback outbox).",
        restored.unsure_letters
    ))?;
    screen.line(&format!(
        "New requests get numbers from {} on: lower ones may stand in letters that have gone out since the backup.",
        restored.last_ticket + 1
    ))?;
    screen.line(
        "Mails from before this moment are fetched again if the folder still has them, and get no automatic letter. \
         With after = \"move:…\", move those of the time since the backup back into the mailbox.",
    )?;
    match restored.aside {
        Some(aside) => {
            let (path, aside) = (path.display(), aside.display());
            screen
                .line(&format!("The database of before is {aside}. To go back, with the daemon stopped:"))?;
            screen.line(&format!("    askback restore {aside}"))?;
            screen.line(&format!("or, if that one is too damaged to be checked: mv {aside} {path}"))
        }
        None => screen.line("There was no database before."),
    }
}
