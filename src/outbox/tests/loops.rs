//! The loops over a real database: what is claimed, sent, written down, copied.

use crate::imap::{AppendError, Content, ImapError};
use crate::mail::packed::PackedRaw;
use crate::mail::{Address, MessageId};
use crate::outbox::copies::{SentCopies, run_copies};
use crate::outbox::mailer::{Mailer, SendOutcome};
use crate::outbox::memory_mailer::Memory;
use crate::outbox::run;
use crate::store::{Access, Letter, LetterKind, NewLetter, OutboxId, OutboxState, SentCopy, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// No test waits this long unless something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// The loop over a database of its own.
pub(super) struct Bench {
    pub(super) store: Store,
    memory: Memory,
    pub(super) wake: Arc<Notify>,
    sent: Arc<Notify>,
    stop: watch::Sender<bool>,
    folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("db"), Access::Daemon).unwrap();
        let (wake, sent) = (Arc::default(), Arc::default());
        Self { store, memory: Memory::default(), wake, sent, stop: watch::Sender::new(false), folder }
    }

    fn start(&self) -> JoinHandle<anyhow::Result<()>> {
        self.start_with(self.memory.clone())
    }

    pub(super) fn start_with(&self, mailer: impl Mailer + 'static) -> JoinHandle<anyhow::Result<()>> {
        tokio::spawn(run(
            self.store.clone(),
            mailer,
            self.wake.clone(),
            self.sent.clone(),
            self.stop.subscribe(),
        ))
    }

    pub(super) async fn put(&self, name: &str, kind: LetterKind, due_at: DateTime<Utc>) -> OutboxId {
        let letter = NewLetter {
            kind,
            ticket: None,
            answers_mail: None,
            envelope_from: None,
            to: Address::parse(&format!("{name}@alfa.test")).unwrap(),
            message_id: MessageId::parse(&format!("{name}@desk.test")).unwrap(),
            packed: PackedRaw::pack(format!("Subject: {name}\r\n\r\n").as_bytes()).unwrap(),
            due_at,
            asked: Vec::new(),
        };
        self.store.write(0, move |tx| tx.enqueue(&letter, Utc::now())).await.unwrap()
    }

    pub(super) async fn letter(&self, id: OutboxId) -> Letter {
        self.store.read(move |reader| reader.letter(id)).await.unwrap().unwrap()
    }

    async fn state(&self, id: OutboxId) -> OutboxState {
        self.letter(id).await.state
    }

    /// Waits until a letter is in this state.
    pub(super) async fn becomes(&self, id: OutboxId, state: OutboxState) {
        self.until(id, |letter| letter.state == state).await;
    }

    /// Waits until a letter is as it should be, and gives it.
    pub(super) async fn until(&self, id: OutboxId, enough: impl Fn(&Letter) -> bool) -> Letter {
        let reached = async {
            loop {
                let letter = self.letter(id).await;
                if enough(&letter) {
                    return letter;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        reached.unwrap_or_else(|_| panic!("waited in vain for letter {id}"))
    }

    /// The disk damages a letter's bytes.
    fn damage(&self, id: OutboxId) {
        let conn = rusqlite::Connection::open(self.folder.path().join("db")).unwrap();
        let damage = "UPDATE raw SET sha256 = zeroblob(32) WHERE id = (SELECT raw FROM outbox WHERE id = ?1)";
        assert_eq!(conn.execute(damage, [id.0]).unwrap(), 1);
    }

    fn names(&self) -> Vec<String> {
        self.memory.delivered().iter().map(|letter| letter.to.local().to_owned()).collect()
    }

    /// Stops a loop; another can be started then. The wall's clock is looked at: a paused one runs on while the database writes.
    pub(super) async fn end(&self, task: JoinHandle<anyhow::Result<()>>) {
        self.stop.send_replace(true);
        let begun = std::time::Instant::now();
        while !task.is_finished() {
            assert!(begun.elapsed() < PATIENCE, "it does not stop");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        task.await.unwrap().unwrap();
        self.stop.send_replace(false);
    }
}

#[tokio::test]
async fn letters_go_out_when_they_are_due() {
    let bench = Bench::new();
    let now = Utc::now();
    let later = bench.put("later", LetterKind::Ask, now + TimeDelta::hours(1)).await;
    let first = bench.put("first", LetterKind::Ask, now - TimeDelta::seconds(2)).await;
    let second = bench.put("second", LetterKind::Notice, now - TimeDelta::seconds(1)).await;
    let task = bench.start();
    bench.becomes(second, OutboxState::Sent).await;
    bench.becomes(first, OutboxState::Sent).await;
    assert_eq!(bench.names(), ["first", "second"]);
    tokio::time::timeout(PATIENCE, bench.sent.notified()).await.unwrap();

    // Put there while the loop sleeps for a minute, and announced.
    let new = bench.put("new", LetterKind::Accept, Utc::now()).await;
    bench.wake.notify_one();
    bench.becomes(new, OutboxState::Sent).await;
    // Due soon: nobody has to announce that.
    let soon = bench.put("soon", LetterKind::Ask, Utc::now() + TimeDelta::milliseconds(300)).await;
    bench.wake.notify_one();
    bench.becomes(soon, OutboxState::Sent).await;
    assert_eq!(bench.state(later).await, OutboxState::Waiting);
    bench.end(task).await;
}

#[tokio::test]
async fn outcomes_are_written_down() {
    let bench = Bench::new();
    let why = || "as planned".to_owned();
    let outcomes = [
        ("later", LetterKind::Ask, SendOutcome::Retry { why: why() }, OutboxState::Waiting),
        ("never", LetterKind::Ask, SendOutcome::Refused { why: why() }, OutboxState::Refused),
        ("lost", LetterKind::Ask, SendOutcome::Ambiguous { why: why() }, OutboxState::Ambiguous),
        ("answer", LetterKind::Answer, SendOutcome::Ambiguous { why: why() }, OutboxState::Waiting),
        ("fine", LetterKind::Ask, SendOutcome::Accepted { response: why() }, OutboxState::Sent),
    ];
    let mut ids = Vec::new();
    for (n, (name, kind, outcome, _)) in outcomes.iter().enumerate() {
        bench.memory.answer(Some(outcome.clone()));
        let due = Utc::now() - TimeDelta::seconds(100 - i64::try_from(n).unwrap());
        ids.push(bench.put(name, *kind, due).await);
    }
    let task = bench.start();
    bench.becomes(ids[4], OutboxState::Sent).await;
    for (id, (name, _, outcome, state)) in ids.iter().zip(&outcomes) {
        let id = *id;
        let letter = bench.store.read(move |reader| reader.letter(id)).await.unwrap().unwrap();
        assert_eq!((letter.state, letter.attempts), (*state, 1), "{name}");
        if *state == OutboxState::Waiting {
            let minutes = if matches!(outcome, SendOutcome::Ambiguous { .. }) { 60 } else { 1 };
            let seconds = (letter.due_at - Utc::now()).num_seconds();
            assert!((minutes * 60 - 30..=minutes * 60).contains(&seconds), "{name}: {seconds} s");
        }
        let said = if *state == OutboxState::Sent { &letter.response } else { &letter.last_error };
        assert_eq!(said, outcome.words());
    }
    bench.end(task).await;
}

#[tokio::test]
async fn what_a_dead_daemon_was_sending_is_settled_first() {
    let bench = Bench::new();
    let past = Utc::now() - TimeDelta::seconds(1);
    let ask = bench.put("ask", LetterKind::Ask, past).await;
    let answer = bench.put("answer", LetterKind::Answer, past).await;
    let claimed = bench.store.write(0, |tx| tx.claim_due(Utc::now(), 10)).await.unwrap();
    assert_eq!(claimed.len(), 2);
    let task = bench.start();
    bench.becomes(answer, OutboxState::Sent).await;
    assert_eq!(bench.state(ask).await, OutboxState::Ambiguous);
    assert_eq!(bench.names(), ["answer"]);
    bench.end(task).await;
}

/// Else no letter would go out any more, at no start.
#[tokio::test]
async fn a_damaged_letter_that_a_dead_daemon_was_sending_does_not_stop_the_others() {
    let bench = Bench::new();
    let past = Utc::now() - TimeDelta::seconds(1);
    let ask = bench.put("ask", LetterKind::Ask, past).await;
    assert_eq!(bench.store.write(0, |tx| tx.claim_due(Utc::now(), 10)).await.unwrap().len(), 1);
    bench.damage(ask);
    let other = bench.put("other", LetterKind::Ask, past).await;
    let task = bench.start();
    let outbox = || bench.store.read_now(|reader| reader.outbox(None)).unwrap();
    let reached = async {
        while outbox().iter().find(|letter| letter.id == other).unwrap().state != OutboxState::Sent {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.expect("the other one waits in vain");
    assert_eq!(outbox().iter().find(|letter| letter.id == ask).unwrap().state, OutboxState::Ambiguous);
    bench.end(task).await;
}

#[tokio::test]
async fn while_the_server_is_away_letters_wait_without_being_blamed() {
    let bench = Bench::new();
    bench.memory.answer(Some(SendOutcome::Unreachable { why: "nobody there".to_owned() }));
    let first = bench.put("first", LetterKind::Ask, Utc::now() - TimeDelta::seconds(2)).await;
    let second = bench.put("second", LetterKind::Ask, Utc::now() - TimeDelta::seconds(1)).await;
    let task = bench.start();
    // The pause is 5 seconds; both go out after it.
    bench.becomes(second, OutboxState::Sent).await;
    bench.becomes(first, OutboxState::Sent).await;
    let attempts = bench.store.read(move |reader| reader.letter(second)).await.unwrap().unwrap().attempts;
    assert_eq!(attempts, 1, "the second letter was not tried while the server was away");
    bench.end(task).await;
}

#[tokio::test]
async fn a_letter_that_hangs_does_not_hold_up_the_end() {
    let bench = Bench::new();
    bench.memory.answer(None);
    let id = bench.put("hangs", LetterKind::Ask, Utc::now() - TimeDelta::seconds(1)).await;
    let other = bench.put("other", LetterKind::Ask, Utc::now()).await;
    let task = bench.start();
    bench.becomes(id, OutboxState::Claimed).await;
    bench.end(task).await;
    assert_eq!(bench.state(id).await, OutboxState::Waiting);
    assert_eq!(bench.state(other).await, OutboxState::Waiting);
}

/// A folder that answers as planned, and accepts after that.
#[derive(Clone, Default)]
struct Folder {
    plan: Arc<Mutex<VecDeque<ImapError>>>,
    /// Each append of this letter ends the connection.
    breaks_at: Option<&'static str>,
    tries: Arc<Mutex<u32>>,
    kept: Arc<Mutex<Vec<Vec<u8>>>>,
    /// An append takes so long.
    takes: Duration,
    /// After the append, the first connections end before their server says so.
    unheard: Arc<Mutex<u32>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl SentCopies for Folder {
    async fn append(&mut self, letter: &impl Content, _: DateTime<Utc>) -> Result<(), AppendError> {
        let planned = self.plan.lock().unwrap().pop_front();
        if let Some(error) = planned {
            return Err(error.into());
        }
        let mut raw = Vec::new();
        while let Some(piece) = letter.piece(raw.len().div_ceil(1 << 20)).await.unwrap() {
            raw.extend_from_slice(&piece);
        }
        assert_eq!(raw.len() as u64, letter.size());
        if let Some(subject) = self.breaks_at
            && raw.starts_with(format!("Subject: {subject}\r\n").as_bytes())
        {
            *self.tries.lock().unwrap() += 1;
            return Err(AppendError { error: ImapError::Bye("too large".to_owned()), in_hand: true });
        }
        tokio::time::sleep(self.takes).await;
        self.kept.lock().unwrap().push(raw);
        let mut unheard = self.unheard.lock().unwrap();
        if *unheard > 0 {
            *unheard -= 1;
            return Err(AppendError { error: ImapError::Lost("gone".to_owned()), in_hand: true });
        }
        Ok(())
    }

    async fn has(&mut self, id: &MessageId) -> Result<bool, AppendError> {
        self.asked.lock().unwrap().push(id.to_string());
        let (name, _) = id.as_str().split_once('@').unwrap();
        Ok(self.kept.lock().unwrap().contains(&format!("Subject: {name}\r\n\r\n").into_bytes()))
    }

    async fn close(&mut self) {}
}

/// Three letters, the second a notice, all sent.
async fn sent(bench: &Bench) -> [OutboxId; 3] {
    let past = Utc::now() - TimeDelta::seconds(1);
    let ids = [
        bench.put("a", LetterKind::Ask, past).await,
        bench.put("b", LetterKind::Notice, past).await,
        bench.put("c", LetterKind::Answer, past).await,
    ];
    let settle = move |tx: &crate::store::Tx<'_>| {
        for claimed in tx.claim_due(Utc::now(), 10)? {
            tx.record_sent(claimed.letter.id, "250", Utc::now())?;
        }
        Ok(())
    };
    bench.store.write(0, settle).await.unwrap();
    ids
}

async fn copy(bench: &Bench, id: OutboxId) -> SentCopy {
    bench.store.read(move |reader| reader.letter(id)).await.unwrap().unwrap().sent_copy
}

/// Copies sent letters into a folder until the bench ends.
fn copying(bench: &Bench, folder: &Folder) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let (store, sent, stop) = (bench.store.clone(), bench.sent.clone(), bench.stop.subscribe());
    tokio::spawn(run_copies(store, folder.clone(), sent, stop))
}

/// Waits until the copy of a letter is in this state, looking every so often.
async fn copied(bench: &Bench, id: OutboxId, expect: SentCopy, every: Duration) {
    // By the clock on the wall: the other one runs ahead while the database works.
    let start = std::time::Instant::now();
    while copy(bench, id).await != expect {
        assert!(start.elapsed() < PATIENCE, "the copy of {id} is not {expect:?}");
        tokio::time::sleep(every).await;
    }
}

#[tokio::test]
async fn sent_letters_are_copied_and_notices_are_not() {
    let bench = Bench::new();
    let folder = Folder::default();
    let task = copying(&bench, &folder);
    let [a, b, c] = sent(&bench).await;
    bench.sent.notify_one();
    let often = Duration::from_millis(20);
    copied(&bench, a, SentCopy::Done, often).await;
    copied(&bench, c, SentCopy::Done, often).await;
    assert_eq!(copy(&bench, b).await, SentCopy::Off);
    assert_eq!(
        *folder.kept.lock().unwrap(),
        [b"Subject: a\r\n\r\n".to_vec(), b"Subject: c\r\n\r\n".to_vec()]
    );
    bench.end(task).await;
}

#[tokio::test(start_paused = true)]
async fn an_unwelcome_copy_is_given_up_and_others_are_not() {
    let bench = Bench::new();
    let [a, _, c] = sent(&bench).await;
    let folder = Folder::default();
    let refused = || ImapError::Refused {
        key: "sent_folder",
        what: "to put a copy".to_owned(),
        text: "over quota".to_owned(),
    };
    let lost = ImapError::Lost("gone".to_owned());
    // The first is refused, the second copied; then the connection is lost; then the first is refused again and again.
    folder.plan.lock().unwrap().push_back(refused());
    let task = copying(&bench, &folder);
    // The clock runs by itself: pauses of minutes pass at once.
    let often = Duration::from_secs(20);
    copied(&bench, c, SentCopy::Done, often).await;
    {
        let mut plan = folder.plan.lock().unwrap();
        plan.push_back(lost);
        plan.extend((0..4).map(|_| refused()));
    }
    copied(&bench, a, SentCopy::Off, often).await;
    assert_eq!(folder.kept.lock().unwrap().len(), 1);
    bench.end(task).await;
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_ends_the_connection_holds_up_no_other_and_is_given_up() {
    let bench = Bench::new();
    let [a, _, c] = sent(&bench).await;
    let folder = Folder { breaks_at: Some("a"), ..Folder::default() };
    let task = copying(&bench, &folder);
    let often = Duration::from_secs(20);
    copied(&bench, c, SentCopy::Done, often).await;
    assert_eq!(copy(&bench, a).await, SentCopy::Wanted);
    copied(&bench, a, SentCopy::Off, often).await;
    assert_eq!((*folder.tries.lock().unwrap(), folder.kept.lock().unwrap().len()), (3, 1));
    bench.end(task).await;
}

#[tokio::test]
async fn a_damaged_letter_has_no_copy_and_the_others_have_theirs() {
    let bench = Bench::new();
    let [a, _, c] = sent(&bench).await;
    bench.damage(a);
    let folder = Folder::default();
    let task = copying(&bench, &folder);
    copied(&bench, c, SentCopy::Done, Duration::from_millis(20)).await;
    let outbox = bench.store.read(|reader| reader.outbox(None)).await.unwrap();
    assert_eq!(outbox.iter().find(|letter| letter.id == a).unwrap().sent_copy, SentCopy::Off);
    assert_eq!(*folder.kept.lock().unwrap(), [b"Subject: c\r\n\r\n".to_vec()]);
    bench.end(task).await;
}

/// A reload stops the task in the middle.
#[tokio::test]
async fn a_copy_that_is_on_its_way_arrives_before_all_stops() {
    let bench = Bench::new();
    let folder = Folder { takes: Duration::from_millis(300), ..Folder::default() };
    let task = copying(&bench, &folder);
    let [a, _, c] = sent(&bench).await;
    bench.sent.notify_one();
    tokio::time::sleep(Duration::from_millis(100)).await;
    bench.end(task).await;
    assert_eq!(folder.kept.lock().unwrap().len(), 1, "and no other is begun");
    assert_eq!((copy(&bench, a).await, copy(&bench, c).await), (SentCopy::Done, SentCopy::Wanted));
    let task = copying(&bench, &folder);
    copied(&bench, c, SentCopy::Done, Duration::from_millis(20)).await;
    bench.end(task).await;
    assert_eq!(folder.kept.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_may_be_there_is_looked_for_before_another_is_made() {
    let bench = Bench::new();
    let folder = Folder { unheard: Arc::new(Mutex::new(1)), ..Folder::default() };
    let task = copying(&bench, &folder);
    tokio::time::sleep(Duration::from_millis(1)).await;
    let [a, _, c] = sent(&bench).await;
    bench.sent.notify_one();
    let often = Duration::from_secs(20);
    copied(&bench, a, SentCopy::Done, often).await;
    copied(&bench, c, SentCopy::Done, often).await;
    bench.end(task).await;
    assert_eq!(
        (folder.kept.lock().unwrap().len(), folder.asked.lock().unwrap().as_slice()),
        (2, ["a@desk.test".to_owned()].as_slice())
    );

    // What a process before this one has put there.
    let past = Utc::now() - TimeDelta::seconds(1);
    let d = bench.put("d", LetterKind::Answer, past).await;
    let settle = move |tx: &crate::store::Tx<'_>| {
        tx.claim_due(Utc::now(), 10)?;
        tx.record_sent(d, "250", Utc::now())
    };
    bench.store.write(0, settle).await.unwrap();
    folder.kept.lock().unwrap().push(b"Subject: d\r\n\r\n".to_vec());
    let task = copying(&bench, &folder);
    copied(&bench, d, SentCopy::Done, often).await;
    bench.end(task).await;
    assert_eq!(folder.kept.lock().unwrap().len(), 3);
}
