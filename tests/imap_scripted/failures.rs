//! Connections that break, stall or lie in every state: the watcher comes back and loses nothing.

use super::*;
use crate::scripted_imap::Act;

/// Whatever happens to one command, all mail is stored exactly once (the sink asserts «once»), then marked.
async fn check(command: &str, act: Act, why: &str) {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 5000, 100]);
    server.rule(command, 1, act.clone());
    let mut settings = take_all(&server);
    settings.limits.partial_over = 4000;
    let seen = caught_up(settings).await;
    let mut stored = seen.stored_uids();
    stored.sort_unstable();
    assert_eq!((stored, seen.confirmed.clone()), (vec![1, 2, 3], vec![1, 2, 3]), "{command}: {act:?}");
    assert!(seen.held.is_empty() && seen.attempts.is_empty(), "{command}: {act:?}: {:?}", seen.attempts);
    let offline = seen.offline();
    assert!(offline.len() == 1 && offline[0].contains(why), "{command}: {act:?}: {offline:?}");
}

#[tokio::test]
async fn a_cut_in_the_middle_of_a_literal() {
    let half = "* 1 FETCH (UID 1 BODY[] {100}\r\nSubject: ha";
    check("BODY.PEEK[])", Act::AnswerAndClose(half.into()), "lost").await;
    let half = "* 2 FETCH (UID 2 BODY[]<0> {5000}\r\nSubject: ha";
    check("BODY.PEEK[]<", Act::AnswerAndClose(half.into()), "lost").await;
}

#[tokio::test]
async fn a_literal_that_nobody_could_want_is_not_waited_for() {
    let huge = "* 1 FETCH (UID 1 BODY[] {400000000}\r\n";
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    server.rule("BODY.PEEK[]", 1, Act::Answer(huge.into()));
    let seen = caught_up(take_all(&server)).await;
    assert_eq!((seen.stored_uids(), seen.attempts.len()), (vec![1], 0));
    assert!(seen.offline()[0].contains("400000000 bytes at once"), "{:?}", seen.offline());
    assert!(bytes(&seen.stored[0].raw) == server.state().mails[&1].raw, "it comes in parts then");
}

#[tokio::test]
async fn what_makes_the_parser_panic_only_ends_the_connection() {
    for poison in
        ["* 1 FETCH (UID 1 INTERNALDATE NIL)\r\n", "* OK [ALERT]Привет\r\n", "* 1 FETCH )(\r\n", "\0\0\r\n"]
    {
        check("RFC822.SIZE", Act::Answer(poison.into()), "lost").await;
    }
    let nested = format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(".repeat(50_000));
    check("RFC822.SIZE", Act::Answer(nested), "nested").await;
}

#[tokio::test]
async fn endless_rows_end() {
    let row = "* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE \" 1-Feb-2026 03:04:05 +0300\")\r\n";
    let endless = row.repeat(10_100);
    check("RFC822.SIZE", Act::Answer(endless), "more messages than there are").await;
}

#[tokio::test]
async fn a_refusal_to_open() {
    let gone = "{tag} NO [NONEXISTENT] Mailbox doesn't exist\r\n";
    check("SELECT", Act::Answer(gone.into()), "check the setting `folder`").await;
    check("SELECT", Act::Answer("{tag} NO [NOPERM] not yours\r\n".into()), "not yours").await;
    check("SELECT", Act::Answer("{tag} BAD come again\r\n".into()), "come again").await;
}

#[tokio::test]
async fn throttling_is_heeded() {
    let words = "{tag} NO [LIMIT] Suggested Backoff Time: 50 milliseconds\r\n";
    for command in ["AUTHENTICATE", "SELECT", "RFC822.SIZE", "BODY.PEEK[])", "BODY.PEEK[]<"] {
        check(command, Act::Answer(words.into()), "come back later").await;
    }
}

#[tokio::test]
async fn a_mail_that_breaks_the_connection_each_time_is_held_and_holds_up_no_other() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 4]);
    for set in ["1:4", "2:4", "2 ("] {
        let first = if set == "1:4" { "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n" } else { "" };
        server.rule(&format!("FETCH {set}"), 99, Act::AnswerAndClose(first.into()));
    }
    server.rule("FETCH 2 (UID BODY.PEEK[]<", 99, Act::AnswerAndClose(String::new()));
    let watcher = Watcher::start(take_all(&server), MemorySink::new());
    let seen =
        watcher.stop_once("all is settled", |seen| seen.wanted.is_empty() && seen.caught_up() > 0).await;
    assert_eq!(seen.stored_uids(), [1, 3, 4]);
    assert_eq!(seen.held.len(), 1);
    assert_eq!(seen.held[0].0, 2);
}

