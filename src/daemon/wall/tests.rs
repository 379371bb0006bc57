use super::*;
use crate::config::Config;
use crate::intake;
use crate::mail::packed::PackedRaw;
use crate::mail::{Address, MailKey, MessageId};
use crate::outbox;
use crate::outbox::memory_mailer::Memory;
use crate::store::{Access, LetterKind, NewLetter, NewMail, OutboxState};
use crate::ticket::token::TokenKey;
use std::path::Path;
use std::sync::Mutex;
use tokio::sync::Notify;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Shows a clock to a daemon, each time so many minutes after the time before; gives what it makes of it.
#[track_caller]
fn check(recorded: Option<&str>, shown: &[(u64, &str)], expect: &[&str]) {
    let (mut wall, mut moment) = (Wall::default(), Instant::now());
    let verdicts = shown.iter().map(|(minutes, now)| {
        moment += Duration::from_secs(60 * minutes);
        match wall.look(at(now), recorded.map(at), moment) {
            None => "right",
            Some(Doubt::Impossible { .. }) => "impossible",
            Some(Doubt::Behind { .. }) => "behind",
            Some(Doubt::Jumped { .. }) => "jumped",
        }
    });
    assert_eq!(verdicts.collect::<Vec<_>>(), expect);
}

#[tokio::test]
async fn a_clock_that_cannot_be_right_is_never_believed() {
    let year_1970 = "1970-01-01T00:03:00Z";
    check(None, &[(0, year_1970), (60 * 24 * 365, year_1970)], &["impossible", "impossible"]);
    check(None, &[(0, "2107-01-01T00:00:00Z")], &["impossible"]);
    // Put right after a while, by NTP or a person.
    check(
        Some("2026-05-14T06:00:00Z"),
        &[(0, year_1970), (300, year_1970), (0, "2026-05-14T09:00:00Z"), (5, "2026-05-14T09:05:00Z")],
        &["impossible", "impossible", "right", "right"],
    );
}

#[tokio::test]
async fn a_clock_behind_what_is_recorded_is_doubted_for_an_hour() {
    let recorded = Some("2026-05-14T06:00:00Z");
    check(recorded, &[(0, "2026-05-13T07:00:00Z")], &["right"]);
    check(
        recorded,
        &[(0, "2026-03-01T00:00:00Z"), (59, "2026-03-01T00:59:00Z"), (1, "2026-03-01T01:00:00Z")],
        &["behind", "behind", "right"],
    );
    check(recorded, &[(0, "2026-03-01T00:00:00Z"), (1, "2026-05-14T08:00:00Z")], &["behind", "right"]);
    // The time that it spent in 1970 does not count.
    check(
        recorded,
        &[(0, "1970-01-01T00:00:00Z"), (90, "2026-03-01T00:00:00Z"), (60, "2026-03-01T01:00:00Z")],
        &["impossible", "behind", "right"],
    );
}

#[tokio::test]
async fn a_jump_by_days_is_doubted_for_an_hour_and_one_by_hours_is_not() {
    let begun = (0, "2026-05-14T06:00:00Z");
    check(None, &[begun, (1, "2026-05-14T09:01:00Z"), (1, "2026-05-14T03:02:00Z")], &["right"; 3]);
    for there in ["2026-06-13T06:01:00Z", "2026-04-14T06:01:00Z"] {
        // And back.
        check(None, &[begun, (1, there), (5, "2026-05-14T06:06:00Z")], &["right", "jumped", "right"]);
        check(None, &[begun, (1, there), (60, there), (1, there)], &["right", "jumped", "right", "right"]);
    }
    // A machine that slept for a week.
    check(
        None,
        &[begun, (1, "2026-05-21T06:00:00Z"), (61, "2026-05-21T07:01:00Z")],
        &["right", "jumped", "right"],
    );
}

