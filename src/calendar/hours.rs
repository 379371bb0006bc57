//! Opening hours of one day.

use std::fmt;
use std::str::FromStr;

/// Seconds in a day of 24 hours.
pub(super) const DAY: i64 = 86_400;

/// A stretch of a day in local time, `09:00-18:00`: open from its first second, closed from its last minute on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    open: i64,
    close: i64,
}

/// Why a text is no [`Interval`], or intervals are no [`Hours`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not of the form `09:00-18:00`.
    #[error("\"{0}\" is not a stretch of time such as 09:00-18:00")]
    Form(String),
    /// It ends before it begins.
    #[error("\"{0}\" ends before it begins")]
    Backwards(String),
    /// Two stretches of one day have time in common.
    #[error("{0} and {1} overlap")]
    Overlap(Interval, Interval),
}

impl Interval {
    /// Seconds from midnight by the clock on the wall, to the opening.
    #[must_use]
    pub fn open(self) -> i64 {
        self.open
    }

    /// Seconds from midnight by the clock on the wall, to the closing; 86 400 is the end of the day.
    #[must_use]
    pub fn close(self) -> i64 {
        self.close
    }
}

/// `9:05` or `09:05`, up to `24:00`, as seconds from midnight.
fn clock_time(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=2).contains(&hours.len()) || minutes.len() != 2 || !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
    let time = hours * 3600 + minutes * 60;
    (minutes < 60 && time <= DAY).then_some(time)
}

impl FromStr for Interval {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let form = || HoursError::Form(text.to_owned());
        let (open, close) = text.split_once(['-', '–']).ok_or_else(form)?;
        let (open, close) = (clock_time(open).ok_or_else(form)?, clock_time(close).ok_or_else(form)?);
        if open < close { Ok(Self { open, close }) } else { Err(HoursError::Backwards(text.to_owned())) }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |time: i64| (time / 3600, time / 60 % 60);
        let ((a, b), (c, d)) = (clock(self.open), clock(self.close));
        write!(f, "{a:02}:{b:02}-{c:02}:{d:02}")
    }
}

/// The opening hours of one day: any number of intervals, in order, apart from one another. None: closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hours(Vec<Interval>);

impl Hours {
    /// A day without working time.
    pub const CLOSED: Self = Self(Vec::new());

    /// Puts intervals in order.
    ///
    /// # Errors
    /// [`HoursError::Overlap`] if two of them have time in common.
    pub fn new(mut intervals: Vec<Interval>) -> Result<Self, HoursError> {
        intervals.sort_unstable();
        for pair in intervals.windows(2) {
            if let [earlier, later] = pair
                && later.open < earlier.close
            {
                return Err(HoursError::Overlap(*earlier, *later));
            }
        }
        Ok(Self(intervals))
    }

    /// The intervals in order.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// Whether there is no working time at all.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Hours {
    /// `09:00-13:00, 14:00-18:00`, or `closed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_closed() {
            return f.write_str("closed");
        }
        for (index, interval) in self.0.iter().enumerate() {
            write!(f, "{}{interval}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
