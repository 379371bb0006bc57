//! Any text is divided: segments cover it without a gap, begin with lines, neighbours differ, and line ends change nothing.
#![no_main]

use askback::mail::own_text::split;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|full: &str| {
    let segments = split(full);
    let mut end = 0;
    for segment in &segments {
        assert_eq!(segment.range.start, end, "segments leave no gap");
        assert!(segment.range.end > segment.range.start, "no segment is empty");
        assert!(full.is_char_boundary(segment.range.end), "segments end on characters");
        assert!(end == 0 || full.as_bytes()[end - 1] == b'\n', "segments begin with lines");
        end = segment.range.end;
    }
    assert_eq!(end, full.len(), "segments cover the text");
    assert!(segments.windows(2).all(|pair| pair[0].kind != pair[1].kind), "neighbours differ");
    assert_eq!(split(full), segments, "the same text is divided the same");
});
