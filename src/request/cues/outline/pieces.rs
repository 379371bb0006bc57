//! What in a report is told, and what is code, the output of a program, or typed in a shell.

use super::among;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};

/// A line of fewer bytes than this was ended by its writer, not by a program that wraps lines.
const WRAPPED_LINE: usize = 50;

/// So many pieces are looked at: nobody tells a report in more, but a text of lines of one letter has ten times as many.
const MOST_PIECES: usize = 6_000;

/// A part of a report.
pub(super) enum Piece<'a> {
    Sentence(&'a [Token]),
    /// A line of a program or of its settings.
    Code,
    /// A line that a program wrote.
    Log,
    /// A line typed in a shell.
    Shell,
}

impl<'a> Piece<'a> {
    /// Its tokens, where it is a sentence.
    pub(super) fn sentence(&self) -> Option<&'a [Token]> {
        match self {
            Self::Sentence(tokens) => Some(tokens),
            Self::Code | Self::Log | Self::Shell => None,
        }
    }
}

/// Cuts a body: lines of code, of logs and of shells by themselves, all else in sentences, which end at a colon, too.
pub(super) fn pieces<'a>(sheet: &'a Sheet<'_>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut fenced = false;
    let mut from = 0;
    let mut goes_on = false;
    for (at, token) in sheet.tokens.iter().enumerate() {
        if pieces.len() >= MOST_PIECES {
            return pieces;
        }
        if token.kind == TokenKind::Newline {
            // The end of the line: `line` below has none.
            let line_start = sheet.tokens.get(..at).map_or(0, |before| {
                before.iter().rposition(|token| token.kind == TokenKind::Newline).map_or(0, |at| at + 1)
            });
            let text = sheet.text.get(sheet.span(line_start..at)).unwrap_or_default();
            let before = sheet.text.get(..sheet.span(line_start..at).start).unwrap_or_default();
            let margin = before.rsplit('\n').next().unwrap_or_default();
            let fences = text.matches("```").count()
                + text.matches("{code").count()
                + text.matches("{noformat").count();
            let special = if is_shell(text, fenced) {
                Some(Piece::Shell)
            } else if is_log(text) {
                Some(Piece::Log)
            } else if fenced || fences > 0 || is_code(text, margin) {
                Some(Piece::Code)
            } else {
                None
            };
            fenced ^= fences % 2 == 1;
            if let Some(special) = special {
                if line_start < at && (fences == 0 || text.len() > 20) {
                    pieces.push(special);
                }
                from = at + 1;
                goes_on = false;
                continue;
            }
            let next = sheet.token(at + 1);
            let wrapped = text.len() >= WRAPPED_LINE
                && next.is_some_and(|next| next.is_word() && next.case == Case::Lower);
            if !wrapped {
                push(&mut pieces, sheet.slice(from..at));
                from = at + 1;
            }
            goes_on = wrapped;
        } else if matches!(token.kind, TokenKind::Mark('.' | '!' | '?' | ':' | ';'))
            && !fenced
            && sheet.token(at + 1).is_none_or(|next| next.spaced)
            && at
                .checked_sub(1)
                .and_then(|before| sheet.token(before))
                .is_none_or(|before| before.kind != TokenKind::Number)
        {
            push(&mut pieces, sheet.slice(from..at + 1));
            from = at + 1;
        }
    }
    if goes_on || from < sheet.tokens.len() {
        push(&mut pieces, sheet.slice(from..sheet.tokens.len()));
    }
    pieces
}

fn push<'a>(pieces: &mut Vec<Piece<'a>>, sentence: &'a [Token]) {
    if sentence.iter().any(|token| token.is_word() || token.kind == TokenKind::Number) {
        pieces.push(Piece::Sentence(sentence));
    }
}

/// `$ docker run`, `root@host:~# ls`, and in a block of code `git commit`.
fn is_shell(line: &str, fenced: bool) -> bool {
    const PROGRAMS: &str = " sudo docker docker-compose git npm pip curl wget make mvn java python cd apt-get yum svn touch echo vi ";
    let first = line.split_whitespace().next().unwrap_or_default();
    let rest = line.len() > first.len();
    rest && (matches!(first, "$" | "%" | ">>>" | "sudo")
        || first.starts_with("./")
        || fenced && (first == "#" || among(first, PROGRAMS))
        || first.contains('@')
            && (first.ends_with(['$', '#', '%'])
                || [" % ", " $ ", " # ", "$ ", "# "].iter().any(|prompt| line.contains(prompt))))
}

/// Stack traces, lines with a time, what a browser says of itself.
fn is_log(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    let trace =
        first == "at" && line.contains('(') && line.contains('.') && line.split_whitespace().count() <= 4;
    let time = first.trim_start_matches('[').starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().filter(|b| matches!(b, b':' | b'-' | b'/')).count() >= 2;
    let source = first.starts_with('[') && first.ends_with([']', ':']) && first.len() > 3;
    let probe = first == "checking" && line.contains("...");
    trace
        || time
        || source
        || probe
        || first.ends_with("Exception:")
        || first.ends_with("Error:")
        || first
            .strip_prefix('#')
            .is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()) && line.contains("0x"))
        || line.contains(".java:")
        || ["Caused by", "User-Agent", "Build Identifier", "Traceback", "File \"", "make["]
            .iter()
            .any(|start| line.starts_with(start))
}

/// Markup, assignments, calls.
fn is_code(line: &str, margin: &str) -> bool {
    let end = line.trim_end();
    let words = line.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count();
    let marks = line
        .chars()
        .filter(|c| matches!(c, '{' | '}' | ';' | '=' | '<' | '>' | '(' | ')' | '\\' | '/' | '_'))
        .count();
    let flags = line.split_whitespace().filter(|word| word.len() > 1 && word.starts_with('-')).count();
    end.ends_with(['{', '}'])
        || end.ends_with(';') && (marks > words || words <= 3)
        || flags >= 2
        || end.starts_with('<') && end.ends_with('>')
        || marks > 2 * words.max(1) && marks >= 4
        || margin.len() >= 4
            && marks > words
            && !line.starts_with(['-', '*', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
}
