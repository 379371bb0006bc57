//! Values that have a notation of their own: spans of time, sizes, addresses, hosts, one-line texts.

use super::problem::Flaw;
use crate::calendar::{DurationError, WorkingDuration};
use crate::mail::Address;
use chrono::NaiveTime;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `90s`, `2m`, `3d`, `1h 30m`: time by the clock, within limits.
pub(super) fn duration(text: &str, range: RangeInclusive<Duration>) -> Result<Duration, Flaw> {
    let form = || {
        let what = format!("\"{text}\" is not a span of time");
        Flaw::new(what, "write a number with s, m, h, d or w: \"90s\", \"2m\", \"1h 30m\", \"3d\"")
    };
    let mut total = Duration::ZERO;
    let mut number: Option<u64> = None;
    for c in text.trim().chars() {
        let seconds = match c {
            '0'..='9' => {
                let digit = u64::from(c.to_digit(10).unwrap_or(0));
                number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
                continue;
            }
            ' ' => continue,
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return Err(form()),
        };
        let part = Duration::from_secs(number.take().ok_or_else(form)?.saturating_mul(seconds));
        total = total.saturating_add(part);
    }
    if text.trim().is_empty() || number.is_some() {
        return Err(form());
    }
    if !range.contains(&total) {
        let (low, high) = (show_duration(*range.start()), show_duration(*range.end()));
        let what = format!("\"{text}\" is out of range");
        return Err(Flaw::new(what, format!("give a span from {low} to {high}")));
    }
    Ok(total)
}

/// A span of time as it is written in the file: `1h 30m`.
fn show_duration(duration: Duration) -> String {
    let mut left = duration.as_secs();
    let mut parts = Vec::new();
    for (seconds, unit) in [(86_400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')] {
        if left >= seconds {
            parts.push(format!("{}{unit}", left / seconds));
            left %= seconds;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// `4h`, `1d 2h` of working time.
pub(super) fn working_duration(text: &str) -> Result<WorkingDuration, Flaw> {
    text.parse().map_err(|error: DurationError| {
        Flaw::new(error.to_string(), "give working time: \"30m\", \"4h\", \"1d\", \"1d 2h\"")
    })
}

/// `50 MB`, `512 KiB`, `1000000`: bytes, within limits.
pub(super) fn size(text: &str, range: RangeInclusive<u64>) -> Result<u64, Flaw> {
    let form =
        || Flaw::new(format!("\"{text}\" is not a size"), "write a number with KB, MB or GB: \"50 MB\"");
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).ok_or_else(form)?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "kib" => 1 << 10,
        "mb" => 1_000_000,
        "mib" => 1 << 20,
        "gb" => 1_000_000_000,
        "gib" => 1 << 30,
        _ => return Err(form()),
    };
    let bytes = number.parse::<u64>().map_err(|_| form())?.saturating_mul(factor);
    if !range.contains(&bytes) {
        let (low, high) = (range.start() / 1_000_000, range.end() / 1_000_000);
        return Err(Flaw::new(
            format!("\"{text}\" is out of range"),
            format!("give a size from {low} MB to {high} MB"),
        ));
    }
    Ok(bytes)
}

/// One plain mail address.
pub(super) fn address(text: &str) -> Result<Address, Flaw> {
    Address::parse(text).map_err(|error| {
        let what = format!("\"{text}\" is not a mail address: {error}");
        Flaw::new(what, "give the bare address, without a name and angle brackets: \"support@example.com\"")
    })
}

/// A host name or IP address.
pub(super) fn host(text: &str) -> Result<String, Flaw> {
    let fine = !text.is_empty()
        && text.len() <= 253
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'));
    let flaw = || {
        let what = format!("\"{text}\" is not a host name or IP address");
        Flaw::new(what, "give the bare name, without a scheme, a port or a path: \"imap.example.com\"")
    };
    let port_inside = text.matches(':').count() == 1;
    if fine && !port_inside { Ok(text.to_owned()) } else { Err(flaw()) }
}

/// One line of text that is not blank, without control characters.
pub(super) fn line(text: &str) -> Result<String, Flaw> {
    if text.trim().is_empty() {
        return Err(Flaw::new("it is empty", "give a text, or remove the key"));
    }
    if text.chars().any(char::is_control) {
        return Err(Flaw::new("it has a line break or another control character", "write it on one line"));
    }
    Ok(text.trim().to_owned())
}

/// The most characters of a line in a letter, which is a few of them and must stay short.
const LONGEST_LINE: usize = 300;

/// [`line`] for a letter.
pub(super) fn letter_line(text: &str) -> Result<String, Flaw> {
    let text = line(text)?;
    let length = text.chars().count();
    if length > LONGEST_LINE {
        let remedy = format!("say it in at most {LONGEST_LINE}: a client reads a short letter");
        return Err(Flaw::new(format!("it has {length} characters"), remedy));
    }
    Ok(text)
}

/// `3:30` or `03:30`: what a clock on the wall shows.
pub(super) fn clock_time(text: &str) -> Result<NaiveTime, Flaw> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| {
        Flaw::new(
            format!("\"{text}\" is not a time of day"),
            "write hours and minutes, \"03:30\", or \"off\"",
        )
    })
}

