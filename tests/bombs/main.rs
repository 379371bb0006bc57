//! Mails made to break whoever reads them, through the real program: each is read in little time and memory.
//!
//! A release build (`make torture`) is held to 1 s and 64 MB. A debug build is many times slower and gets smaller mails: there
//! the limits only tell what grows without bound. Processor time is what counts, so that a busy machine breaks no test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod forge;
mod kept;
#[path = "../support/noise.rs"]
mod noise;
mod texts;

use forge::Bomb;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Processor time and memory for one mail.
const LIMITS: (Duration, u64) =
    if cfg!(debug_assertions) { (Duration::from_secs(6), 100) } else { (Duration::from_secs(1), 64) };

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    processor: Duration,
    /// The most memory that it had at a time, in MB.
    peak: u64,
}

/// What a running process has used so far; `None` once it has ended.
fn used(pid: u32) -> Option<Used> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
    // Fields 14 and 15, counted behind the name, in hundredths of a second.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Used { processor: Duration::from_millis(10 * ticks), peak: peak / 1024 })
}

/// Lets askback explain a mail.
fn explain(folder: &Path, bomb: &Bomb) -> (bool, Used) {
    let file = folder.join("bomb.eml");
    fs::write(&file, &bomb.raw).unwrap();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    run(folder, &config, &["explain", "bomb.eml"], Stdio::null())
}

/// Runs askback; what it has used is looked at every millisecond.
fn run(folder: &Path, config: &Path, arguments: &[&str], output: Stdio) -> (bool, Used) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_askback"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("ASKBACK_CONFIG", config)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let mut last = Used::default();
    loop {
        if let Some(now) = used(child.id()) {
            last = now;
        }
        if let Some(status) = child.try_wait().unwrap() {
            return (status.success(), last);
        }
        if started.elapsed() > LIMITS.0 * 10 {
            child.kill().unwrap();
            child.wait().unwrap();
            return (false, last);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn every_bomb_is_read_in_little_time_and_memory() {
    let bombs = forge::all();
    let next = AtomicUsize::new(0);
    let work = || {
        let folder = tempfile::tempdir().unwrap();
        let mut wrong = Vec::new();
        while let Some(bomb) = bombs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (success, used) = explain(folder.path(), bomb);
            let figures = format!(
                "{:>5.2} s {:>4} MB  {} ({:.1} MB)",
                used.processor.as_secs_f32(),
                used.peak,
                bomb.name,
                bomb.raw.len() as f64 / f64::from(1 << 20)
            );
            println!("{figures}");
            if !success || used.peak == 0 || used.processor > LIMITS.0 || used.peak > LIMITS.1 {
                wrong.push(figures);
            }
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    println!("{} bombs", bombs.len());
    assert!(bombs.len() >= 30);
    assert!(wrong.is_empty(), "over {LIMITS:?}, or died:\n{}", wrong.join("\n"));
}
