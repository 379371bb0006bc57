//! The writer: shared commits, failures that stay alone, a full disk.

use super::*;
use crate::store::{EventSubject, StoreError};
use futures::FutureExt as _;
use futures::future::{join_all, join3};
use std::sync::mpsc;

/// Keeps the writer busy with a first call until all `calls` are queued: then they are in one batch with it.
fn together<T: Send + 'static, F>(scratch: &Scratch, calls: Vec<(usize, F)>) -> Vec<anyhow::Result<T>>
where
    F: FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
{
    let (open, gate) = mpsc::channel();
    let first = scratch.store.write(0, move |_| Ok(gate.recv()?));
    let calls = join_all(calls.into_iter().map(|(weight, work)| scratch.store.write(weight, work)));
    // Polled in this order, and a call is queued at its first poll.
    let (first, outcomes, ()) = block_on(join3(first, calls, async move { open.send(()).unwrap() }));
    first.unwrap();
    outcomes
}

fn put(name: &str) -> impl FnOnce(&Tx<'_>) -> anyhow::Result<()> + Send + 'static + use<> {
    let name = name.to_owned();
    move |tx| tx.setting_or_insert(&name, Vec::new).map(|_| ())
}

/// How many transactions have been committed: each ends in the write-ahead log with a frame that tells the size of the database
/// (<https://sqlite.org/fileformat2.html#walformat>, "WAL Frame Header Format").
fn commits(scratch: &Scratch) -> usize {
    let log = std::fs::read(format!("{}-wal", scratch.path.display())).unwrap();
    let Some((header, frames)) = log.split_at_checked(32) else { return 0 };
    let page = u32::from_be_bytes(header[8..12].try_into().unwrap()) as usize;
    frames.chunks(24 + page).filter(|frame| frame[4..8] != [0; 4]).count()
}

fn there(scratch: &Scratch, name: &str) -> bool {
    scratch.read(|r| r.setting(name)).is_some()
}

#[test]
fn a_lone_call_is_committed_at_once() {
    let scratch = Scratch::new();
    for n in 1..=10 {
        let before = commits(&scratch);
        scratch.write(put(&n.to_string()));
        assert_eq!(commits(&scratch), before + 1);
    }
}

#[test]
fn calls_that_wait_share_a_commit() {
    let scratch = Scratch::new();
    let before = commits(&scratch);
    let outcomes = together(&scratch, (0..500).map(|n| (20, put(&n.to_string()))).collect());
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(commits(&scratch), before + 3, "501 calls, 200 a commit");
    let stored: u32 =
        scratch.read(|r| Ok(r.conn.query_row("SELECT count(*) FROM setting", [], |row| row.get(0))?));
    assert_eq!(stored, 500);
}

#[test]
fn a_commit_has_about_8_mb() {
    let scratch = Scratch::new();
    let before = commits(&scratch);
    let outcomes = together(&scratch, ["a", "b", "c"].map(|name| (5 << 20, put(name))).into());
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(commits(&scratch), before + 2);
}

#[test]
fn callers_wait_while_16_mb_wait() {
    let scratch = Scratch::new();
    let (open, gate) = mpsc::channel();
    let mut first = Box::pin(scratch.store.write(100 << 20, move |_| Ok(gate.recv()?)));
    assert!((&mut first).now_or_never().is_none());
    let mut second = Box::pin(scratch.store.write(1, put("second")));
    assert!((&mut second).now_or_never().is_none());
    open.send(()).unwrap();
    block_on(first).unwrap();
    assert!(!there(&scratch, "second"), "it had not been queued");
    block_on(second).unwrap();
    assert!(there(&scratch, "second"));
}

#[test]
fn a_call_that_fails_undoes_only_its_own_work() {
    type Call = Box<dyn FnOnce(&Tx<'_>) -> anyhow::Result<()> + Send>;
    let scratch = Scratch::new();
    let calls: Vec<(usize, Call)> = vec![
        (0, Box::new(put("before"))),
        (0, Box::new(|tx| put("failed")(tx).and_then(|()| anyhow::bail!("on purpose")))),
        (0, Box::new(|tx| put("panicked")(tx).map(|()| panic!("with {}", "words")))),
        (0, Box::new(put("after"))),
    ];
    let before = commits(&scratch);
    let outcomes = together(&scratch, calls);
    assert_eq!(commits(&scratch), before + 1);
    assert!(outcomes[0].is_ok() && outcomes[3].is_ok());
    assert_eq!(outcomes[1].as_ref().unwrap_err().to_string(), "on purpose");
    let panic = outcomes[2].as_ref().unwrap_err().to_string();
    assert_eq!(panic, "a write to the database panicked: with words");
    assert!(there(&scratch, "before") && there(&scratch, "after"));
    assert!(!there(&scratch, "failed") && !there(&scratch, "panicked"));
}

#[test]
fn later_calls_of_a_batch_see_what_earlier_ones_did() {
    let scratch = Scratch::new();
    let calls = vec![
        (
            0,
            (|tx: &Tx<'_>| tx.setting_or_insert("k", || b"1".to_vec()))
                as fn(&Tx<'_>) -> anyhow::Result<Vec<u8>>,
        ),
        (0, |tx: &Tx<'_>| tx.setting_or_insert("k", || b"2".to_vec())),
    ];
    let values: Vec<_> = together(&scratch, calls).into_iter().map(Result::unwrap).collect();
    assert_eq!(values, [b"1", b"1"]);
}

/// So many pages and no more.
fn limit_pages(scratch: &Scratch, pages: Option<i64>) {
    scratch.write(move |tx| {
        let now: i64 = tx.conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let most = pages.map_or(1 << 30, |pages| now + pages);
        tx.conn.pragma_update_and_check(None, "max_page_count", most, |_| Ok(()))?;
        Ok(())
    });
}

#[test]
fn a_full_disk_fails_the_batch_and_the_next_one_works_when_there_is_room() {
    type Call = Box<dyn FnOnce(&Tx<'_>) -> anyhow::Result<()> + Send>;
    let scratch = Scratch::new();
    let kept = stored_new(scratch.write(|tx| tx.store_mail(&new_mail(1, b"kept"))));
    limit_pages(&scratch, Some(4));
    let big = new_mail(2, &noise(200_000));
    let again = big.clone();
    let calls: Vec<(usize, Call)> = vec![
        (0, Box::new(put("with it"))),
        (0, Box::new(move |tx| tx.store_mail(&big).map(|_| ()))),
        (0, Box::new(put("behind it"))),
    ];
    let outcomes = together_lossy(&scratch, calls);
    for (outcome, kept) in outcomes.iter().zip([false, false, true]) {
        match outcome {
            Ok(()) => assert!(kept),
            Err(error) => {
                assert_eq!(error.downcast_ref::<StoreError>(), Some(&StoreError::Full), "{error:#}")
            }
        }
    }
    assert!(outcomes[0].is_err() && outcomes[1].is_err(), "one transaction, one fate");
    assert!(!there(&scratch, "with it"));
    assert_eq!(there(&scratch, "behind it"), outcomes[2].is_ok());

    limit_pages(&scratch, None);
    stored_new(scratch.write(move |tx| tx.store_mail(&again)));
    assert_eq!(scratch.read(|r| r.raw(kept)).unwrap(), b"kept");
    let whole: String =
        scratch.read(|r| Ok(r.conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?));
    assert_eq!(whole, "ok");
}

#[test]
fn a_commit_that_fails_fails_all_its_calls() {
    type Call = Box<dyn FnOnce(&Tx<'_>) -> anyhow::Result<()> + Send>;
    let scratch = Scratch::new();
    // Foreign keys that are looked at only by COMMIT.
    let dangling = |tx: &Tx<'_>| {
        tx.conn.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        let subject = EventSubject { ticket: Some(TicketId(99)), ..EventSubject::default() };
        tx.event(at(0), subject, "opened", "")
    };
    let own = |_: &Tx<'_>| anyhow::bail!("of its own");
    let calls: Vec<(usize, Call)> =
        vec![(0, Box::new(put("with it"))), (0, Box::new(dangling)), (0, Box::new(own))];
    let errors: Vec<_> =
        together_lossy(&scratch, calls).into_iter().map(|outcome| outcome.unwrap_err().to_string()).collect();
    assert!(errors[0].contains("FOREIGN KEY") && errors[1].contains("FOREIGN KEY"), "{errors:?}");
    assert_eq!(errors[2], "of its own");
    assert!(!there(&scratch, "with it"));
    scratch.write(put("next"));
    assert!(there(&scratch, "next"));
}

/// Like [`together`], where the first call shares the fate of the batch.
fn together_lossy<F>(scratch: &Scratch, calls: Vec<(usize, F)>) -> Vec<anyhow::Result<()>>
where
    F: FnOnce(&Tx<'_>) -> anyhow::Result<()> + Send + 'static,
{
    let (open, gate) = mpsc::channel();
    let first = scratch.store.write(0, move |_| Ok(gate.recv()?));
    let calls = join_all(calls.into_iter().map(|(weight, work)| scratch.store.write(weight, work)));
    block_on(join3(first, calls, async move { open.send(()).unwrap() })).1
}

#[test]
fn a_database_that_another_process_keeps_is_busy_for_a_while() {
    let scratch = Scratch::new();
    scratch.write(|tx| Ok(tx.conn.busy_timeout(std::time::Duration::ZERO)?));
    let other = rusqlite::Connection::open(&scratch.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = scratch.try_write(put("a")).unwrap_err();
    assert_eq!(error.downcast_ref::<StoreError>(), Some(&StoreError::Busy));
    other.execute_batch("ROLLBACK").unwrap();
    scratch.write(put("a"));
}

#[test]
fn close_finishes_what_waits() {
    let scratch = Scratch::new();
    let (open, gate) = mpsc::channel();
    let clone = scratch.store.clone();
    let first = scratch.store.write(0, move |_| Ok(gate.recv()?));
    let waiting = scratch.store.write(0, put("waiting"));
    let close = async {
        let closed = clone.close();
        open.send(()).unwrap();
        closed.await
    };
    let (first, waiting, closed) = block_on(join3(first, waiting, close));
    first.unwrap();
    waiting.unwrap();
    closed.unwrap();
    assert!(there(&scratch, "waiting"));
    let late = scratch.try_write(put("late")).unwrap_err();
    assert_eq!(late.downcast_ref::<StoreError>(), Some(&StoreError::Closed));
}

#[tokio::test]
async fn reads_run_beside_a_write_and_see_what_is_committed() {
    let scratch = Scratch::new();
    scratch.store.write(0, put("a")).await.unwrap();
    let (open, gate) = mpsc::channel();
    let writing = scratch.store.write(0, move |tx| put("b")(tx).and_then(|()| Ok(gate.recv()?)));
    let reading = async {
        let reads = (0..20)
            .map(|_| scratch.store.read(|r| Ok((r.setting("a")?.is_some(), r.setting("b")?.is_some()))));
        let seen = join_all(reads).await;
        open.send(()).unwrap();
        seen
    };
    let (written, seen) = tokio::join!(writing, reading);
    written.unwrap();
    assert!(seen.into_iter().all(|seen| seen.unwrap() == (true, false)));
    assert!(there(&scratch, "b"));
}
