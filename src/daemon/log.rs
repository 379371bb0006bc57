//! Where the log goes: standard error, as text or JSON lines.

use crate::config::Config;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Starts the log. Only askback's own records pass: what the protocol crates log at trace level has passwords and
/// bodies in it.
pub(super) fn init(config: &Config) {
    let own = Targets::new().with_target("askback", config.log.level).with_default(LevelFilter::OFF);
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let layer = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let layer = match (config.log.json, journal) {
        (true, _) => layer.json().boxed(),
        (false, true) => layer.with_ansi(false).without_time().boxed(),
        (false, false) => layer.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
    };
    // A second start in one process (tests) keeps the first log.
    let _ = tracing_subscriber::registry().with(layer.with_filter(own)).try_init();
}
