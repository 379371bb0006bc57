//! How far long work has come: on a terminal, about once a second, on one line of standard error.

use crate::store::verify::Stage;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(1);

/// Gives what long work tells its progress to: how many are done, and of how many; `what` is that.
pub(super) fn progress(what: &'static str) -> impl FnMut(u64, u64) {
    let (mut last, mut shown) = (Instant::now(), false);
    let terminal = std::io::stderr().is_terminal();
    move |done, total| {
        if terminal && (last.elapsed() >= EVERY || (shown && done == total)) {
            (last, shown) = (Instant::now(), true);
            let end = if done == total { "\n" } else { "" };
            // Nothing depends on it being seen.
            let _ = write!(std::io::stderr(), "\r{done} of {total} {what}{end}");
        }
    }
}

/// Gives what a check or a copy of the database tells its progress to.
pub(super) fn of_database() -> impl FnMut(Stage) {
    let (mut copied, mut checked) = (progress("pages copied"), progress("mails checked"));
    let terminal = std::io::stderr().is_terminal();
    move |stage| match stage {
        Stage::Copied(done, total) => copied(done, total),
        Stage::Checked(done, total) => checked(done, total),
        Stage::Structure if terminal => {
            let _ = writeln!(std::io::stderr(), "looking at pages, indices and references");
        }
        Stage::Structure => {}
    }
}
