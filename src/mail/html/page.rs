//! Lines out of runs of text and the borders of blocks.

use super::super::picture_mark::MARK;

/// Quote signs before a line; deeper quotes get no more.
const MAX_QUOTES: usize = 12;
/// Nested lists that indent.
const MAX_INDENT: usize = 6;
/// Nested tables whose rows are joined.
const MAX_ROWS: usize = 16;
/// Cells of a row that are told apart; one of more is layout.
const MAX_CELLS: usize = 200;
/// Lines of a cell that can belong to the label beside it; one of more is layout.
const MAX_LINES: usize = 1000;
/// Characters of a link's address that are shown.
const MAX_LINK: usize = 2000;
/// A table cell up to this many characters can be the label of the one beside it.
const MAX_LABEL: usize = 80;

/// A text in the making.
#[derive(Default)]
pub(super) struct Page {
    lines: Lines,
    /// The line that is being written.
    current: String,
    /// A space is due before the next word.
    space: bool,
    /// The line has something that takes a line, if only a fixed space.
    filled: bool,
    /// An empty line is due before the next one.
    blank: bool,
    quotes: usize,
    preformatted: usize,
    lists: Vec<Option<i64>>,
    /// The sign of the list item whose first words are due.
    item: Option<String>,
    tables: Vec<Table>,
    rows: Vec<Row>,
    links: Vec<Link>,
    size: usize,
    limit: usize,
}

/// Finished lines, their texts in one piece: there may be half a million of one letter.
#[derive(Default)]
struct Lines {
    text: String,
    /// How deep each is quoted, and where its text ends.
    ends: Vec<(usize, usize)>,
}

/// Whether a table has had a row.
#[derive(Default)]
struct Table {
    begun: bool,
}

/// A table row: where its lines begin, and those of each cell.
struct Row {
    start: usize,
    cells: Vec<usize>,
    first: bool,
}

/// Where the text of a link begins.
struct Link {
    href: String,
    line: usize,
    start: usize,
}

impl Lines {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn push(&mut self, quotes: usize, text: &str) {
        self.text.push_str(text);
        self.ends.push((quotes, self.text.len()));
    }

    /// How deep a line is quoted, and its text.
    fn get(&self, at: usize) -> Option<(usize, &str)> {
        let (quotes, end) = *self.ends.get(at)?;
        Some((quotes, self.text.get(self.end(at)..end)?))
    }

    fn text(&self, at: usize) -> &str {
        self.get(at).map_or("", |(_, text)| text)
    }

    /// Where the text of the first `length` lines ends.
    fn end(&self, length: usize) -> usize {
        length.checked_sub(1).and_then(|last| self.ends.get(last)).map_or(0, |(_, end)| *end)
    }

    fn truncate(&mut self, length: usize) {
        self.text.truncate(self.end(length));
        self.ends.truncate(length);
    }
}