#[test]
fn the_doubt_names_cause_and_remedy() {
    let now = at("1970-01-01T00:03:00Z");
    insta::assert_snapshot!(Doubt::Impossible { now }, @"it shows 1970-01-01T00:03:00Z, which cannot be; mails are stored, but not filed or answered, and nobody is nudged: set it (timedatectl set-ntp true)");
    let now = at("2026-03-01T00:00:00Z");
    insta::assert_snapshot!(Doubt::Behind { now, recorded: at("2026-05-14T06:00:00Z") }, @"it shows 2026-03-01T00:00:00Z, but the database was written to at 2026-05-14T06:00:00Z; mails are stored, but not filed or answered, and nobody is nudged: set it (timedatectl set-ntp true); if it is right, work goes on in an hour");
    insta::assert_snapshot!(Doubt::Jumped { now, expected: at("2026-05-14T06:00:00Z") }, @"it has jumped to 2026-03-01T00:00:00Z from 2026-05-14T06:00:00Z; mails are stored, but not filed or answered, and nobody is nudged: set it (timedatectl set-ntp true); if it is right, work goes on in an hour");
}

/// The tasks that go by the clock, over a database of their own, with a clock that the test sets.
struct Bench {
    store: Store,
    memory: Memory,
    shown: Arc<Mutex<DateTime<Utc>>>,
    wall: Arc<Mutex<Wall>>,
    right: Arc<watch::Sender<bool>>,
    status: Arc<Status>,
    wake: Arc<Notify>,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(shown: DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: Store::open(&folder.path().join("askback.db"), Access::Daemon).unwrap(),
            memory: Memory::default(),
            shown: Arc::new(Mutex::new(shown)),
            wall: Arc::default(),
            right: Arc::default(),
            status: Arc::default(),
            wake: Arc::default(),
            _folder: folder,
        }
    }

    /// Starts the daemon's tasks with a counter of the runs of one more.
    fn start(&self) -> (super::super::supervise::Tasks, Arc<Mutex<u32>>) {
        let mut tasks = super::super::supervise::Tasks::new(self.status.clone());
        let text = include_str!("../../../config.example.toml");
        let config = Config::parse(text, Path::new("/etc/askback/askback.toml")).unwrap();
        let desk = Arc::new(config.desk(TokenKey::new([7; 32]), Utc::now()).unwrap());
        let (store, wake) = (self.store.clone(), self.wake.clone());
        let intake = move |stop| {
            let bells = intake::Bells { arrived: wake.clone(), ..intake::Bells::default() };
            let attempts = Arc::new(intake::Attempts::new(intake::Trial::new(Path::new("askback.toml"))));
            intake::run(store.clone(), desk.clone(), attempts, bells, stop)
        };
        tasks.spawn("intake", while_right(&self.right, intake));
        let (store, wake, memory) = (self.store.clone(), self.wake.clone(), self.memory.clone());
        let outbox =
            move |stop| outbox::run(store.clone(), memory.clone(), wake.clone(), Arc::default(), stop);
        tasks.spawn("outbox", while_right(&self.right, outbox));
        let runs = Arc::new(Mutex::new(0));
        let count = runs.clone();
        let other = move |mut stop: watch::Receiver<bool>| {
            *count.lock().unwrap() += 1;
            async move {
                stop.wait_for(|stop| *stop).await?;
                Ok(())
            }
        };
        tasks.spawn("other", while_right(&self.right, other));
        let (store, right, status) = (self.store.clone(), self.right.clone(), self.status.clone());
        let (shown, wall) = (self.shown.clone(), self.wall.clone());
        tasks.spawn("wall", move |stop| {
            let shown = shown.clone();
            let now = move || *shown.lock().unwrap();
            watch_clock(store.clone(), now, wall.clone(), right.clone(), status.clone(), stop)
        });
        (tasks, runs)
    }

    /// A letter that is due and a mail that is new, both of this name.
    async fn put(&self, name: &'static str, uid: u32) {
        let now = Utc::now();
        let letter = NewLetter {
            kind: LetterKind::Notice,
            ticket: None,
            answers_mail: None,
            envelope_from: None,
            to: Address::parse("ivan@alfa.test").unwrap(),
            message_id: MessageId::parse(&format!("{name}@desk.test")).unwrap(),
            packed: PackedRaw::pack(format!("Subject: {name}\r\n\r\n").as_bytes()).unwrap(),
            due_at: now,
            asked: Vec::new(),
        };
        let mail = NewMail {
            key: MailKey { mailbox: "support".to_owned(), uid_validity: 1, uid },
            internal_date: None,
            stored_at: now,
            packed: PackedRaw::pack(format!("From: a@b.test\r\nSubject: {name}\r\n\r\n").as_bytes()).unwrap(),
            over_limit: None,
        };
        let put = move |tx: &crate::store::Tx<'_>| {
            tx.store_mail(&mail)?;
            tx.enqueue(&letter, now)
        };
        self.store.write(0, put).await.unwrap();
        self.wake.notify_waiters();
    }

    /// Letters that wait or are on their way, and mails that are new.
    fn waiting(&self) -> (usize, u64) {
        let in_state = |state| self.store.read_now(|reader| reader.outbox(Some(state))).unwrap().len();
        let outbox = in_state(OutboxState::Waiting) + in_state(OutboxState::Claimed);
        (outbox, self.store.read_now(|reader| reader.counts()).unwrap().new)
    }

    /// Waits until it is so; the clock of the runtime runs by itself.
    async fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        for _ in 0..4000 {
            if so(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("waited in vain until {what}: {}, {:?}", self.status.line(), self.waiting());
    }

    fn show(&self, now: DateTime<Utc>) {
        *self.shown.lock().unwrap() = now;
    }

    fn is_doubted(&self) -> bool {
        self.status.line().contains("this machine's clock FAILS")
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_in_1970_stores_mails_and_does_nothing_else_until_the_clock_is_right() {
    let year_1970 = DateTime::UNIX_EPOCH + TimeDelta::minutes(3);
    let bench = Bench::new(year_1970);
    let (tasks, runs) = bench.start();
    bench.put("first", 1).await;
    bench.until("the clock is doubted", Bench::is_doubted).await;
    assert!(bench.status.line().contains("it shows 1970-01-01T00:03:00Z"), "{}", bench.status.line());
    // Hours later, still nothing but the mail in the store.
    tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
    assert_eq!((bench.waiting(), *runs.lock().unwrap()), ((1, 1), 0));
    assert!(bench.memory.delivered().is_empty());

    bench.show(Utc::now());
    bench.until("all is done", |bench| bench.waiting() == (0, 0)).await;
    assert_eq!((bench.memory.delivered().len(), *runs.lock().unwrap()), (1, 1));
    assert!(!bench.is_doubted());

    // The clock is put wrong while we run, and right again.
    bench.show(year_1970);
    bench.until("the clock is doubted", Bench::is_doubted).await;
    bench.put("second", 2).await;
    tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
    assert_eq!((bench.waiting(), *runs.lock().unwrap()), ((1, 1), 1));
    bench.show(Utc::now() + TimeDelta::hours(6));
    bench.until("all is done", |bench| bench.waiting() == (0, 0)).await;
    assert_eq!((bench.memory.delivered().len(), *runs.lock().unwrap()), (2, 2));
    tasks.stop(Duration::from_secs(5)).await;
}

#[tokio::test(start_paused = true)]
async fn a_start_before_what_is_recorded_waits_an_hour_and_goes_on() {
    let bench = Bench::new(Utc::now() - TimeDelta::days(40));
    bench.put("first", 1).await;
    let (tasks, runs) = bench.start();
    bench.until("the clock is doubted", Bench::is_doubted).await;
    assert!(bench.status.line().contains("the database was written to at"), "{}", bench.status.line());
    tokio::time::sleep(Duration::from_secs(3500)).await;
    assert_eq!((bench.waiting(), *runs.lock().unwrap()), ((1, 1), 0));
    bench.until("all is done", |bench| bench.waiting() == (0, 0)).await;
    assert!(!bench.is_doubted());
    tasks.stop(Duration::from_secs(5)).await;
}

/// SIGHUP starts all tasks anew.
#[tokio::test(start_paused = true)]
async fn a_doubt_outlives_a_reload() {
    let bench = Bench::new(Utc::now());
    bench.put("first", 1).await;
    let (tasks, _) = bench.start();
    bench.until("all is done", |bench| bench.waiting() == (0, 0)).await;
    bench.show(Utc::now() + TimeDelta::days(40));
    bench.until("the clock is doubted", Bench::is_doubted).await;
    tasks.stop(Duration::from_secs(5)).await;
    bench.status.clear();
    // Not behind the start: while the database writes, the paused clock of the tasks runs ahead.
    bench.put("second", 2).await;
    let (tasks, runs) = bench.start();
    tokio::time::sleep(Duration::from_secs(1800)).await;
    assert_eq!((bench.waiting(), *runs.lock().unwrap()), ((1, 1), 0));
    assert!(bench.is_doubted());
    tasks.stop(Duration::from_secs(5)).await;
}
