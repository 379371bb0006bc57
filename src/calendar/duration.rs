//! [`WorkingDuration`]: `4h`, `1d 2h`, `30m` of working time.

use std::fmt;
use std::str::FromStr;

/// A length of working time: whole working days first, then hours, minutes and seconds. How long a working day is
/// depends on its date, so only a [`super::Calendar`] can lay it on the clock. More than zero, at most 1000 days
/// and 10 000 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkingDuration {
    days: u32,
    seconds: i64,
}

/// Why a text is not a [`WorkingDuration`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not of the form `1d 2h`.
    #[error("\"{0}\" is not a length of working time such as 4h, 1d 2h or 30m")]
    Form(String),
    /// A unit that comes twice.
    #[error("\"{0}\" has the unit `{1}` twice")]
    Twice(String, char),
    /// Nothing at all.
    #[error("\"{0}\" is no time at all")]
    Zero(String),
    /// More than 1000 days or 10 000 hours.
    #[error("\"{0}\" is too long: at most 1000 days and 10000 hours")]
    TooLong(String),
}

impl WorkingDuration {
    /// One working day.
    pub const DAY: Self = Self { days: 1, seconds: 0 };

    /// Whole working days, each as long as the date it begins in.
    #[must_use]
    pub fn days(self) -> u32 {
        self.days
    }

    /// Seconds of working time beyond the days.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.seconds
    }
}

impl FromStr for WorkingDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let form = || DurationError::Form(text.to_owned());
        let mut units: Vec<(char, u64)> = Vec::new();
        let mut number: Option<u64> = None;
        for c in text.chars() {
            match (c, number) {
                (c, value) if c.is_ascii_digit() => {
                    let digit = u64::from(c.to_digit(10).unwrap_or(0));
                    let value = value.unwrap_or(0).saturating_mul(10).saturating_add(digit);
                    number = Some(value);
                }
                ('d' | 'h' | 'm' | 's', Some(value)) => {
                    if units.iter().any(|(unit, _)| *unit == c) {
                        return Err(DurationError::Twice(text.to_owned(), c));
                    }
                    units.push((c, value));
                    number = None;
                }
                (' ', _) => {}
                _ => return Err(form()),
            }
        }
        if units.is_empty() || number.is_some() {
            return Err(form());
        }
        let value = |unit| units.iter().find(|(c, _)| *c == unit).map_or(0, |(_, value)| *value);
        let seconds = value('h')
            .saturating_mul(3600)
            .saturating_add(value('m').saturating_mul(60))
            .saturating_add(value('s'));
        match (u32::try_from(value('d')), i64::try_from(seconds)) {
            (Ok(0), Ok(0)) => Err(DurationError::Zero(text.to_owned())),
            (Ok(days), Ok(seconds)) if days <= 1000 && seconds <= 10_000 * 3600 => Ok(Self { days, seconds }),
            _ => Err(DurationError::TooLong(text.to_owned())),
        }
    }
}

impl fmt::Display for WorkingDuration {
    /// `1d 2h 30m`, as it is parsed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [
            (i64::from(self.days), 'd'),
            (self.seconds / 3600, 'h'),
            (self.seconds / 60 % 60, 'm'),
            (self.seconds % 60, 's'),
        ];
        let mut gap = "";
        for (value, unit) in units.into_iter().filter(|(value, _)| *value > 0) {
            write!(f, "{gap}{value}{unit}")?;
            gap = " ";
        }
        Ok(())
    }
}
