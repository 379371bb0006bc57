//! Standard output: colours only where a person looks at them, nothing from a mail unescaped.

use super::failure::Outcome;
use crate::mail::header_text::{escape_for_terminal, is_hostile};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, Write};

/// Width of a terminal that does not tell it.
const WIDTH: usize = 100;
/// On fewer columns no table can be read.
const NARROWEST: usize = 40;

/// How a piece of text looks on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// Headings.
    Bold,
    /// What is set aside.
    Dim,
    /// What is wrong.
    Red,
    /// What is right.
    Green,
    /// What wants attention.
    Yellow,
    /// What was found.
    Cyan,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
            Self::Red => "\u{1b}[31m",
            Self::Green => "\u{1b}[32m",
            Self::Yellow => "\u{1b}[33m",
            Self::Cyan => "\u{1b}[36m",
        }
    }
}

/// Where a command writes.
pub(super) struct Screen {
    out: Box<dyn Write>,
    colour: bool,
    width: usize,
}

/// How wide lines may be: as the terminal says, else as COLUMNS does. A file or a pipe takes all, unless COLUMNS is set.
fn width(stdout: &io::Stdout, terminal: bool) -> usize {
    let told = || rustix::termios::tcgetwinsize(stdout).map(|size| usize::from(size.ws_col)).ok();
    let set = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = told().filter(|_| terminal).or_else(set);
    columns.filter(|columns| *columns >= NARROWEST).unwrap_or(if terminal { WIDTH } else { usize::MAX })
}

impl Screen {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            colour: terminal && !set("NO_COLOR") && !dumb,
            width: width(&stdout, terminal),
            out: Box::new(BufWriter::with_capacity(1 << 16, stdout.lock())),
        }
    }

    /// A screen in memory, for tests.
    #[cfg(test)]
    pub(super) fn memory(colour: bool, width: usize) -> (Self, Memory) {
        let memory = Memory::default();
        (Self { out: Box::new(memory.clone()), colour, width }, memory)
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// `text` in a tone, if tones can be seen. The text must be clean.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        if self.colour && tone != Tone::Plain && !text.is_empty() {
            format!("{}{text}\u{1b}[0m", tone.code())
        } else {
            text.to_owned()
        }
    }

    /// One line of clean text.
    pub(super) fn line(&mut self, text: &str) -> Outcome {
        Ok(writeln!(self.out, "{}", text.trim_end())?)
    }

    /// A heading with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) -> Outcome {
        let painted = self.paint(Tone::Bold, text);
        self.line("")?;
        self.line(&painted)
    }

    /// Text of a mail, indented, everything that could drive a terminal escaped.
    pub(super) fn hostile(&mut self, indent: &str, text: &str) -> Outcome {
        for line in escape_for_terminal(text).trim_end().split('\n') {
            self.line(&format!("{indent}{line}"))?;
        }
        Ok(())
    }

    /// A value as JSON on lines of its own.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> Outcome {
        let text = serde_json::to_string_pretty(value)?;
        self.line(&escape_json(&text))
    }

    /// Values as a JSON array on lines of its own; one of them is in memory.
    pub(super) fn json_array<T: serde::Serialize>(
        &mut self,
        values: impl IntoIterator<Item = anyhow::Result<T>>,
    ) -> anyhow::Result<()> {
        let mut last: Option<String> = None;
        for value in values {
            let text = serde_json::to_string_pretty(&value?)?.replace('\n', "\n  ");
            match last.replace(text) {
                Some(before) => self.line(&format!("  {},", escape_json(&before)))?,
                None => self.line("[")?,
            }
        }
        match last {
            Some(last) => self.line(&format!("  {}\n]", escape_json(&last)))?,
            None => self.line("[]")?,
        }
        Ok(())
    }

    /// A value as JSON on one line.
    pub(super) fn json_line(&mut self, value: &impl serde::Serialize) -> Outcome {
        let text = serde_json::to_string(value)?;
        self.line(&escape_json(&text))
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Outcome {
        Ok(self.out.write_all(bytes)?)
    }

    /// Writes out what is still in memory.
    pub(super) fn flush(&mut self) -> Outcome {
        Ok(self.out.flush()?)
    }
}

/// JSON that says the same and cannot drive a terminal either: JSON itself escapes only the first 32 characters.
fn escape_json(json: &str) -> Cow<'_, str> {
    let hostile = |c: char| c != '\n' && is_hostile(c);
    if !json.contains(hostile) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    let mut units = [0; 2];
    for c in json.chars() {
        if hostile(c) {
            escaped.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// A moment as an operator reads it: in the zone of the working hours, to the minute.
pub(super) fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// What a screen in memory has been given.
#[cfg(test)]
#[derive(Clone, Default)]
pub(super) struct Memory(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

#[cfg(test)]
impl Memory {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

#[cfg(test)]
impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_drive_a_terminal_and_says_the_same() {
        let text = "a\u{9b}31m\u{202e}\u{1b}[m\u{e0041}\u{7f}\nё";
        let (mut screen, memory) = Screen::memory(false, 100);
        screen.json(&[text]).unwrap();
        screen.json_line(&text).unwrap();
        let shown = memory.text();
        assert!(shown.chars().all(|c| c == '\n' || !is_hostile(c)), "{shown:?}");
        assert!(shown.contains(r"\u009b31m\u202e\u001b[m\udb40\udc41\u007f\nё"), "{shown}");
        let (array, line) = shown.rsplit_once("]\n").unwrap();
        assert_eq!(serde_json::from_str::<[String; 1]>(&format!("{array}]")).unwrap(), [text]);
        assert_eq!(serde_json::from_str::<String>(line).unwrap(), text);
    }

    #[test]
    fn an_array_is_written_value_by_value_as_if_at_once() {
        for values in [vec![], vec![vec![1, 2]], vec![vec![], vec![3, 4]]] {
            let (mut screen, memory) = Screen::memory(false, 100);
            screen.json(&values).unwrap();
            screen.json_array(values.iter().map(Ok)).unwrap();
            let shown = memory.text();
            let (at_once, one_by_one) = shown.split_at(shown.len() / 2);
            assert_eq!(at_once, one_by_one);
        }
    }
}