impl Page {
    /// An empty page that takes about `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    fn is_full(&self) -> bool {
        self.size + self.current.len() > self.limit
    }

    /// Takes a run of text, white space collapsed.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            if self.is_full() {
                return;
            }
            match c {
                '\n' if self.preformatted > 0 => self.line_break(),
                ' ' | '\t' if self.preformatted > 0 => self.push(c),
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => self.space = true,
                '\u{a0}' => (self.space, self.filled) = (true, true),
                '\u{ad}' | '\u{200b}' | '\u{feff}' | MARK => {}
                c if c.is_control() => {}
                c => self.push(c),
            }
        }
    }

    /// Puts the mark of a picture.
    pub(super) fn mark(&mut self) {
        if !self.is_full() {
            self.push(MARK);
        }
    }

    fn push(&mut self, c: char) {
        if let Some(sign) = self.item.take() {
            self.current.push_str(&sign);
        } else if self.space && !self.current.is_empty() && !self.current.ends_with(' ') {
            self.current.push(' ');
        }
        self.space = false;
        self.filled = true;
        self.current.push(c);
    }

    /// Ends the line if there is anything on it.
    pub(super) fn end_line(&mut self) {
        self.space = false;
        if !std::mem::take(&mut self.filled) {
            return;
        }
        let text = std::mem::take(&mut self.current);
        let text = if self.preformatted > 0 { text.trim_end() } else { text.trim() };
        if text.is_empty() {
            self.blank = true;
        } else {
            let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(MAX_INDENT));
            self.put(&format!("{indent}{text}"));
        }
    }

    fn put(&mut self, text: &str) {
        if std::mem::take(&mut self.blank)
            && let Some((quotes, _)) = self.lines.ends.last()
        {
            self.lines.push(self.quotes.min(*quotes), "");
        }
        self.size += text.len() + 1 + 2 * self.quotes;
        self.lines.push(self.quotes, text);
    }

    /// `<br>`: ends the line, or leaves an empty one.
    pub(super) fn line_break(&mut self) {
        if self.filled { self.end_line() } else { self.blank = true }
    }

    /// `<hr>`.
    pub(super) fn rule(&mut self) {
        self.end_line();
        if !self.is_full() {
            self.put("---");
        }
    }

    /// An empty line is to stand before what follows.
    pub(super) fn want_blank(&mut self) {
        self.blank = true;
    }

    /// Begins or ends quoted words.
    pub(super) fn quote(&mut self, begins: bool) {
        self.quotes = if begins { self.quotes + 1 } else { self.quotes.saturating_sub(1) };
    }

    /// Begins or ends text whose white space counts.
    pub(super) fn preformatted(&mut self, begins: bool) {
        self.preformatted = if begins { self.preformatted + 1 } else { self.preformatted.saturating_sub(1) };
    }

    /// How many lists are open.
    pub(super) fn list_depth(&self) -> usize {
        self.lists.len()
    }

    /// Begins a list; `next` is the first number of a numbered one.
    pub(super) fn begin_list(&mut self, next: Option<i64>) {
        self.lists.push(next);
    }

    /// Ends the list.
    pub(super) fn end_list(&mut self) {
        self.lists.pop();
        self.item = None;
    }

    /// Begins an item of the list.
    pub(super) fn begin_item(&mut self) {
        self.item = match self.lists.last_mut() {
            Some(Some(number)) => {
                let sign = format!("{number}. ");
                *number = number.saturating_add(1);
                Some(sign)
            }
            Some(None) | None => Some("- ".to_owned()),
        };
    }

    /// Begins a table.
    pub(super) fn begin_table(&mut self) {
        self.tables.push(Table::default());
    }

    /// Ends the table.
    pub(super) fn end_table(&mut self) {
        self.tables.pop();
    }

    /// Begins a table row.
    pub(super) fn begin_row(&mut self) {
        let first = self.tables.last_mut().is_none_or(|table| !std::mem::replace(&mut table.begun, true));
        self.rows.push(Row { start: self.lines.len(), cells: Vec::new(), first });
    }

    /// Begins a cell of the row.
    pub(super) fn begin_cell(&mut self) {
        let (at, full) = (self.lines.len(), self.is_full());
        if let Some(row) = self.rows.last_mut()
            && !full
            && row.cells.len() < MAX_CELLS
        {
            row.cells.push(at);
        }
    }

    /// Ends the row. Cells of one line each become one line; a label beside a longer cell joins its first line; any
    /// other row is layout, and its lines stay as they are.
    pub(super) fn end_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        if self.rows.len() >= MAX_ROWS || row.cells.len() < 2 {
            return;
        }
        let ends = row.cells.iter().skip(1).copied().chain([self.lines.len()]);
        let cells: Vec<(usize, usize)> = row.cells.iter().copied().zip(ends).collect();
        let lines = &self.lines;
        // A cell may have half a million lines: they are looked at one by one.
        let filled =
            |(start, end)| (start..end).filter_map(|at| lines.get(at)).filter(|(_, text)| !text.is_empty());
        let quotes = cells.iter().copied().flat_map(filled).next().map_or(self.quotes, |(quotes, _)| quotes);
        let mut joined = Lines::default();
        if let [label, value] = *cells.as_slice() {
            let mut labels = filled(label);
            let (Some((_, label)), None) = (labels.next(), labels.next()) else { return };
            let values: Vec<&str> = filled(value).map(|(_, text)| text).take(MAX_LINES + 1).collect();
            if !is_label(label) || values.len() > MAX_LINES {
                return;
            }
            let mut values = values.into_iter();
            joined.push(quotes, &labelled(label, values.next().unwrap_or_default()));
            values.for_each(|text| joined.push(quotes, text));
        } else {
            let mut words = Vec::new();
            for cell in cells {
                let mut texts = filled(cell).map(|(_, text)| text.trim());
                words.extend(texts.next());
                if texts.next().is_some() {
                    return;
                }
            }
            if words.len() < 2 {
                return;
            }
            joined.push(quotes, &words.join(" | "));
        }
        let spaced = row.first && self.lines.get(row.start).is_some_and(|(_, text)| text.is_empty());
        self.lines.truncate(row.start + usize::from(spaced));
        for at in 0..joined.len() {
            self.lines.push(quotes, joined.text(at));
        }
        self.blank = false;
    }

    /// Begins the text of a link.
    pub(super) fn begin_link(&mut self, href: String) {
        self.links.push(Link { href, line: self.lines.len(), start: self.current.len() });
    }

    /// Ends the text of a link: its address follows where the text does not say it already.
    pub(super) fn end_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        if self.is_full() || link.href.len() > MAX_LINK || (self.lines.len() > link.line && !self.filled) {
            return;
        }
        let shown = if self.lines.len() == link.line { self.current.get(link.start..) } else { None };
        if shown.is_some_and(|shown| bare(shown) == bare(&link.href)) {
            return;
        }
        self.space = self.filled;
        for c in format!("<{}>", link.href).chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
            self.push(c);
        }
    }

    /// The finished text, its lines joined.
    pub(super) fn finish(mut self) -> String {
        self.end_line();
        let mut text = String::with_capacity(self.size);
        for at in 0..self.lines.len() {
            if at > 0 {
                text.push('\n');
            }
            let Some((quotes, line)) = self.lines.get(at) else { break };
            text.push_str(&"> ".repeat(quotes.min(MAX_QUOTES)));
            text.push_str(line);
            text.truncate(text.trim_end_matches(' ').len());
        }
        text
    }
}