/// A path; a relative one counts from the folder of the configuration file.
pub(super) fn path(text: &str, base: &Path) -> Result<PathBuf, Flaw> {
    if text.trim().is_empty() {
        return Err(Flaw::new("it is empty", "give a path, or remove the key"));
    }
    Ok(base.join(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: RangeInclusive<Duration> = Duration::ZERO..=Duration::MAX;

    #[test]
    fn spans_of_time() {
        for (text, seconds, shown) in [
            ("90s", 90, "1m 30s"),
            ("2m", 120, "2m"),
            ("1h 30m", 5400, "1h 30m"),
            ("3d", 259_200, "3d"),
            ("2w", 1_209_600, "14d"),
            ("0s", 0, "0s"),
        ] {
            assert_eq!(duration(text, ANY).unwrap().as_secs(), seconds, "{text:?}");
            assert_eq!(show_duration(Duration::from_secs(seconds)), shown);
        }
        for text in ["", "5", "m", "5 min", "-5m", "1.5h", "5m 3"] {
            assert!(duration(text, ANY).is_err(), "{text:?}");
        }
        assert!(duration("99999999999999999999w", ANY).is_ok_and(|long| long > Duration::from_secs(1 << 40)));
        let minute = Duration::from_secs(60);
        assert_eq!(duration("1d", Duration::ZERO..=minute).unwrap_err().remedy, "give a span from 0s to 1m");
    }

    #[test]
    fn sizes() {
        for (text, bytes) in
            [("50 MB", 50_000_000), ("1GiB", 1 << 30), ("512 kb", 512_000), ("77", 77), ("1 b", 1)]
        {
            assert_eq!(size(text, 0..=u64::MAX).unwrap(), bytes, "{text:?}");
        }
        for text in ["", "MB", "50 megabytes", "1.5 MB", "-1", "ё"] {
            assert!(size(text, 0..=u64::MAX).is_err(), "{text:?}");
        }
        assert!(size("99999999999999999999 GB", 0..=u64::MAX).is_err());
    }

    #[test]
    fn hosts_and_lines() {
        for text in ["imap.example.com", "127.0.0.1", "::1", "почта.рф", "mail"] {
            assert_eq!(host(text).unwrap(), text);
        }
        for text in ["", "imap.example.com:993", "imaps://x", "a b", "a/b", "a\n"] {
            assert!(host(text).is_err(), "{text:?}");
        }
        assert_eq!(line(" a ").unwrap(), "a");
        for text in ["", "  ", "a\nb", "a\u{1b}[1m"] {
            assert!(line(text).is_err(), "{text:?}");
        }
    }
}
