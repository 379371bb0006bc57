//! Tables for people: aligned by display width, cut to the width of the screen.

use super::failure::Outcome;
use super::screen::{Screen, Tone};
use crate::mail::HeaderText;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Between two columns.
const GAP: &str = "  ";

/// A column that can shrink keeps at least this much.
const NARROWEST: usize = 8;

/// A cell with more is cut even on a wide screen.
const LONGEST: usize = 200;

/// How a column behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// As wide as its longest cell.
    Fixed(&'static str),
    /// As `Fixed`, aligned to the right: numbers.
    Right(&'static str),
    /// Gives way where the screen is too narrow.
    Flexible(&'static str),
}

impl Column {
    fn title(self) -> &'static str {
        match self {
            Self::Fixed(title) | Self::Right(title) | Self::Flexible(title) => title,
        }
    }
}

/// Text of a cell, one line without anything that could drive a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    pub(super) fn new(text: impl ToString) -> Self {
        Self { text: HeaderText::new(&text.to_string(), LONGEST).to_string(), tone: Tone::Plain }
    }

    pub(super) fn toned(text: impl ToString, tone: Tone) -> Self {
        Self { tone, ..Self::new(text) }
    }
}

/// Rows under titles.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row with a cell for each column.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Shows it; without rows, shows `empty` instead.
    pub(super) fn show(&self, screen: &mut Screen, indent: &str, empty: &str) -> Outcome {
        if self.rows.is_empty() {
            return screen.line(&format!("{indent}{empty}"));
        }
        let widths = self.widths(screen.width().saturating_sub(indent.len()));
        let titles: Vec<Cell> =
            self.columns.iter().map(|column| Cell::toned(column.title(), Tone::Bold)).collect();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let cells = row.iter().zip(&self.columns).zip(&widths);
            let shown: Vec<String> = cells
                .map(|((cell, column), width)| {
                    let text = cut(&cell.text, *width);
                    let pad = " ".repeat(width.saturating_sub(text.width()));
                    let painted = screen.paint(cell.tone, &text);
                    match column {
                        Column::Right(_) => format!("{pad}{painted}"),
                        Column::Fixed(_) | Column::Flexible(_) => format!("{painted}{pad}"),
                    }
                })
                .collect();
            screen.line(&format!("{indent}{}", shown.join(GAP)))?;
        }
        Ok(())
    }

    /// The width of each column; flexible ones give way, the widest first.
    fn widths(&self, screen: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.title().width()).collect();
        for row in &self.rows {
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = cell.text.width().max(*width);
            }
        }
        let gaps = GAP.len() * self.columns.len().saturating_sub(1);
        let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(screen);
        while excess > 0 {
            let flexible = self.columns.iter().zip(&mut widths).filter_map(|(column, width)| match column {
                Column::Flexible(_) if *width > NARROWEST => Some(width),
                Column::Flexible(_) | Column::Fixed(_) | Column::Right(_) => None,
            });
            let Some(widest) = flexible.max_by_key(|width| **width) else { break };
            *widest -= 1;
            excess -= 1;
        }
        widths
    }
}

/// The beginning of a text that fits, with `…` if something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        shown.push(c);
    }
    shown.push('…');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(width: usize, rows: &[[&str; 3]], expect: &str) {
        let mut table =
            Table::new(&[Column::Right("no"), Column::Flexible("subject"), Column::Fixed("state")]);
        for row in rows {
            table.row(row.iter().map(Cell::new).collect());
        }
        let (mut screen, memory) = Screen::memory(false, width);
        table.show(&mut screen, "", "no tickets").unwrap();
        assert_eq!(memory.text(), expect);
    }

    #[test]
    fn columns_align_by_what_is_seen() {
        check(40, &[], "no tickets\n");
        check(40, &[["7", "Отчёт", "open"]], "no  subject  state\n 7  Отчёт    open\n");
        check(
            40,
            &[["1", "日本語の件", "open"], ["12", "e\u{301}te\u{301}", "closed"]],
            "no  subject     state\n 1  日本語の件  open\n12  e\u{301}te\u{301}         closed\n",
        );
        check(
            26,
            &[["1", "Не строится отчёт", "incomplete"]],
            "no  subject     state\n 1  Не строит…  incomplete\n",
        );
    }

    #[test]
    fn mail_text_cannot_drive_the_terminal() {
        check(60, &[["1", "a\u{1b}[2J\nb\u{202e}c", "x"]], "no  subject   state\n 1  a [2J bc  x\n");
    }

    #[test]
    fn tones_do_not_count() {
        let mut table = Table::new(&[Column::Fixed("a"), Column::Fixed("b")]);
        table.row(vec![Cell::toned("x", Tone::Red), Cell::new("y")]);
        let (mut screen, memory) = Screen::memory(true, 40);
        table.show(&mut screen, "", "").unwrap();
        assert_eq!(memory.text(), "\u{1b}[1ma\u{1b}[0m  \u{1b}[1mb\u{1b}[0m\n\u{1b}[31mx\u{1b}[0m  y\n");
    }
}
