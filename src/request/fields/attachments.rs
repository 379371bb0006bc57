//! Attachments: files of substance, and links to them.

use crate::mail::AttachmentRole;
use crate::request::cue::Cue;
use crate::request::reading::Reading;
use crate::request::text::address::host;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind};
use crate::request::{Evidence, Field, Finding, Place, State};
use std::ops::Range;

/// Labels of hosts where people put screenshots and files.
const SHARES: &[&str] = &[
    "prnt",
    "prntscr",
    "prntscreen",
    "lightshot",
    "imgur",
    "imgbox",
    "imgbb",
    "ibb",
    "postimg",
    "postimages",
    "gyazo",
    "joxi",
    "skr",
    "snipboard",
    "monosnap",
    "nimb",
    "scr",
    "screencast",
    "screenpresso",
    "loom",
    "jing",
    "radikal",
    "fastpic",
    "piccy",
    "clip2net",
    "skitch",
    "disk",
    "yadi",
    "drive",
    "docs",
    "dropbox",
    "onedrive",
    "1drv",
    "sharepoint",
    "wetransfer",
    "we",
    "mega",
    "mediafire",
    "cloud",
    "icloud",
    "box",
    "files",
    "file",
    "fex",
    "share",
    "upload",
    "uploads",
    "storage",
    "nextcloud",
    "owncloud",
    "seafile",
    "pcloud",
    "sync",
    "transfer",
    "filetransfer",
    "ge",
    "dropmefiles",
    "gofile",
    "pastebin",
    "paste",
    "gist",
    "youtu",
    "youtube",
    "rutube",
    "vimeo",
    "streamable",
    "screenshot",
    "screenshots",
    "screen",
    "img",
    "image",
    "images",
    "pic",
    "pics",
    "photo",
    "photos",
    "video",
    "smash",
    "sendspace",
    "zippyshare",
];

/// Whether a name ends as files do that people send.
pub(crate) fn ends_as_file(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "png", "jpg", "jpeg", "gif", "bmp", "mp4", "webm", "mov", "zip", "rar", "7z", "log", "doc", "docx",
        "xls", "xlsx", "pdf", "csv", "txt",
    ];
    name.rsplit('.').next().is_some_and(|end| ENDINGS.contains(&end))
}

/// Whether a web address leads to a file share.
fn is_share(address: &str) -> bool {
    let file = ends_as_file(address);
    let share = host(address).split('.').any(|label| SHARES.contains(&label));
    share && address.contains('/') || file && address.contains("://")
}

/// Whether the elements are in a list that is attached: «машины по списку во вложении», "the units in the attached spreadsheet".
pub(crate) fn lists_elements(reading: &Reading<'_>) -> bool {
    const LISTS: &[&str] = &["список", "списк", "переч", "реестр", "lists", "spreadsheet", "excel", "xlsx"];
    const ATTACHED: &[&str] = &[
        "вложен",
        "приложен",
        "приложил",
        "приложу",
        "прилаг",
        "прикреп",
        "файл",
        "attach",
        "enclos",
        "file",
    ];
    const BY: &[&str] = &["по", "согласно", "см", "see", "per", "to"];
    const TABLES: &[&str] = &["xls", "xlsx", "csv", "ods", "doc", "docx", "pdf", "txt"];
    /// So many words apart they are of one thing.
    const NEAR: usize = 3;
    let is_table =
        |name: &str| name.rsplit('.').next().is_some_and(|end| TABLES.contains(&end.to_lowercase().as_str()));
    let lists = |sheet: &Sheet<'_>, at: usize| {
        let near = sheet.slice(at.saturating_sub(NEAR)..(at + 1 + NEAR).min(sheet.tokens.len()));
        let by =
            |back: usize| sheet.before(at, back).is_some_and(|before| BY.contains(&before.form.as_str()));
        let the = sheet.before(at, 1).is_some_and(|before| before.form == "the");
        // «приложение» is a program, too.
        let attached = |token: &Token| token.begins(ATTACHED) && !token.form.starts_with("приложени");
        sheet.token(at).is_some_and(|token| token.form == "list" || token.begins(LISTS))
            && (near.iter().any(attached) || by(1) || the && by(2))
    };
    let files =
        reading.mail.attachments.iter().filter(|attachment| attachment.role == AttachmentRole::Substance);
    files.filter_map(|file| file.name.as_deref()).any(is_table)
        && reading.sheets().any(|sheet| {
            let listed = |sentence: &Range<usize>| {
                sentence.clone().any(|at| lists(sheet, at))
                    && !sheet.any(sentence.clone(), &[Class::Fault, Class::VagueFault, Class::Negation])
            };
            sheet.sentences.iter().any(listed)
        })
}

/// Looks for files of substance and links to them.
pub(crate) fn find(reading: &Reading<'_>) -> Finding {
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut count = 0_usize;
    for attachment in
        reading.mail.attachments.iter().filter(|attachment| attachment.role == AttachmentRole::Substance)
    {
        count += 1;
        if let Some(name) = &attachment.name {
            let cue = Cue::File.into();
            evidence.push(Evidence {
                place: Place::Attachment,
                span: 0..name.len(),
                text: name.clone(),
                cue,
            });
        }
    }
    let body = &reading.body;
    for (at, token) in body.tokens.iter().enumerate() {
        if token.kind != TokenKind::Address {
            continue;
        }
        let sentence = body.sentence_at(at);
        let before = at.saturating_sub(12).max(sentence.start.saturating_sub(4));
        let announced = token.form.contains("://")
            && body.slice(before..sentence.end).iter().any(|token: &Token| token.has(Class::AttachmentNoun))
            && !token.form.contains("svc=");
        if is_share(&token.form) || announced {
            count += 1;
            evidence.push(body.evidence(at..at + 1, Cue::Link));
        }
    }
    if let Some(cue) = reading.cue(Field::Attachments).filter(|_| count == 0) {
        count = 1;
        evidence.push(cue);
    }
    if count == 0 {
        return Finding::default();
    }
    let value = evidence.first().map(|first| first.text.clone()).or_else(|| Some(format!("{count}")));
    evidence.truncate(crate::request::MOST_EVIDENCE);
    Finding { state: State::Present, value, evidence }
}
