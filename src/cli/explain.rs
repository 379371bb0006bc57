//! `askback explain FILE…`: what would become of mails. Needs no mailbox, no secrets and no database; sends nothing. The
//! daemon reads a mail by it that may have killed it (`intake::Trial`).

use super::failure::{Exit, Failure, Outcome};
use super::screen::{Screen, Tone};
use super::table::{Cell, Column, Table};
use super::view::{evidence_text, field_names, findings_json};
use crate::config::Config;
use crate::intake::{Explained, explain};
use crate::mail::header_text::escape_for_terminal;
use crate::mail::slim::Slimmer;
use crate::mail::{HeaderText, Mail, SegmentKind};
use crate::private_file;
use crate::request::{Evidence, Field, Place};
use crate::ticket::plan::Reply;
use chrono::Utc;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file is read in pieces of this size.
const PIECE: usize = 1 << 16;
/// So many lines of a quote or signature are shown.
const ASIDE_LINES: usize = 3;

/// Explains files as one conversation of one client.
pub(super) fn run(config: &Config, files: &[PathBuf], json: bool, screen: &mut Screen) -> Outcome {
    let mails = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let desk = super::desk(config)?;
    // On a thread, as the daemon reads: its stack is smaller than this one's.
    let explained = std::thread::scope(|scope| scope.spawn(|| explain(&desk, &mails, Utc::now())).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    for (index, (file, explained)) in files.iter().zip(&explained).enumerate() {
        if json {
            screen.json_line(&as_json(file, explained))?;
        } else {
            if index > 0 {
                screen.line("")?;
            }
            show(file, explained, screen)?;
        }
    }
    Ok(())
}

/// The bytes of a mail as intake reads them: of a large one without the bulk of its large parts. `-` is standard input.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let slim = |from: &mut dyn Read, size| {
        let mut slimmer = Slimmer::for_size(size);
        let mut piece = vec![0; PIECE];
        loop {
            match from.read(&mut piece)? {
                0 => return Ok(slimmer.finish().bytes),
                length => slimmer.push(piece.get(..length).unwrap_or_default()),
            }
        }
    };
    let bytes = || {
        if file == Path::new("-") {
            return slim(&mut io::stdin(), 0);
        }
        let mut opened = File::open(file)?;
        let size = opened.metadata()?.len();
        slim(&mut opened, size)
    };
    bytes().map_err(|error: io::Error| {
        let exit = if error.kind() == io::ErrorKind::PermissionDenied { Exit::NoPerm } else { Exit::NoInput };
        let what = format!("{} cannot be read: {}", file.display(), private_file::plain(&error));
        Failure::new(exit, what, "name files with one mail each, as a mail program saves them (.eml)")
    })
}

/// What would be answered: `ask`, `accept` or `silent`, and why.
fn action(explained: &Explained) -> (&'static str, String) {
    match &explained.reply {
        Reply::Ask(fields) => ("ask", format!("missing: {}", field_names(fields))),
        Reply::Accept => ("accept", "the request is complete".to_owned()),
        Reply::Silent(why) => ("silent", why.clone()),
    }
}

fn as_json(file: &Path, explained: &Explained) -> Value {
    let (action, why) = action(explained);
    let (subject, text) = explained.letter.clone().unzip();
    let text_of = |evidence: &Evidence| evidence_text(&explained.mail, evidence);
    json!({
        "file": file.display().to_string(),
        "disposition": explained.disposition,
        "why": explained.why,
        "language": explained.language,
        "kind": explained.request.kind,
        "fields": findings_json(&explained.request.fields, Some(&text_of)),
        "missing": explained.missing,
        "reply": {"action": action, "why": why, "row": explained.row, "subject": subject, "text": text},
    })
}

fn show(file: &Path, explained: &Explained, screen: &mut Screen) -> Outcome {
    let (mail, request) = (&explained.mail, &explained.request);
    let title = screen.paint(Tone::Bold, HeaderText::new(&file.display().to_string(), 200).as_str());
    screen.line(&title)?;
    let why = HeaderText::new(&explained.why, 300);
    screen.line(&format!("  disposition  {}: {why}", explained.disposition))?;
    let (kind, language) = (request.kind, explained.language);
    screen.line(&format!("  kind         {kind}, {language}"))?;
    screen.line("")?;
    let subject =
        marked(&mail.subject, 0..mail.subject.len(), &evidence_in(explained, Place::Subject), screen);
    screen.line(&format!("  Subject: {}", subject.replace('\n', " ")))?;
    show_text(explained, screen)?;
    for attachment in &mail.attachments {
        let name = HeaderText::new(attachment.name.as_deref().unwrap_or("(no name)"), 100);
        let kind = HeaderText::new(&attachment.media_type, 60);
        screen.line(&format!("  Attachment: {name} ({kind}, {} bytes)", attachment.size))?;
    }

    screen.heading("  What it supplies")?;
    let mut table = Table::new(&[
        Column::Fixed("field"),
        Column::Fixed("state"),
        Column::Flexible("value"),
        Column::Flexible("words"),
        Column::Flexible("seen by"),
    ]);
    for (field, finding) in request.fields.iter() {
        let first = finding.evidence.first();
        table.row(vec![
            Cell::new(field),
            Cell::new(finding.state),
            Cell::new(finding.value.as_deref().unwrap_or("")),
            Cell::new(first.map_or("", |evidence| &evidence.text)),
            Cell::new(first.map_or("", |evidence| &evidence.cue)),
        ]);
    }
    table.show(screen, "    ", "")?;
    screen.line("")?;
    let missing =
        if explained.missing.is_empty() { "nothing".to_owned() } else { field_names(&explained.missing) };
    screen.line(&format!("  Still missing: {missing}"))?;
    let (action, why) = action(explained);
    let row = explained.row.map(|row| format!("; row {row}")).unwrap_or_default();
    screen.line(&format!("  Reply: {action} ({}{row})", HeaderText::new(&why, 300)))?;
    if let Some((subject, text)) = &explained.letter {
        screen.line("")?;
        screen.line(&format!("    Subject: {}", HeaderText::new(subject, 300)))?;
        screen.line("")?;
        screen.hostile("    ", text)?;
    }
    Ok(())
}

