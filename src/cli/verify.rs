//! `askback verify`

use super::failure::{Exit, Failure, Outcome};
use super::progress::of_database;
use super::screen::Screen;
use crate::config::Config;
use crate::store::verify::verify;

/// Checks the database, also beside a running daemon, and says what to do if it is not whole.
pub(super) fn run(config: &Config, screen: &mut Screen) -> Outcome {
    let path = &config.store.path;
    let verified = verify(path, &mut of_database())?;
    if verified.faults.is_empty() {
        return screen.line(&format!(
            "{} is whole: {} distinct mails have the bytes that they were stored with.",
            path.display(),
            verified.sound
        ));
    }
    screen.line(&format!("{} is damaged; {} distinct mails are sound.", path.display(), verified.sound))?;
    for fault in &verified.faults {
        screen.hostile("  ", fault)?;
    }
    Err(Failure::new(
        Exit::DataErr,
        format!("the database is damaged in {} places", verified.faults.len()),
        "check the disk (dmesg, smartctl); stop the daemon; askback restore the last good backup, it keeps this file aside",
    ))
}
