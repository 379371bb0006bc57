//! The watcher against a server that misbehaves on purpose: nothing is lost, nothing is stored twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "helpers of tests are tests too"
)]

#[path = "support/authority.rs"]
mod authority;
#[path = "support/authorization.rs"]
mod authorization;
#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/memory_sink.rs"]
mod memory_sink;
#[path = "support/proxy.rs"]
mod proxy;
#[path = "support/scripted_imap.rs"]
mod scripted_imap;

#[path = "imap_scripted/anew.rs"]
mod anew;
#[path = "imap_scripted/broken.rs"]
mod broken;
#[path = "imap_scripted/confirming.rs"]
mod confirming;
#[path = "imap_scripted/copies.rs"]
mod copies;
#[path = "imap_scripted/endless.rs"]
mod endless;
#[path = "imap_scripted/failures.rs"]
mod failures;
#[path = "imap_scripted/fetching.rs"]
mod fetching;
#[path = "imap_scripted/login.rs"]
mod login;
#[path = "imap_scripted/moving.rs"]
mod moving;
#[path = "imap_scripted/numbers.rs"]
mod numbers;
#[path = "imap_scripted/proof.rs"]
mod proof;
#[path = "imap_scripted/rights.rs"]
mod rights;
#[path = "imap_scripted/short.rs"]
mod short;
#[path = "imap_scripted/states.rs"]
mod states;
#[path = "imap_scripted/unlisted.rs"]
mod unlisted;
#[path = "imap_scripted/waiting.rs"]
mod waiting;

use askback::imap::{Raw, Settings, Start, watch};
use memory_sink::{MemorySink, Seen, bytes};
use scripted_imap::ScriptedImap;
use std::sync::Arc;
use std::time::Duration;

/// A watcher at work.
struct Watcher {
    sink: Arc<MemorySink>,
    stop: tokio::sync::watch::Sender<bool>,
    task: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Watcher {
    fn start(settings: Settings, sink: Arc<MemorySink>) -> Self {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let task = tokio::spawn(watch(settings, Arc::clone(&sink), stopped));
        Self { sink, stop, task }
    }

    /// Waits until it has seen enough, then stops it; it must end within 2 seconds.
    async fn stop_once(self, what: &str, enough: impl Fn(&Seen) -> bool) -> Seen {
        self.sink.until(what, enough).await;
        self.stop.send_replace(true);
        let ended = tokio::time::timeout(Duration::from_secs(2), self.task).await;
        ended.expect("the watcher did not stop in time").unwrap().unwrap();
        self.sink.seen()
    }
}

/// Settings that take all mail, in small batches.
fn take_all(server: &ScriptedImap) -> Settings {
    let mut settings = server.settings();
    settings.start = Start::All;
    settings
}

/// Runs a watcher until it has caught up.
async fn caught_up(settings: Settings) -> Seen {
    Watcher::start(settings, MemorySink::new()).stop_once("caught up", |seen| seen.caught_up() > 0).await
}