/// The text with its evidence marked; what does not count as the writer's own words is shortened.
fn show_text(explained: &Explained, screen: &mut Screen) -> Outcome {
    let mail: &Mail = &explained.mail;
    let evidence = evidence_in(explained, Place::Body);
    for segment in &mail.text.segments {
        if segment.kind.is_content() {
            let text = marked(&mail.text.full, segment.range.clone(), &evidence, screen);
            for line in text.trim_matches('\n').split('\n') {
                screen.line(&format!("  | {line}"))?;
            }
            continue;
        }
        let what = match segment.kind {
            SegmentKind::Quote => "quote",
            SegmentKind::Attribution => "line above a quote",
            SegmentKind::Signature => "signature",
            SegmentKind::Disclaimer => "disclaimer",
            SegmentKind::Own | SegmentKind::Forwarded => "own words",
        };
        let text = escape_for_terminal(mail.text.full.get(segment.range.clone()).unwrap_or_default());
        let lines: Vec<&str> = text.split('\n').filter(|line| !line.trim().is_empty()).collect();
        for line in lines.iter().take(ASIDE_LINES) {
            let line = screen.paint(Tone::Dim, &format!("{line}   [{what}, set aside]"));
            screen.line(&format!("  ~ {line}"))?;
        }
        if let Some(more) = lines.len().checked_sub(ASIDE_LINES).filter(|more| *more > 0) {
            let line = screen.paint(Tone::Dim, &format!("{more} more lines   [{what}, set aside]"));
            screen.line(&format!("  ~ {line}"))?;
        }
    }
    Ok(())
}

/// All evidence in one place, by where it begins; of what begins together, the longest first.
fn evidence_in(explained: &Explained, place: Place) -> Vec<(Range<usize>, Field)> {
    let fields = explained.request.fields.iter();
    let mut found: Vec<(Range<usize>, Field)> = fields
        .flat_map(|(field, finding)| finding.evidence.iter().map(move |evidence| (field, evidence)))
        .filter(|(_, evidence)| evidence.place == place)
        .map(|(field, evidence)| (evidence.span.clone(), field))
        .collect();
    found.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    found
}

/// A stretch of a text with `[field: words]` around the evidence in it, also inside other evidence. What only partly
/// overlaps with a mark before it is not marked.
fn marked(text: &str, range: Range<usize>, evidence: &[(Range<usize>, Field)], screen: &Screen) -> String {
    let clean = |range: Range<usize>| escape_for_terminal(text.get(range).unwrap_or_default());
    let mut shown = String::new();
    let mut at = range.start;
    for (index, (span, field)) in evidence.iter().enumerate() {
        if span.start < at || span.end > range.end || span.is_empty() {
            continue;
        }
        shown.push_str(&clean(at..span.start));
        shown.push_str(&screen.paint(Tone::Cyan, &format!("[{field}:")));
        // No field is marked inside itself, so this goes no deeper than there are fields.
        let rest = evidence.get(index + 1..).unwrap_or_default();
        let others: Vec<_> = rest.iter().filter(|(_, other)| other != field).cloned().collect();
        shown.push_str(&format!(" {}", marked(text, span.clone(), &others, screen)));
        shown.push_str(&screen.paint(Tone::Cyan, "]"));
        at = span.end;
    }
    shown.push_str(&clean(at..range.end));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_marked_in_its_place() {
        let text = "В Wialon \u{1b}[1m не\nстроится отчёт А1";
        let span = |words: &str| text.find(words).map(|at| at..at + words.len()).unwrap();
        let evidence = [
            (span("Wialon"), Field::Product),
            (span("Wialon \u{1b}"), Field::Steps),
            (span("не\nстроится отчёт А1"), Field::Description),
            (span("отчёт А1"), Field::Objects),
            (span("А1"), Field::Objects),
        ];
        let (plain, _) = Screen::memory(false, 100);
        assert_eq!(
            marked(text, 0..text.len(), &evidence, &plain),
            "В [product: Wialon] \\u{1b}[1m [description: не\nстроится [objects: отчёт А1]]"
        );
        let (colour, _) = Screen::memory(true, 100);
        assert_eq!(
            marked(text, 0..span("не").start, &evidence, &colour),
            "В \u{1b}[36m[product:\u{1b}[0m Wialon\u{1b}[36m]\u{1b}[0m \\u{1b}[1m "
        );
    }
}
