//! Whole mails as mail programs write them, each with the own text expected of it beside it: `<program>-<case>.eml`
//! and `<program>-<case>.own.txt`. Every mail is read with LF and CRLF, and those with a plain and an HTML form are
//! read by either.

use askback::mail::{SegmentKind, Text, parse};
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The words without what differs between the two forms of one mail: white space and quote marks.
fn words(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches(['>', ' ']).split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Every segment on its own, for the eye.
fn shown(text: &Text) -> String {
    text.segments
        .iter()
        .map(|segment| {
            format!("[{:?}]\n{}", segment.kind, text.full.get(segment.range.clone()).unwrap_or_default())
        })
        .collect()
}

fn replaced(raw: &[u8], from: &str, to: &str) -> Vec<u8> {
    // Latin-1 is read and written byte by byte: the mails are in many charsets.
    let text: String = raw.iter().map(|&byte| char::from(byte)).collect();
    text.replace(from, to).chars().filter_map(|c| u8::try_from(c).ok()).collect()
}

/// The mail as it is and, where it has both forms, read by its HTML.
fn forms(raw: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let has = |what: &[u8]| raw.windows(what.len()).any(|window| window == what);
    let mut forms = vec![("as it is", raw.to_vec())];
    if has(b"Content-Type: text/plain") && has(b"Content-Type: text/html") {
        forms.push(("as HTML", replaced(raw, "Content-Type: text/plain", "Content-Type: text/enriched")));
    }
    forms
}

#[test]
fn own_text_of_whole_mails() {
    let folder = fixtures().join("own_text");
    let mut mails: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    mails.sort();
    let (mut read, mut wrong) = (0, Vec::new());
    for path in &mails {
        let raw = fs::read(path).unwrap();
        let expected = words(&fs::read_to_string(path.with_extension("own.txt")).unwrap());
        for (form, raw) in forms(&raw) {
            for (ends, raw) in [("LF", raw.clone()), ("CRLF", replaced(&raw, "\n", "\r\n"))] {
                read += 1;
                let text = parse(&raw).text;
                if words(&text.own()) != expected {
                    let name = path.file_stem().unwrap().to_string_lossy();
                    wrong.push(format!(
                        "{name}, {form}, {ends}: expected\n{expected}\n--- found ---\n{}\n",
                        shown(&text)
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((mails.len(), read), (90, 2 * (90 + 51)), "a mail was added or lost");
}

/// Every piece of evidence that the annotators found in a body lies in what counts as content.
#[test]
fn evidence_of_the_corpus_is_content() {
    let corpus = fs::read_to_string(fixtures().join("requests/corpus.jsonl")).unwrap();
    let (mut messages, mut with_history, mut lost) = (0, 0, Vec::new());
    for line in corpus.lines() {
        let conversation: serde_json::Value = serde_json::from_str(line).unwrap();
        for message in conversation["messages"].as_array().unwrap() {
            messages += 1;
            let body = message["body"].as_str().unwrap();
            let kind = if message["html"].as_bool().unwrap() { "html" } else { "plain" };
            let text = parse(format!("Content-Type: text/{kind}; charset=utf-8\n\n{body}").as_bytes()).text;
            with_history +=
                usize::from(text.segments.iter().any(|segment| segment.kind == SegmentKind::Quote));
            let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (full, own) = (squeezed(&text.full), squeezed(&text.own()));
            for (field, value) in message["evidence"].as_object().unwrap() {
                let value = squeezed(value.as_str().unwrap());
                if full.contains(&value) && !own.contains(&value) {
                    lost.push(format!("{} {field}: {value}\n{}", conversation["id"], shown(&text)));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(messages > 150 && with_history > 30, "{messages} messages, {with_history} with history");
}
