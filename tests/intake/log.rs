//! The log names mails by their numbers: no address, subject or word of theirs is in it.

use super::agents::from_agent;
use super::{INCOMPLETE, Office, mail};
use askback::ticket::Disposition;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

/// What all tests of this program log, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Threads of the store and of intake log, too, so it is one for the whole program.
    fn start() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let start = || {
            let log = Self::default();
            let (level, writer) = (tracing::Level::TRACE, log.clone());
            let subscriber = tracing_subscriber::fmt().with_max_level(level).with_ansi(false);
            subscriber.with_writer(move || writer.clone()).init();
            log
        };
        LOG.get_or_init(start).clone()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn the_log_has_no_address_and_no_words_of_a_mail() {
    let log = Log::start();
    let mut office = Office::new().await;
    office.receive(&mail("ivan@unlogged.test", "m1@unlogged.test", "", "Unlogged", INCOMPLETE)).await;
    office.send_all().await;
    let to_notice = format!("To: {}\r\nCc: support@m2mail.ru\r\n", office.notice_address());
    // A stranger has got hold of a notice, and an agent replies without a word of his own.
    let stranger = from_agent("eve@unlogged.test", "e1@unlogged.test", &to_notice, "Unlogged words");
    let row = office.receive(&stranger).await;
    assert_eq!(row.disposition, Some(Disposition::Quarantined), "{}", row.why);
    assert!(row.why.contains("eve@unlogged.test"), "the event has it: {}", row.why);
    let number = row.id;
    office.receive(&from_agent(super::agents::AGENT, "a1@m2mail.ru", &to_notice, "> Unlogged quote")).await;
    let doubtful = "a@unlogged.test, b@unlogged.test";
    office.receive(&mail(doubtful, "d@unlogged.test", "", "Unlogged", "Unlogged words")).await;

    let text = log.text();
    assert!(text.contains("an agent's answer is not sent on: it came from another address"), "{text}");
    assert!(text.contains(&format!("mail={number}")), "{text}");
    for line in text.lines() {
        assert!(!line.to_lowercase().contains("unlogged"), "{line}");
    }
}
