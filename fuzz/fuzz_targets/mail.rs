//! Any bytes are a mail: its text is covered by its segments, what may reach a header is clean, and the same bytes read the same.
#![no_main]

use askback::mail::{HeaderText, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mail = parse(bytes);
    let mut end = 0;
    for segment in &mail.text.segments {
        assert_eq!(segment.range.start, end, "segments leave no gap");
        assert!(mail.text.full.get(segment.range.clone()).is_some(), "segments end on characters");
        end = segment.range.end;
    }
    assert_eq!(end, mail.text.full.len(), "segments cover the text");
    assert!(mail.text.own().len() <= mail.text.full.len());
    assert!(!mail.subject.contains(['\r', '\n']), "a subject is one line");
    assert!(mail.references.len() <= 100);

    let names = mail.attachments.iter().filter_map(|file| file.name.as_deref());
    for text in names.chain([mail.subject.as_str()]) {
        let clean = HeaderText::new(text, 100).to_string();
        assert!(!clean.contains(char::is_control), "{clean:?} would break a header");
    }
    if let Some(address) = mail.author_address() {
        assert!(!address.as_str().contains(|c: char| c.is_control() || c == ' '), "{address}");
    }
    assert_eq!(parse(bytes).text, mail.text, "the same bytes read the same");
});
