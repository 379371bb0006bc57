//! The connections to Dovecot are cut at any byte, and the three lists are compared. `make test` tries a few offsets, `make
//! torture` two hundred.

use super::{Tally, compare, long_rounds, put_in, tortured, wait_for_rest};
use crate::servers;
use crate::support::PATIENCE;
use crate::support::proxy::{Break, Proxy};
use anyhow::{Context, Result, ensure};
use tokio::runtime::Runtime;

const MAILS: usize = 4;
/// Sessions that go on at a time.
const ABREAST: usize = 4;

/// A life in which the connections of the two watchers (mailbox and Sent folder) are cut after so many bytes. Gives the length
/// of the first one.
fn live(runtime: &Runtime, name: &str, offset: usize, how: Break) -> Result<(Tally, usize)> {
    let (_dir, mut desk) = tortured(name)?;
    let proxy = runtime.block_on(Proxy::start_breaking(2, servers().imaps_port()?, offset, how));
    desk.set("mailbox.port", i64::from(proxy.port))?;
    put_in(&desk, 0..MAILS)?;
    let daemon = desk.run()?;
    wait_for_rest(&desk, MAILS, PATIENCE)?;
    daemon.stop()?;
    let tally = compare(&desk, MAILS).with_context(|| format!("{how:?} at {offset}\n{}", desk.log()))?;
    ensure!(tally.ambiguous == 0, "a letter is ambiguous although SMTP worked");
    Ok((tally, proxy.passed()))
}

#[test]
fn it_is_cut_off_at_any_byte_and_nothing_is_lost_or_answered_twice() -> Result<()> {
    let offsets = if long_rounds().is_some() { 200 } else { 8 };
    let runtime = Runtime::new()?;
    let (_, length) = live(&runtime, "cut-never", usize::MAX, Break::Hangup)?;
    let some = |first: usize| -> Result<Vec<Tally>> {
        let numbers = (first..offsets).step_by(ABREAST);
        let lives = numbers.map(|number| {
            let how = if number % 2 == 0 { Break::Reset } else { Break::Hangup };
            live(&runtime, &format!("cut-{number}"), length * number / offsets, how).map(|(tally, _)| tally)
        });
        lives.collect()
    };
    let tallies = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..ABREAST).map(|first| scope.spawn(move || some(first))).collect();
        let done = workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow::anyhow!("a panic"))?);
        done.collect::<Result<Vec<_>>>()
    })?;
    let tallies = tallies.concat();
    let (mails, arrived) =
        tallies.iter().fold((0, 0), |(mails, arrived), tally| (mails + tally.mails, arrived + tally.arrived));
    ensure!(tallies.len() == offsets && arrived == mails, "{tallies:?}");
    println!(
        "{offsets} cuts of IMAP sessions of {length} bytes: {mails} mails put in, 0 lost; {arrived} letters arrived, 0 twice"
    );
    Ok(())
}