fn is_label(text: &str) -> bool {
    text.chars().count() <= MAX_LABEL && !text.trim_matches(MARK).trim().is_empty()
}

fn labelled(label: &str, value: &str) -> String {
    let colon = if label.ends_with([':', '?', '.', '!']) { "" } else { ":" };
    format!("{label}{colon} {}", value.trim()).trim_end().to_owned()
}

/// An address without what people leave out when they write it.
fn bare(url: &str) -> &str {
    let url = url.trim().trim_matches(MARK);
    let url = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    url.strip_prefix("www.").unwrap_or(url).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_grows_with_what_a_sender_writes() {
        let mut page = Page::new(10_000);
        page.begin_row();
        for _ in 0..100_000 {
            page.begin_cell();
            page.text("a");
            page.end_line();
            page.mark();
        }
        assert!(page.rows.iter().all(|row| row.cells.len() <= MAX_CELLS));
        assert!(page.size + page.current.len() <= 10_100, "{} {}", page.size, page.current.len());
        page.end_row();
        // Layout: each cell stays a line.
        assert!(page.finish().starts_with("a\n"));

        // A label beside more lines than anybody writes in a form is layout, too.
        for (lines, expected) in [(MAX_LINES, "a: b\n"), (MAX_LINES + 1, "a\nb\n")] {
            let mut page = Page::new(10_000);
            page.begin_row();
            page.begin_cell();
            page.text("a");
            page.end_line();
            page.begin_cell();
            for _ in 0..lines {
                page.text("b");
                page.end_line();
            }
            page.end_row();
            assert!(page.finish().starts_with(expected), "{lines}");
        }

        // A full page has no room for a cell.
        let mut page = Page::new(0);
        page.text("ab");
        page.begin_row();
        page.begin_cell();
        assert!(page.is_full() && page.rows.iter().all(|row| row.cells.is_empty()));
    }
}
