//! Where the log goes: standard error, as text or JSON lines.

use crate::config::LogConfig;
use tracing_subscriber::filter::{Filtered, LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt, reload};

type Shown = Filtered<Box<dyn Layer<Registry> + Send + Sync>, Targets, Registry>;

/// The log, whose form and level a new configuration may change.
pub(super) struct Log(reload::Handle<Shown, Registry>);

impl Log {
    /// Starts the log.
    pub(super) fn start(config: &LogConfig) -> Self {
        let (layer, handle) = reload::Layer::new(shown(config, std::io::stderr));
        // A second start in one process (tests) keeps the first log.
        let _ = tracing_subscriber::registry().with(layer).try_init();
        Self(handle)
    }

    /// Puts other settings in force.
    pub(super) fn change(&self, config: &LogConfig) {
        change(&self.0, config, std::io::stderr);
    }
}

fn change<W>(log: &reload::Handle<Shown, Registry>, config: &LogConfig, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // The layer cannot be replaced whole: the registry knows its filter by a number.
    let _ = log.modify(|log| {
        *log.inner_mut() = written(config, writer);
        *log.filter_mut() = passed(config);
    });
}

fn shown<W>(config: &LogConfig, writer: W) -> Shown
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    written(config, writer).with_filter(passed(config))
}

/// Only askback's own records pass: what the protocol crates log at trace level has passwords and bodies in it.
fn passed(config: &LogConfig) -> Targets {
    Targets::new().with_target("askback", config.level).with_default(LevelFilter::OFF)
}

fn written<W>(config: &LogConfig, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let layer = fmt::layer().with_writer(writer).with_target(false);
    match (config.json, journal) {
        (true, _) => layer.json().boxed(),
        (false, true) => layer.with_ansi(false).without_time().boxed(),
        (false, false) => layer.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_new_configuration_changes_level_and_form() {
        let memory = Memory::default();
        let writer = || {
            let memory = memory.clone();
            move || memory.clone()
        };
        let quiet = LogConfig { json: false, level: LevelFilter::ERROR };
        let (layer, handle) = reload::Layer::new(shown(&quiet, writer()));
        let _guard = tracing_subscriber::registry().with(layer).set_default();
        let say = |text: &str| {
            tracing::info!("{text}");
            tracing::error!(target: "async_imap", "{text}: a password");
        };
        say("before");
        change(&handle, &LogConfig { json: true, level: LevelFilter::INFO }, writer());
        say("meanwhile");
        change(&handle, &quiet, writer());
        say("after");
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert_eq!(lines[0]["fields"]["message"], "meanwhile");
    }
}
