//! What the folders of `[[mailbox]]` must not be: a folder that requests are read from takes neither copies of letters nor mails that
//! come back to it, and the folder for sent mail takes no mails of clients. Only the server knows all names of a folder: `imap` looks once more.

use super::checker::Checker;
use super::problem::Flaw;
use super::server::SentFolder;
use super::value;
use crate::imap::{After, is_same_folder};
use std::ops::Range;

/// The folders of one section with their places in the file.
pub(super) struct Folders {
    /// Server and login; `None` if that is not known.
    pub(super) account: Option<(String, u16, String)>,
    pub(super) folder: String,
    pub(super) after: (After, Range<usize>),
    pub(super) sent: (SentFolder, Range<usize>),
}

impl Folders {
    fn moves_to(&self) -> Option<&str> {
        match &self.after.0 {
            After::Move(folder) => Some(folder),
            After::Seen | After::Leave => None,
        }
    }
}

/// Looks at the folders of all sections together.
pub(super) fn check_folders(checker: &mut Checker<'_>, all: &[Folders]) {
    for (index, section) in all.iter().enumerate() {
        // Its own folder first, whose account is known to be the same.
        let others = all.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
        let of_account = others.filter(|other| section.account.is_some() && section.account == other.account);
        let of_account: Vec<&Folders> = std::iter::once(section).chain(of_account).collect();
        let reader =
            |name: &str| of_account.iter().find(|other| is_same_folder(&other.folder, name)).copied();

        if let (SentFolder::Named(name), at) = &section.sent
            && let Some(reader) = reader(name)
        {
            let what = if std::ptr::eq(reader, section) {
                "copies of letters cannot be put into the folder that is read"
            } else {
                "copies of letters cannot be put into a folder that another [[mailbox]] reads"
            };
            checker.problem(at.clone(), what, "name the folder for sent mail, or \"auto\" or \"off\"");
        }
        let takes = |name: &str| {
            of_account
                .iter()
                .any(|other| matches!(&other.sent.0, SentFolder::Named(sent) if is_same_folder(sent, name)))
        };
        if section.moves_to().is_some_and(|name| takes(name) && reader(name).is_none()) {
            let what = "clients' mails cannot be moved to the folder for sent mail, where agents' answers are looked for";
            checker.problem(section.after.1.clone(), what, "name another folder: \"move:Archive\"");
        }
        let mut way = vec![section];
        while let Some(next) = way.last().and_then(|last| last.moves_to()).and_then(reader) {
            if std::ptr::eq(next, section) {
                let (what, remedy) = match way.as_slice() {
                    [_] => ("mails cannot be moved to the folder they are read from", "name another folder"),
                    _ => (
                        "mails come back to this folder: it is where another [[mailbox]] of this account moves them to",
                        "name a folder that no [[mailbox]] reads",
                    ),
                };
                checker.problem(section.after.1.clone(), what, remedy);
            }
            if way.iter().any(|known| std::ptr::eq(*known, next)) {
                break;
            }
            way.push(next);
        }
    }
}

/// What should not make a folder that is called so.
const WORDS: [(&str, &str); 10] = [
    ("auto", "auto"),
    ("automatic", "auto"),
    ("default", "auto"),
    ("true", "auto"),
    ("yes", "auto"),
    ("off", "off"),
    ("none", "off"),
    ("false", "off"),
    ("no", "off"),
    ("never", "off"),
];

/// `"auto"`, `"off"` or a name.
pub(super) fn sent_folder(text: &str) -> Result<SentFolder, Flaw> {
    match text {
        "auto" => return Ok(SentFolder::Auto),
        "off" => return Ok(SentFolder::Off),
        _ => {}
    }
    let name = value::line(text)?;
    if let Some((_, meant)) = WORDS.iter().find(|(word, _)| *word == name.to_lowercase()) {
        let remedy = format!("did you mean \"{meant}\"? It can be \"auto\", \"off\" or the name of a folder");
        return Err(Flaw::new(format!("\"{name}\" would be taken for the name of a folder"), remedy));
    }
    Ok(SentFolder::Named(name))
}
