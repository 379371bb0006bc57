//! Every line of a case carries what it must be found to be: `o|` own, `f|` forwarded, `q|` quote, `a|` attribution,
//! `s|` signature, `d|` disclaimer. Blank lines carry nothing.

mod answers;
mod forwards;
mod laws;
mod quotes;
mod signatures;

use super::{split, split_forward};
use crate::mail::{Segment, SegmentKind};

fn letter(kind: SegmentKind) -> char {
    match kind {
        SegmentKind::Own => 'o',
        SegmentKind::Forwarded => 'f',
        SegmentKind::Quote => 'q',
        SegmentKind::Attribution => 'a',
        SegmentKind::Signature => 's',
        SegmentKind::Disclaimer => 'd',
    }
}

/// The text with each filled line marked by what `segments` say it is.
fn marked(text: &str, segments: &[Segment]) -> String {
    let mut shown = String::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let segment = segments.iter().find(|segment| segment.range.contains(&start)).expect("segments cover");
        if !line.trim().is_empty() {
            shown.extend([letter(segment.kind), '|']);
            shown.push_str(line.trim_end_matches(['\r', '\n']));
        }
        shown.push('\n');
        start += line.len();
    }
    shown
}

fn check(case: &str) {
    check_by(split, case);
}

/// [`check`] of a mail that is known to be a forward.
fn check_forward(case: &str) {
    check_by(split_forward, case);
}

fn check_by(split: fn(&str) -> Vec<Segment>, case: &str) {
    let case = case.trim_start_matches('\n');
    let text: String =
        case.split_inclusive('\n').map(|line| line.split_once('|').map_or(line, |(_, text)| text)).collect();
    pretty(&marked(&text, &split(&text)), case);
    let text = text.replace('\n', "\r\n");
    pretty(&marked(&text, &split(&text)), case);
}

fn pretty(found: &str, expected: &str) {
    let lines =
        |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned();
    assert_eq!(lines(found), lines(expected), "\n--- found ---\n{found}");
}
