//! A notice of tables in its two forms: plain text whose columns stand below each other, and HTML for programs that show it.
//! Nothing remote is in it, and everything that comes from a mail is escaped.

use super::words::Small;
use crate::mail::Address;
use crate::request::Language;
use minijinja::HtmlEscape;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// At most so many rows a table; the rest is a number.
pub(super) const MAX_ROWS: usize = 40;

/// The cell of the time.
const TIME: usize = 1;

/// A line of a table.
#[derive(Default)]
pub(super) struct Row {
    /// Number, time, client and subject, empty where there is none.
    pub(super) cells: [String; 4],
    /// More about the time.
    pub(super) note: Option<String>,
    /// The address to answer the client.
    pub(super) answer: Option<Address>,
}

/// What one cause has to say.
pub(super) struct Section {
    pub(super) heading: &'static str,
    pub(super) tables: Vec<Table>,
    /// Lines below the tables.
    pub(super) lines: Vec<String>,
}

impl Section {
    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.lines.is_empty()
    }
}

/// Rows, perhaps below a title with their number.
pub(super) struct Table {
    title: Option<&'static str>,
    count: usize,
    rows: Vec<Row>,
}

impl Table {
    /// A table of the first rows; `None` if there are none.
    pub(super) fn new(rows: impl ExactSizeIterator<Item = Row>) -> Option<Self> {
        let count = rows.len();
        (count > 0).then(|| Self { title: None, count, rows: rows.take(MAX_ROWS).collect() })
    }

    /// A table of some rows, of `count` that there are; `None` if there are none.
    pub(super) fn of_some(
        title: &'static str,
        count: usize,
        rows: impl Iterator<Item = Row>,
    ) -> Option<Self> {
        (count > 0).then(|| Self {
            title: Some(title),
            count,
            rows: rows.take(count.min(MAX_ROWS)).collect(),
        })
    }

    fn more(&self) -> usize {
        self.count - self.rows.len()
    }
}

/// The sections as plain text.
pub(super) fn text(sections: &[Section], small: &Small) -> String {
    let mut text = String::new();
    for section in sections {
        let _ = write!(text, "{}\n\n", section.heading);
        for table in &section.tables {
            if let Some(title) = table.title {
                let _ = writeln!(text, "{title}: {}", table.count);
            }
            plain_table(table, small, &mut text);
        }
        for line in &section.lines {
            let _ = writeln!(text, "{line}");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}", small.end);
    text
}

fn plain_table(table: &Table, small: &Small, text: &mut String) {
    let mut widths = [0; 4];
    for Row { cells, .. } in &table.rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = cell.width().max(*width);
        }
    }
    for Row { cells, note, answer } in &table.rows {
        let cells = cells.iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("  {cell}{}", " ".repeat(width - cell.width())));
        text.push_str(cells.collect::<String>().trim_end());
        text.push('\n');
        if let Some(note) = note {
            let _ = writeln!(text, "      {note}");
        }
        if let Some(address) = answer {
            let _ = writeln!(text, "      {} {address}", small.answer);
        }
    }
    if table.more() > 0 {
        let _ = writeln!(text, "  … {} {}", small.more, table.more());
    }
}

/// The sections as a page of HTML, readable in any mail program: inline styles, real table rows, colours that hold in the dark.
pub(super) fn html(sections: &[Section], small: &Small, language: Language) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family:sans-serif;font-size:14px;line-height:1.45\">\n"
    );
    for section in sections {
        let _ = writeln!(
            page,
            "<h3 style=\"font-size:15px;margin:18px 0 6px\">{}</h3>",
            HtmlEscape(section.heading)
        );
        for table in &section.tables {
            if let Some(title) = table.title {
                let title = HtmlEscape(title);
                let _ = writeln!(page, "<p style=\"margin:8px 0 2px\">{title}: {}</p>", table.count);
            }
            html_table(table, small, &mut page);
        }
        for line in &section.lines {
            let _ = writeln!(page, "<p style=\"margin:8px 0;white-space:pre-line\">{}</p>", HtmlEscape(line));
        }
    }
    let end = small.end.replace('\n', " ");
    let _ = write!(page, "<p style=\"margin:18px 0;color:#777\">{}</p>\n</body></html>\n", HtmlEscape(&end));
    page
}

/// For a field of a mailto link (RFC 6068, section 2): programs ask about a mail without a subject before they send it.
fn percent_encoded(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

fn html_table(table: &Table, small: &Small, page: &mut String) {
    page.push_str("<table style=\"border-collapse:collapse\">\n");
    for Row { cells, note, answer } in &table.rows {
        page.push_str("<tr>");
        for (column, cell) in cells.iter().enumerate() {
            let note = note.as_ref().filter(|_| column == TIME);
            let note = note.map(|note| format!("<br>{}", HtmlEscape(note))).unwrap_or_default();
            let cell = HtmlEscape(cell);
            let _ = write!(
                page,
                "<td style=\"padding:3px 14px 3px 0;border-bottom:1px solid #ccc;vertical-align:top\">{cell}{note}</td>"
            );
        }
        if let Some(address) = answer {
            let [number, _, _, subject] = cells;
            let (address, words) =
                (HtmlEscape(address.as_str()), HtmlEscape(small.answer.trim_end_matches(':')));
            let subject = percent_encoded(&format!("{number}: {subject}"));
            let _ = write!(
                page,
                "<td style=\"padding:3px 0;border-bottom:1px solid #ccc\">\
                 <a href=\"mailto:{address}?subject={subject}\">{words}</a></td>"
            );
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
    if table.more() > 0 {
        let _ = writeln!(page, "<p style=\"margin:2px 0\">… {} {}</p>", HtmlEscape(small.more), table.more());
    }
}
