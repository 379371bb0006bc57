//! Each seed of `make fuzz` through the invariants of its target, without the fuzzer.

// The invariants are for the fuzzer too: what does not hold is to be loud.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails loudly"
)]

#[path = "../fuzz/invariants.rs"]
mod invariants;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Seeds stay few and small: they are for finding the way in, not an archive.
const MOST: usize = 60;
const LARGEST: u64 = 2048;
const LARGEST_TOGETHER: u64 = 300_000;

fn check(target: &str, holds: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut seeds: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    let (mut together, mut failed) = (0, Vec::new());
    for path in &seeds {
        let bytes = fs::read(path).unwrap();
        let size = bytes.len() as u64;
        together += size;
        assert!(size <= LARGEST, "{} has {size} bytes", path.display());
        if catch_unwind(AssertUnwindSafe(|| holds(&bytes))).is_err() {
            failed.push(path);
        }
    }
    println!("{target}: {} seeds, {together} bytes, {} failed", seeds.len(), failed.len());
    assert!(failed.is_empty(), "{failed:?}");
    assert!((20..=MOST).contains(&seeds.len()) && together <= LARGEST_TOGETHER, "{} seeds", seeds.len());
}

#[test]
fn mails() {
    check("mail", invariants::mail);
}

#[test]
fn own_texts() {
    check("own_text", invariants::own_text);
}

#[test]
fn requests() {
    check("request", invariants::request);
}

#[test]
fn decisions() {
    check("decision", invariants::decision);
}

#[test]
fn replies() {
    check("reply", invariants::reply);
}

#[test]
fn configurations() {
    check("config", invariants::config);
}