#[tokio::test]
async fn an_error_of_the_store_ends_the_watcher() {
    struct Full(Arc<MemorySink>);
    impl askback::imap::Sink for Full {
        type Aside = Vec<Vec<u8>>;
        fn aside(&self) -> anyhow::Result<Self::Aside> {
            self.0.aside()
        }
        async fn cursor(&self, mailbox: &str) -> anyhow::Result<Option<askback::imap::Cursor>> {
            self.0.cursor(mailbox).await
        }
        async fn begun(&self, m: &str, cursor: askback::imap::Cursor, below: u32) -> anyhow::Result<()> {
            self.0.begun(m, cursor, below).await
        }
        async fn listed(
            &self,
            mailbox: &str,
            cursor: askback::imap::Cursor,
            mails: Vec<askback::imap::Listed>,
        ) -> anyhow::Result<()> {
            self.0.listed(mailbox, cursor, mails).await
        }
        async fn wanted(
            &self,
            m: &str,
            v: u32,
            from: u32,
            n: usize,
        ) -> anyhow::Result<Vec<askback::imap::Listed>> {
            self.0.wanted(m, v, from, n).await
        }
        async fn store(&self, _mails: Vec<askback::imap::Fetched>) -> anyhow::Result<()> {
            anyhow::bail!("the disk is full")
        }
        async fn fetch_failed(&self, m: &str, v: u32, uids: Vec<u32>, why: &str) -> anyhow::Result<()> {
            self.0.fetch_failed(m, v, uids, why).await
        }
        async fn vanished(&self, m: &str, v: u32, uids: Vec<u32>) -> anyhow::Result<()> {
            self.0.vanished(m, v, uids).await
        }
        async fn unconfirmed(
            &self,
            m: &str,
            v: u32,
            to: u32,
            n: usize,
        ) -> anyhow::Result<Vec<askback::imap::Unconfirmed>> {
            self.0.unconfirmed(m, v, to, n).await
        }
        async fn note_copy(&self, m: &str, v: u32, mail: askback::imap::Unconfirmed) -> anyhow::Result<()> {
            self.0.note_copy(m, v, mail).await
        }
        async fn confirmed(&self, m: &str, v: u32, uids: Vec<u32>) -> anyhow::Result<()> {
            self.0.confirmed(m, v, uids).await
        }
        fn progress(&self, mailbox: &str, progress: askback::imap::Progress) {
            self.0.progress(mailbox, progress);
        }
    }
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let error = watch(take_all(&server), Arc::new(Full(MemorySink::new())), stopped).await.unwrap_err();
    assert_eq!(format!("{error:#}"), "storing the mail of main: the disk is full");
    assert!(server.asked("STORE").is_empty(), "nothing is marked that is not stored");
}

/// What a server says beside its answers: anything, at any time (RFC 9051, section 2.2.2).
#[tokio::test]
async fn what_was_not_asked_for_is_no_answer() {
    let noise = "* NO [ALERT] the disk is nearly full\r\n* BAD odd\r\n* OK [X-FOO (a b)] hm\r\n* OK\r\n\
                 * 1 FETCH (FLAGS (\\Seen a]b Важно))\r\n* 2 FETCH (UID 2 FLAGS ())\r\n* 3 EXISTS\r\n* 0 RECENT\r\n\
                 * FLAGS ()\r\n* LIST () NIL x\r\n* STATUS y (UIDVALIDITY 99 UIDNEXT 1 MESSAGES 9)\r\n* VANISHED 99\r\n\
                 * 2 FETCH (UID 2 MODSEQ (12) X-FOO bar)\r\n* ENABLED X\r\n";
    for after in [askback::imap::After::Seen, askback::imap::After::Move("Done".to_owned())] {
        let server = ScriptedImap::start().await;
        server.state().folders.insert("Done".to_owned(), Vec::new());
        for command in ["CAPABILITY", "SELECT", "UID", "NOOP"] {
            server.rule(command, usize::MAX, Act::Before(noise.to_owned()));
        }
        server.deliver(&[100, 5000, 100]);
        let mut settings = Settings { after, ..take_all(&server) };
        settings.limits.partial_over = 4000;
        let seen = caught_up(settings).await;
        assert_eq!((seen.stored.len(), seen.confirmed.len()), (3, 3));
        assert_eq!((seen.offline(), seen.attempts), (vec![], vec![]));
    }
}
