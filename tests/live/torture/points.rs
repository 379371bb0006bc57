//! askback dies at each named point, and the three lists are compared. `make test` tries the first hit of each point, `make
//! torture` every hit.

use super::{Tally, at_rest, compare, long_rounds, put_in_with_files, tortured, wait_for_rest};
use crate::support::{PATIENCE, wait_for};
use anyhow::{Context, Result, ensure};
use askback::failpoint::POINTS;

/// Dies at a point at its n-th hit, then runs on. `None`: the point is not hit so often.
fn die_at(point: &str, hit: u32) -> Result<Option<Tally>> {
    const MAILS: usize = 2;
    let (_dir, desk) = tortured(&format!("{}-{hit}", point.replace('.', "-")))?;
    // Only a mail over 4 MiB comes in parts.
    let file = if point == "fetch.part" { 3_500_000 } else { 0 };
    put_in_with_files(&desk, 0..MAILS, file)?;
    let mut daemon = desk.spawn_with(true, &format!("{point}:{hit}"))?;
    let died = wait_for("the daemon to die or to be done", || {
        if daemon.has_ended()? {
            return Ok(Some(true));
        }
        Ok(at_rest(&desk, MAILS)?.then_some(false))
    })
    .with_context(|| desk.log())?;
    if !died {
        daemon.stop()?;
        return Ok(None);
    }
    let daemon = desk.run()?;
    wait_for_rest(&desk, MAILS, PATIENCE)?;
    daemon.stop()?;
    compare(&desk, MAILS).with_context(|| format!("{point}, hit {hit}\n{}", desk.log())).map(Some)
}

#[test]
fn it_dies_at_each_point_and_nothing_is_lost_or_answered_twice() -> Result<()> {
    let most = if long_rounds().is_some() { u32::MAX } else { 1 };
    let (mut deaths, mut mails, mut arrived, mut ambiguous) = (0, 0, 0, 0);
    for point in POINTS {
        for hit in 1..=most {
            let Some(tally) = die_at(point, hit)? else {
                ensure!(hit > 1, "{point} is never hit");
                break;
            };
            deaths += 1;
            mails += tally.mails;
            arrived += tally.arrived;
            ambiguous += tally.ambiguous;
        }
    }
    println!(
        "{deaths} deaths at {} points: {mails} mails put in, 0 lost; {arrived} letters arrived, 0 twice; {ambiguous} ambiguous",
        POINTS.len()
    );
    Ok(())
}
