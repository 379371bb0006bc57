//! Where the log goes: standard error, as text or JSON lines.

use crate::config::LogConfig;
use std::ffi::OsStr;
use std::os::fd::AsFd;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{Filtered, LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt, reload};

type Shown = Filtered<Box<dyn Layer<Registry> + Send + Sync>, Targets, Registry>;

/// The log, whose form and level a new configuration may change.
pub(super) struct Log(reload::Handle<Shown, Registry>);

impl Log {
    /// Starts the log.
    pub(super) fn start(config: &LogConfig) -> Self {
        let (layer, handle) = reload::Layer::new(shown(config, goes_to_journal(), std::io::stderr));
        // A second start in one process (tests) keeps the first log.
        let _ = tracing_subscriber::registry().with(layer).try_init();
        Self(handle)
    }

    /// Puts other settings in force.
    pub(super) fn change(&self, config: &LogConfig) {
        change(&self.0, config, goes_to_journal(), std::io::stderr);
    }
}

fn change<W>(log: &reload::Handle<Shown, Registry>, config: &LogConfig, journal: bool, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // The layer cannot be replaced whole: the registry knows its filter by a number.
    let _ = log.modify(|log| {
        *log.inner_mut() = written(config, journal, writer);
        *log.filter_mut() = passed(config);
    });
}

fn shown<W>(config: &LogConfig, journal: bool, writer: W) -> Shown
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    written(config, journal, writer).with_filter(passed(config))
}

/// Only askback's own records pass: what the protocol crates log at trace level has passwords and bodies in it.
fn passed(config: &LogConfig) -> Targets {
    Targets::new().with_target("askback", config.level).with_default(LevelFilter::OFF)
}

fn written<W>(config: &LogConfig, journal: bool, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer().with_writer(writer).with_target(false);
    match (config.json, journal) {
        (true, true) => layer.json().map_event_format(ForJournal).boxed(),
        (true, false) => layer.json().boxed(),
        // It has the time.
        (false, true) => layer.with_ansi(false).without_time().map_event_format(ForJournal).boxed(),
        (false, false) => layer.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
    }
}

/// The mark of an error that is told in front of a line, if standard error goes to the journal.
pub(crate) fn journal_mark() -> &'static str {
    if goes_to_journal() { mark(Level::ERROR) } else { "" }
}

fn goes_to_journal() -> bool {
    std::env::var_os("JOURNAL_STREAM").is_some_and(|stream| is_stream(&stream, std::io::stderr()))
}

/// Whether a file is the stream of `$JOURNAL_STREAM`, `device:inode` (systemd.exec(5)): what runs below a service inherits the
/// variable, and may write elsewhere.
fn is_stream(stream: &OsStr, file: impl AsFd) -> bool {
    rustix::fs::fstat(file).is_ok_and(|stat| *stream == *format!("{}:{}", stat.st_dev, stat.st_ino))
}

/// What the journal takes for a line's priority (sd-daemon(3)).
const fn mark(level: Level) -> &'static str {
    match level {
        Level::ERROR => "<3>",
        Level::WARN => "<4>",
        Level::INFO => "<6>",
        Level::DEBUG | Level::TRACE => "<7>",
    }
}

/// Puts its priority in front of each line, so that `journalctl -p warning` finds what somebody should see.
struct ForJournal<F>(F);

impl<S, N, F> FormatEvent<S, N> for ForJournal<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let mut text = String::new();
        self.0.format_event(context, Writer::new(&mut text), event)?;
        let mark = mark(*event.metadata().level());
        text.lines().try_for_each(|line| writeln!(writer, "{mark}{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::fs::MetadataExt;
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
        let (layer, handle) = reload::Layer::new(shown(&quiet, false, writer()));
        let _guard = tracing_subscriber::registry().with(layer).set_default();
        let say = |text: &str| {
            tracing::info!("{text}");
            tracing::error!(target: "async_imap", "{text}: a password");
        };
        say("before");
        change(&handle, &LogConfig { json: true, level: LevelFilter::INFO }, false, writer());
        say("meanwhile");
        change(&handle, &quiet, false, writer());
        say("after");
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert_eq!(lines[0]["fields"]["message"], "meanwhile");
    }

    /// What is written for the journal: the records of a level each, one with a line end in it.
    fn for_journal(json: bool) -> String {
        let memory = Memory::default();
        let config = LogConfig { json, level: LevelFilter::TRACE };
        let writer = memory.clone();
        let layer = shown(&config, true, move || writer.clone());
        let guard = tracing_subscriber::registry().with(layer).set_default();
        tracing::error!(mail = 7, "one\ntwo");
        tracing::warn!("three");
        tracing::info!("four");
        tracing::debug!("five");
        drop(guard);
        String::from_utf8(memory.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn the_journal_is_told_the_priority_of_each_line() {
        let text = for_journal(false);
        let marks: Vec<&str> = text.lines().map(|line| line.get(..3).unwrap()).collect();
        let (last, errors) = marks.split_last_chunk::<3>().map(|(errors, last)| (last, errors)).unwrap();
        assert!(!errors.is_empty() && errors.iter().all(|mark| *mark == "<3>"), "{text}");
        assert_eq!(last, &["<4>", "<6>", "<7>"], "{text}");
        let json = for_journal(true);
        let lines: Vec<(&str, serde_json::Value)> = json
            .lines()
            .map(|line| line.split_at(3))
            .map(|(mark, line)| (mark, serde_json::from_str(line).unwrap()))
            .collect();
        let marks: Vec<&str> = lines.iter().map(|(mark, _)| *mark).collect();
        assert_eq!(marks, ["<3>", "<4>", "<6>", "<7>"], "{json}");
        assert_eq!(lines[0].1["fields"]["message"], "one\ntwo");
    }

    #[test]
    fn another_file_is_not_the_journal() {
        let (stream, other) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        let metadata = stream.metadata().unwrap();
        let name = format!("{}:{}", metadata.dev(), metadata.ino());
        assert!(is_stream(OsStr::new(&name), &stream));
        assert!(!is_stream(OsStr::new(&name), &other));
        assert!(!is_stream(OsStr::new(""), &stream));
    }
}
