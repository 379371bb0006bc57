//! `askback backup PATH`

use super::failure::Outcome;
use super::progress::of_database;
use super::screen::Screen;
use crate::config::Config;
use crate::store::backup::backup;
use std::path::Path;

/// Copies the database, also beside a running daemon.
pub(super) fn run(config: &Config, to: &Path, screen: &mut Screen) -> Outcome {
    let verified = backup(&config.store.path, to, &mut of_database())?;
    screen.line(&format!(
        "{} is a whole copy of the database: {} distinct mails, each checked.",
        to.display(),
        verified.sound
    ))
}
