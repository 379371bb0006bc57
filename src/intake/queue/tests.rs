//! A suspect on trial while askback is told to stop, or dies.

use super::super::fixture::with_mail;
use super::*;
use crate::config::Config;
use crate::ticket::token::TokenKey;
use std::path::Path;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// No test waits this long unless something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// A database with one mail of which askback has died so often that it is tried next.
struct Bench {
    store: Store,
    suspect: MailId,
    folder: TempDir,
}

impl Bench {
    async fn new() -> Self {
        let (store, suspect, folder) = with_mail(b"From: ivan@alfa.test\r\nSubject: Report\r\n\r\n").await;
        let died = move |tx: &crate::store::Tx<'_>| (0..MAX_ATTEMPTS).try_for_each(|_| tx.begin(suspect));
        store.write(0, died).await.unwrap();
        Self { store, suspect, folder }
    }

    /// Starts the queue, whose trials are this script's.
    fn start(&self, script: &str) -> (JoinHandle<anyhow::Result<()>>, watch::Sender<bool>) {
        let text = include_str!("../../../config.example.toml");
        let config = Config::parse(text, Path::new("/etc/askback/askback.toml")).unwrap();
        let desk = Arc::new(config.desk(TokenKey::new([7; 32]), Utc::now()).unwrap());
        let script = format!("cd {} && {script}", self.folder.path().display());
        let attempts = Arc::new(Attempts::new(Trial::by_shell(&script, PATIENCE * 2)));
        let stop = watch::Sender::new(false);
        let task = run(self.store.clone(), desk, attempts, Bells::default(), stop.subscribe());
        (tokio::spawn(task), stop)
    }

    /// How often the mail has been begun, and whether it has been dealt with.
    fn attempts(&self) -> (u32, bool) {
        let row = self.store.read_now(|reader| reader.mail(self.suspect)).unwrap().unwrap();
        (row.attempts, row.disposition.is_some())
    }

    async fn until(&self, what: &str, so: impl Fn() -> bool) {
        let reached = async {
            while !so() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached)
            .await
            .unwrap_or_else(|_| panic!("waited in vain until {what}"));
    }

    /// Waits until a trial is under way that does not end by itself.
    async fn hang(&self) -> (JoinHandle<anyhow::Result<()>>, watch::Sender<bool>) {
        let begun = self.folder.path().join("begun");
        let running = self.start("touch begun; exec sleep 1000");
        self.until("the trial has begun", || begun.exists()).await;
        std::fs::remove_file(begun).unwrap();
        running
    }
}

#[tokio::test]
async fn a_stop_that_we_were_asked_for_is_no_death_of_the_mail_on_trial() {
    const STOPS: u32 = 9;
    let bench = Bench::new().await;
    for _ in 0..STOPS {
        let (task, stop) = bench.hang().await;
        assert_eq!(bench.attempts(), (MAX_ATTEMPTS + 1, false), "counted while it goes on");
        stop.send_replace(true);
        tokio::time::timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
        assert_eq!(bench.attempts(), (MAX_ATTEMPTS, false), "and taken back");
    }
    // So it still has its trial, and is found to be harmless.
    let (task, stop) = bench.start("cat > mail");
    bench.until("it is filed", || bench.attempts().1).await;
    assert!(bench.folder.path().join("mail").exists(), "it stood no trial");
    stop.send_replace(true);
    task.await.unwrap().unwrap();
    println!("{STOPS} stops during a trial: none counted");
}

#[tokio::test]
async fn a_death_during_a_trial_counts() {
    let bench = Bench::new().await;
    let (task, _stop) = bench.hang().await;
    // As if it were killed: nothing of ours runs any more.
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(bench.attempts(), (MAX_ATTEMPTS + 1, false));
    // It has had its trial; nothing else would end it where each trial takes us with it.
    let (task, stop) = bench.start("touch tried");
    bench.until("it is filed", || bench.attempts().1).await;
    assert!(!bench.folder.path().join("tried").exists());
    stop.send_replace(true);
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_that_is_cut_off_is_no_death_of_the_mail_in_hand() {
    const STOPS: u32 = 9;
    let (store, mail, _folder) = with_mail(b"From: ivan@alfa.test\r\nSubject: Report\r\n\r\n").await;
    let tries = || store.read_now(|reader| reader.mail(mail)).unwrap().unwrap().attempts;
    let claimed = async |attempts: &Attempts| {
        let stop = watch::Sender::new(false);
        claim(&store, attempts, &Notify::new(), &mut stop.subscribe()).await.unwrap()
    };
    for _ in 0..STOPS {
        // Each time it is read, and would have been filed a little later.
        let attempts = Attempts::new(Trial::by_shell("true", PATIENCE));
        assert_eq!(claimed(&attempts).await, [mail]);
        assert_eq!(tries(), 1, "counted while it is in hand");
        attempts.cut_off(&store).await.unwrap();
        assert_eq!(tries(), 0, "and taken back");
    }
    println!("{STOPS} stops cut off with a mail in hand: none counted");

    // One that is in hand for so long may be what we waited for.
    let attempts = Attempts::new(Trial::by_shell("true", PATIENCE));
    assert_eq!(claimed(&attempts).await, [mail]);
    let long_ago = Instant::now().checked_sub(INNOCENT).unwrap();
    attempts.lock().since = Some(long_ago);
    attempts.cut_off(&store).await.unwrap();
    assert_eq!(tries(), 1);

    // What was filed meanwhile stays as it is.
    let attempts = Attempts::new(Trial::by_shell("true", PATIENCE));
    assert_eq!(claimed(&attempts).await, [mail]);
    store.write(0, move |tx| tx.hold(mail, "a test", Utc::now())).await.unwrap();
    attempts.cut_off(&store).await.unwrap();
    assert_eq!(tries(), 2);
}

#[tokio::test]
async fn a_claim_that_nobody_waits_for_any_more_is_no_death_either() {
    let (store, mail, _folder) = with_mail(b"From: ivan@alfa.test\r\nSubject: Report\r\n\r\n").await;
    let attempts = Attempts::new(Trial::by_shell("true", PATIENCE));
    // The writer is slow; what is polled once is queued behind that.
    let (release, slow) = std::sync::mpsc::channel::<()>();
    let busy = store.write(0, move |_| Ok(slow.recv_timeout(PATIENCE)?));
    assert!(tokio::time::timeout(Duration::ZERO, busy).await.is_err());
    let stop = watch::Sender::new(false);
    let (bell, mut stopped) = (Notify::new(), stop.subscribe());
    let claimed = claim(&store, &attempts, &bell, &mut stopped);
    assert!(tokio::time::timeout(Duration::ZERO, claimed).await.is_err(), "cut off");
    let (taken_back, ()) = tokio::join!(attempts.cut_off(&store), async { release.send(()).unwrap() });
    taken_back.unwrap();
    let row = store.read_now(|reader| reader.mail(mail)).unwrap().unwrap();
    assert_eq!((row.attempts, row.disposition), (0, None));
    // It was claimed: the next claim counts it once.
    let claimed = claim(&store, &attempts, &bell, &mut stopped).await.unwrap();
    assert_eq!(claimed, [mail]);
    assert_eq!(store.read_now(|reader| reader.mail(mail)).unwrap().unwrap().attempts, 1);
}
