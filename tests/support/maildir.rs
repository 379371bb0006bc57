//! A mailbox as its owner sees it, read from Dovecot's Maildir.

use super::compose::bare;
use super::wait_for;
use anyhow::{Context, Result};
use mail_parser::MessageParser;
use std::path::{Path, PathBuf};

/// A mail in a mailbox.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// Its bytes.
    pub(crate) raw: Vec<u8>,
    /// Maildir flags: `S` for seen.
    pub(crate) flags: String,
}

impl Letter {
    /// The values of the header fields of this name, unfolded, encoded words decoded where there are any.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let head = String::from_utf8_lossy(&self.raw);
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in head.lines().take_while(|line| !line.is_empty()) {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push_str(line);
                }
            } else if let Some((key, value)) = line.split_once(':') {
                fields.push((key.to_lowercase(), value.trim().to_owned()));
            }
        }
        let name = name.to_lowercase();
        fields.into_iter().filter(|(key, _)| *key == name).map(|(_, value)| value).collect()
    }

    /// The value of a header field that is there once.
    pub(crate) fn header(&self, name: &str) -> Result<String> {
        let values = self.headers(name);
        let [value] = values.as_slice() else {
            anyhow::bail!("{} fields {name} in\n{}", values.len(), String::from_utf8_lossy(&self.raw));
        };
        Ok(value.clone())
    }

    /// The decoded subject.
    pub(crate) fn subject(&self) -> String {
        let parsed = MessageParser::default().parse(&self.raw);
        parsed.and_then(|mail| mail.subject().map(str::to_owned)).unwrap_or_default()
    }

    /// The author as a mail program shows him: `Name <address>`.
    pub(crate) fn author(&self) -> Result<String> {
        let header = self.header("From")?;
        let parsed = MessageParser::default().parse(&self.raw);
        let name = parsed.and_then(|mail| Some(mail.from()?.first()?.name()?.to_string()));
        Ok(name.map_or_else(|| header.clone(), |name| format!("{name} <{}>", bare(&header))))
    }

    /// The decoded plain text, with soft line breaks undone (RFC 3676: a space before the line end).
    pub(crate) fn text(&self) -> String {
        let parsed = MessageParser::default().parse(&self.raw);
        let text = parsed.and_then(|mail| mail.body_text(0).map(|text| text.replace("\r\n", "\n")));
        let text = text.unwrap_or_default();
        let unfold = |line: &str| match line.trim_end_matches('\n') {
            "-- " => line.to_owned(),
            soft if soft.ends_with(' ') => soft.to_owned(),
            _ => line.to_owned(),
        };
        text.split_inclusive('\n').map(unfold).collect()
    }

    /// The media type of the whole mail.
    pub(crate) fn media_type(&self) -> String {
        let parsed = MessageParser::default().parse(&self.raw);
        let of = parsed.as_ref().and_then(|mail| mail.content_type());
        of.map(|of| format!("{}/{}", of.ctype(), of.subtype().unwrap_or("*"))).unwrap_or_default()
    }
}

/// The mails of a folder, oldest first; none if it is not there.
pub(crate) fn letters(folder: &Path) -> Result<Vec<Letter>> {
    let mut found = Vec::new();
    for part in ["new", "cur"] {
        let Ok(entries) = std::fs::read_dir(folder.join(part)) else { continue };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // Another program may be moving it from new to cur.
            let Ok(raw) = std::fs::read(&path) else { continue };
            let flags = name.split_once(":2,").map(|(_, flags)| flags.to_owned()).unwrap_or_default();
            found.push((name, Letter { raw, flags }));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found.into_iter().map(|(_, letter)| letter).collect())
}

/// Waits until a folder holds `count` mails and gives them, oldest first.
pub(crate) fn wait_for_letters(folder: &Path, count: usize) -> Result<Vec<Letter>> {
    wait_for(&format!("{count} mails in {}", folder.display()), || {
        let letters = letters(folder)?;
        Ok((letters.len() >= count).then_some(letters))
    })
    .with_context(|| format!("it holds {}", letters(folder).map_or(0, |letters| letters.len())))
}

/// A folder below the inbox (Maildir++).
pub(crate) fn subfolder(inbox: &Path, name: &str) -> PathBuf {
    inbox.join(format!(".{name}"))
}
