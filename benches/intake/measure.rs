//! What a program costs: wall time, CPU time and peak memory, all from outside, by /proc.

use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// The kernel counts CPU time in hundredths of a second (USER_HZ is 100 on all Linux that we meet).
const TICK_MS: f64 = 10.0;

/// What one run cost.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    pub(crate) cpu_ms: f64,
    pub(crate) peak_mb: f64,
}

/// Runs a program to its end.
pub(crate) fn whole(command: &mut Command) -> Result<Cost> {
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let mut peak_mb = 0.0;
    // It stays there, a zombie with its times, until it is waited for.
    while !stat(child.id())?.ended {
        peak_mb = peak(child.id()).unwrap_or(peak_mb);
        std::thread::sleep(Duration::from_millis(2));
    }
    let (seconds, cpu_ms) = (start.elapsed().as_secs_f64(), stat(child.id())?.cpu_ms);
    let status = child.wait()?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(Cost { seconds, cpu_ms, peak_mb })
}

/// Runs a program until `done`, and kills it then.
pub(crate) fn until(command: &mut Command, mut done: impl FnMut() -> Result<bool>) -> Result<Cost> {
    let start = Instant::now();
    let mut child = Killed(command.spawn().with_context(|| format!("cannot start {command:?}"))?);
    loop {
        if done()? {
            let (seconds, cpu_ms) = (start.elapsed().as_secs_f64(), stat(child.0.id())?.cpu_ms);
            return Ok(Cost { seconds, cpu_ms, peak_mb: peak(child.0.id()).unwrap_or_default() });
        }
        ensure!(child.0.try_wait()?.is_none(), "{command:?} ended early");
        ensure!(start.elapsed() < Duration::from_secs(600), "{command:?} is not done after ten minutes");
        std::thread::sleep(Duration::from_millis(25));
    }
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

struct Stat {
    ended: bool,
    cpu_ms: f64,
}

fn stat(pid: u32) -> Result<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may have anything in it; the state follows, utime and stime are 11 and 12 further.
    let fields: Vec<_> = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default();
    Ok(Stat { ended: fields.first() == Some(&"Z"), cpu_ms: (ticks(11) + ticks(12)) * TICK_MS })
}

/// VmHWM in megabytes; none for a program that has ended.
fn peak(pid: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
