//! How far long work has come: on a terminal, about once a second, on one line of standard error.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(1);

/// Gives what long work tells its progress to: how many mails are `done_with`, and of how many.
pub(super) fn progress(done_with: &'static str) -> impl FnMut(u64, u64) {
    let (mut last, mut shown) = (Instant::now(), false);
    let terminal = std::io::stderr().is_terminal();
    move |done, total| {
        if terminal && (last.elapsed() >= EVERY || (shown && done == total)) {
            (last, shown) = (Instant::now(), true);
            let end = if done == total { "\n" } else { "" };
            // Nothing depends on it being seen.
            let _ = write!(std::io::stderr(), "\r{done} of {total} mails {done_with}{end}");
        }
    }
}
