//! How fast one mail is read and understood, alone on one thread: usual mails, and texts from 1 KB to 1 MB, whose time a
//! byte must stay the same. `cargo bench --bench request`, with `-- usual` only the first.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark tells, and its input is its own"
)]
#![allow(dead_code, reason = "the mails of the other benchmark are used in part")]

#[path = "intake/corpus.rs"]
mod corpus;
#[path = "../tests/support/dice.rs"]
mod dice;

use askback::mail::parse;
use askback::request::{Before, RuleSettings, Rules, read};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Each measurement is repeated; the median is shown.
const ROUNDS: usize = 9;

fn main() {
    let Ok(rules) = Rules::new(RuleSettings::wialon()) else { return };
    let mut dice = dice::Dice::new(7);
    let mails: Vec<Vec<u8>> =
        (0..500).map(|number| corpus::mail(&mut dice, number, "support@m2m.test")).collect();
    let parsed: Vec<_> = mails.iter().map(|raw| parse(raw)).collect();
    let count = 500.0;
    println!("usual mails, {} KB on average:", mails.iter().map(Vec::len).sum::<usize>() / 500_000);
    let parsing = median(|| {
        for raw in &mails {
            black_box(parse(raw));
        }
    });
    let reading = median(|| {
        for mail in &parsed {
            black_box(read(mail, Before::default(), &rules));
        }
    });
    println!("   parsed     {:8.1} µs a mail", parsing.as_secs_f64() * 1e6 / count);
    println!("   understood {:8.1} µs a mail", reading.as_secs_f64() * 1e6 / count);

    if std::env::args().any(|argument| argument == "usual") {
        return;
    }
    println!("own text of one mail:");
    let text: String = parsed.iter().map(|mail| mail.text.own()).collect();
    for kilobytes in [1, 10, 100, 1000] {
        let own: String = text.chars().cycle().take(kilobytes * 600).collect();
        let mail = parse(
            format!("From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{own}").as_bytes(),
        );
        let time = median(|| {
            black_box(read(&mail, Before::default(), &rules));
        });
        println!(
            "   {:5} KB {:10.2} ms {:8.1} ns a byte",
            own.len() / 1000,
            time.as_secs_f64() * 1e3,
            time.as_secs_f64() * 1e9 / own.len() as f64
        );
    }
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}
