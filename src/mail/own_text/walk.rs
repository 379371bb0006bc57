//! The one pass over the lines that says whose they are.

use super::SegmentKind;
use super::answers;
use super::forward::{self, Handover, Marker};
use super::line::Line;
use super::our_letters::OurLetters;
use super::reply_header::{self, Header};
use super::signature::{self, Place};

/// Whose part of the mail the walk is in.
struct Part {
    /// `Own`, `Forwarded`, or `Quote` below a reply header whose mail is not marked by `>`.
    kind: SegmentKind,
    /// Quote depth of this writer's words.
    base: u8,
    /// Its first line.
    first: usize,
}

struct Walk<'a, 't> {
    lines: &'a mut [Line<'t>],
    /// The mail is known to be a forward.
    is_forward: bool,
    part: Part,
    /// First line of the run of content lines that is not yet searched for a signature.
    run: usize,
    /// Between a forward marker and its end.
    in_forward: bool,
    /// First line of the newest quoted mail where the writer may have typed answers.
    answerable: Option<usize>,
}

/// Says for each line what it is. `is_forward`: more than its text says that this mail forwards another.
/// `letters`: ours, where one may be in it.
pub(super) fn assign(lines: &mut [Line<'_>], is_forward: bool, letters: Option<&OurLetters>) {
    let mut walk = Walk::over(lines, is_forward);
    walk.find_answers(letters);
    walk.take_all_marked();
    if let Some(letters) = letters {
        letters.take_back(lines);
    }
}

/// [`assign`] by marks and headers alone: what is quoted stays a quote, whoever may have typed into it.
pub(super) fn assign_marked(lines: &mut [Line<'_>]) {
    Walk::over(lines, false);
}

impl<'a, 't> Walk<'a, 't> {
    /// Walks over all lines, without a second look at what is quoted.
    fn over(lines: &'a mut [Line<'t>], is_forward: bool) -> Self {
        let part = Part { kind: SegmentKind::Own, base: 0, first: 0 };
        let mut walk = Self { lines, is_forward, part, run: 0, in_forward: false, answerable: None };
        let mut at = 0;
        while at < walk.lines.len() {
            at = walk.step(at);
        }
        walk.close_run(at);
        walk
    }

    /// Reads on from line `at`; gives the next line to read.
    fn step(&mut self, at: usize) -> usize {
        let Some(line) = self.lines.get(at) else { return at + 1 };
        let (depth, text) = (line.depth, line.text);
        if depth < self.part.base {
            self.close_run(at);
            self.in_forward = false;
            self.part = Part { kind: SegmentKind::Own, base: 0, first: at };
        }
        if depth > self.part.base {
            return self.step_deeper(at, depth);
        }
        match forward::marker(text) {
            Some(Marker::End) => {
                self.close_run(at);
                self.mark(at, at + 1, SegmentKind::Attribution);
                if self.in_forward {
                    self.in_forward = false;
                    self.part = Part { kind: SegmentKind::Own, base: 0, first: at + 1 };
                }
                return at + 1;
            }
            Some(Marker::Forward) => return self.enter_forward(at),
            Some(Marker::Original) | None => {}
        }
        if let Some(header) = reply_header::find(self.lines, at) {
            return self.enter_header(at, &header);
        }
        self.mark_text(at);
        at + 1
    }

    /// A line deeper than this writer's own: a quote, or a forward that its program has put into a blockquote.
    fn step_deeper(&mut self, at: usize, depth: u8) -> usize {
        self.close_run(at);
        let above = at.checked_sub(1).and_then(|above| self.lines.get(above));
        let opens = above.is_none_or(|above| above.depth < depth);
        let attributed = above.is_some_and(|above| above.kind == SegmentKind::Attribution);
        if opens && !attributed && self.part.kind != SegmentKind::Quote {
            let text = self.lines.get(at).map_or("", |line| line.text);
            if forward::marker(text) == Some(Marker::Forward) {
                return self.enter_forward(at);
            }
            if let Some(end) = self.forwarded_in_marks(at, depth) {
                self.mark(at, end, SegmentKind::Attribution);
                self.part = Part { kind: SegmentKind::Forwarded, base: depth, first: end };
                return end;
            }
        }
        if opens && self.part.kind == SegmentKind::Own && self.answerable.is_none() {
            self.answerable = Some(at);
        }
        self.mark(at, at + 1, SegmentKind::Quote);
        self.run = at + 1;
        at + 1
    }

    /// The end of the header block at `at`, if it and all the rest of the mail is one forward with quote marks.
    fn forwarded_in_marks(&self, at: usize, depth: u8) -> Option<usize> {
        let header = reply_header::find(self.lines, at).filter(|header| header.is_block)?;
        let above = self.lines.get(self.part.first..at)?;
        let below = self.lines.get(header.end..)?;
        let forwards = self.forwards(above, &header);
        (forwards && below.iter().all(|line| line.depth >= depth)).then_some(header.end)
    }

    /// A forward marker with the header lines under it.
    fn enter_forward(&mut self, at: usize) -> usize {
        self.close_run(at);
        let end = reply_header::forwarded_end(self.lines, at + 1);
        self.mark(at, end, SegmentKind::Attribution);
        if self.part.kind != SegmentKind::Quote {
            let marker_depth = self.lines.get(at).map_or(0, |line| line.depth);
            let base = self.lines.get(end).map_or(marker_depth, |line| line.depth.max(marker_depth));
            self.part = Part { kind: SegmentKind::Forwarded, base, first: end };
            self.in_forward = true;
        }
        end
    }

    /// A reply header: what follows is history, unless nothing of the writer's own stands above.
    fn enter_header(&mut self, at: usize, header: &Header) -> usize {
        self.close_run(at);
        self.mark(at, header.end, SegmentKind::Attribution);
        let end = header.end.min(self.lines.len());
        self.run = end;
        let prefixed = self.lines.get(end).is_some_and(|line| line.depth > self.part.base);
        if prefixed || self.part.kind == SegmentKind::Quote {
            return end;
        }
        let own = self.lines.get(self.part.first..at).unwrap_or_default();
        let base = self.part.base;
        if self.forwards(own, header) {
            self.part = Part { kind: SegmentKind::Forwarded, base, first: end };
        } else {
            if self.part.kind == SegmentKind::Own && self.answerable.is_none() {
                self.answerable = Some(end);
            }
            self.part = Part { kind: SegmentKind::Quote, base, first: end };
        }
        end
    }

    /// Whether the mail under `above` and this header is forwarded, not answered.
    fn forwards(&self, above: &[Line<'_>], header: &Header) -> bool {
        let opens = self.part.kind == SegmentKind::Own && self.part.first == 0;
        let known = self.is_forward && opens && header.is_block && !header.from_desk;
        known || forward::handover(above).makes_forward(header)
    }

    fn mark_text(&mut self, at: usize) {
        self.mark(at, at + 1, self.part.kind);
        if !self.part.kind.is_content() {
            self.run = at + 1;
        }
    }

    fn mark(&mut self, from: usize, to: usize, kind: SegmentKind) {
        let to = to.min(self.lines.len());
        for line in self.lines.get_mut(from..to).unwrap_or_default() {
            line.kind = kind;
        }
        if kind == SegmentKind::Attribution {
            self.run = to;
        }
    }

    /// Searches the content lines from the last boundary up to `end` for signature and footers.
    fn close_run(&mut self, end: usize) {
        let from = self.run;
        self.run = end;
        if from >= end {
            return;
        }
        let above = from.checked_sub(1).and_then(|above| self.lines.get(above));
        let place = Place {
            opens: from == self.part.first,
            under_quote: above.is_some_and(|above| above.kind == SegmentKind::Quote),
            ends: end == self.lines.len()
                && !above.is_some_and(|above| above.text.ends_with('?'))
                && self.lines.iter().take(from).any(|line| line.kind.is_content()),
        };
        signature::mark(self.lines.get_mut(from..end).unwrap_or_default(), place);
    }

    /// Looks for answers typed into the newest quoted mail: if it is a letter of ours; else where the writer says so or has written
    /// nothing else.
    fn find_answers(&mut self, letters: Option<&OurLetters>) {
        let Some(from) = self.answerable else { return };
        let newest = self.lines.get(from..).unwrap_or_default();
        let length =
            newest.iter().position(|line| line.kind == SegmentKind::Attribution).unwrap_or(newest.len());
        let own: Vec<&Line<'t>> = self.lines.iter().filter(|line| line.kind.is_content()).take(40).collect();
        let nothing_else = forward::handover_of(own.iter().copied()) == Handover::Nothing;
        let elsewhere = !nothing_else && !answers::announced(own.iter().map(|line| line.text));
        if letters.is_some_and(|letters| letters.mark_answers(self.lines, from..from + length, elsewhere))
            || elsewhere
        {
            return;
        }
        let depth = self.lines.get(from).map_or(0, |line| line.depth);
        let rest = self.lines.get(from..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|line| line.kind != SegmentKind::Quote || line.depth != depth)
            .unwrap_or(rest.len());
        answers::mark(self.lines.get_mut(from..from + length).unwrap_or_default());
    }

    /// Where all of a mail is marked by `>`, and nothing says that it is quoted, the marks are only an indent.
    fn take_all_marked(&mut self) {
        if self.lines.iter().any(|line| line.kind != SegmentKind::Quote)
            || reply_header::find(self.lines, 0).is_some()
        {
            return;
        }
        for line in self.lines.iter_mut().filter(|line| line.depth == 1) {
            line.kind = SegmentKind::Own;
        }
    }
}
