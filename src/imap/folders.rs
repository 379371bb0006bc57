//! Folders: opening one, listing them, finding the one for sent mail, creating one.

use super::error::ImapError;
use super::name::{decode_utf7, quoted, quoted_folder};
use super::protocol::{Connection, Tagged};
use async_imap::imap_proto::{
    AttributeValue, MailboxDatum, NameAttribute, Response, ResponseCode, StatusAttribute,
};

/// Folders that are looked at when the one for sent mail is sought.
const MAX_FOLDERS: usize = 10_000;

/// Names that a folder for sent mail has on servers that do not mark it, in the order in which they are tried.
const SENT_NAMES: [&str; 5] = ["Sent", "Отправленные", "Sent Items", "Sent Messages", "Sent Mail"];

/// An opened folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Selected {
    pub(super) uid_validity: Option<u32>,
    pub(super) uid_next: Option<u32>,
    pub(super) read_only: bool,
}

/// Opens a folder (UTF-8 name); read-only if nothing is to be changed in it.
pub(super) async fn select(
    connection: &mut Connection,
    folder: &str,
    read_only: bool,
) -> Result<Selected, ImapError> {
    let mut selected = Selected::default();
    let mut sticky = true;
    let verb = if read_only { "EXAMINE" } else { "SELECT" };
    connection.exists = 0;
    let tagged = connection
        .run(&format!("{verb} {}", quoted_folder(folder)), |response| {
            if let Response::Data { outcome, .. } = response {
                match &outcome.code {
                    Some(ResponseCode::UidValidity(value)) => selected.uid_validity = Some(*value),
                    Some(ResponseCode::UidNext(value)) => selected.uid_next = Some(*value),
                    Some(ResponseCode::UidNotSticky) => sticky = false,
                    Some(_) | None => {}
                }
            }
        })
        .await?;
    let reply = tagged.ok(|| format!("to open the folder {folder}"))?;
    selected.read_only = reply.code == "READ-ONLY";
    if selected.uid_validity.is_none() {
        // A few servers tell it here only.
        let status = format!("STATUS {} (UIDVALIDITY UIDNEXT)", quoted_folder(folder));
        let _may_be_refused = connection
            .run(&status, |response| {
                let Response::MailboxData(MailboxDatum::Status { status, .. }) = response else { return };
                for attribute in status {
                    if let StatusAttribute::UidValidity(value) = attribute {
                        selected.uid_validity = Some(*value);
                    }
                    if let StatusAttribute::UidNext(value) = attribute {
                        selected.uid_next = Some(*value);
                    }
                }
            })
            .await?;
    }
    if !sticky {
        selected.uid_validity = None;
    }
    Ok(selected)
}

/// The highest UID in the selected folder, 0 if it is empty.
pub(super) async fn highest_uid(connection: &mut Connection) -> Result<u32, ImapError> {
    let mut highest = 0;
    if connection.exists > 0 {
        connection
            .run("UID FETCH * (UID)", |response| {
                if let Response::Fetch(_, attributes) = response {
                    for attribute in attributes {
                        if let AttributeValue::Uid(uid) = attribute {
                            highest = highest.max(*uid);
                        }
                    }
                }
            })
            .await?
            .ok(|| "UID FETCH *".to_owned())?;
    }
    Ok(highest)
}

/// A folder as LIST tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its name in UTF-8.
    pub name: String,
    /// Between the levels of its name, if there are levels.
    pub delimiter: Option<String>,
    /// What the server says it is for (RFC 6154): `\Sent`, `\Junk` …
    pub special_use: Option<String>,
    /// Whether it can be opened.
    pub selectable: bool,
}

/// All folders.
pub(super) async fn list(connection: &mut Connection) -> Result<Vec<Folder>, ImapError> {
    let extended = connection.has("SPECIAL-USE") && connection.has("LIST-EXTENDED");
    if extended && let Ok(folders) = list_with(connection, " RETURN (SPECIAL-USE)").await? {
        return Ok(folders);
    }
    list_with(connection, "").await?.map_err(|tagged| match tagged.ok(|| "to list the folders".to_owned()) {
        Err(error) => error,
        Ok(reply) => ImapError::Lost(reply.to_string()),
    })
}

async fn list_with(
    connection: &mut Connection,
    options: &str,
) -> Result<Result<Vec<Folder>, Tagged>, ImapError> {
    let mut folders = Vec::new();
    let command = format!("LIST {} {}{options}", quoted(""), quoted("*"));
    let tagged = connection
        .run(&command, |response| {
            let Response::MailboxData(MailboxDatum::List(data)) = response else { return };
            if folders.len() < MAX_FOLDERS {
                folders.push(Folder {
                    name: decode_utf7(&data.name),
                    delimiter: data.delimiter.as_ref().map(ToString::to_string),
                    special_use: data.name_attributes.iter().find_map(special_use).map(str::to_owned),
                    selectable: data.name_attributes.iter().all(is_selectable),
                });
            }
        })
        .await?;
    Ok(if matches!(tagged, Tagged::Ok(_)) { Ok(folders) } else { Err(tagged) })
}

fn special_use(attribute: &NameAttribute<'_>) -> Option<&'static str> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum; other attributes name no use")]
    match attribute {
        NameAttribute::All => Some("\\All"),
        NameAttribute::Archive => Some("\\Archive"),
        NameAttribute::Drafts => Some("\\Drafts"),
        NameAttribute::Flagged => Some("\\Flagged"),
        NameAttribute::Junk => Some("\\Junk"),
        NameAttribute::Sent => Some("\\Sent"),
        NameAttribute::Trash => Some("\\Trash"),
        _ => None,
    }
}

fn is_selectable(attribute: &NameAttribute<'_>) -> bool {
    let missing =
        matches!(attribute, NameAttribute::Extension(name) if name.eq_ignore_ascii_case("\\NonExistent"));
    !missing && *attribute != NameAttribute::NoSelect
}

/// Which folder sent mail goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SentChoice {
    Exists(String),
    Create(String),
}

/// The folder marked `\Sent`, else one with a usual name, else one to be created where the others are.
pub(super) fn choose_sent(folders: &[Folder]) -> SentChoice {
    let usable = || folders.iter().filter(|folder| folder.selectable);
    if let Some(folder) = usable().find(|folder| folder.special_use.as_deref() == Some("\\Sent")) {
        return SentChoice::Exists(folder.name.clone());
    }
    for name in SENT_NAMES {
        if let Some(folder) = usable().find(|folder| own_name(folder).to_lowercase() == name.to_lowercase()) {
            return SentChoice::Exists(folder.name.clone());
        }
    }
    // Servers that keep everything under INBOX take nothing beside it.
    let mut others = folders.iter().filter(|folder| !folder.name.eq_ignore_ascii_case("INBOX")).peekable();
    let delimiter = others.peek().and_then(|folder| folder.delimiter.clone());
    match delimiter {
        Some(delimiter) if others.all(under_inbox) => SentChoice::Create(format!("INBOX{delimiter}Sent")),
        Some(_) | None => SentChoice::Create("Sent".to_owned()),
    }
}

fn under_inbox(folder: &Folder) -> bool {
    own_name(folder).len() < folder.name.len()
}

/// The name without a leading `INBOX.`.
fn own_name(folder: &Folder) -> &str {
    let Some(delimiter) = &folder.delimiter else { return &folder.name };
    match folder.name.split_once(delimiter.as_str()) {
        Some((first, rest)) if first.eq_ignore_ascii_case("INBOX") => rest,
        Some(_) | None => &folder.name,
    }
}

/// The folder for sent mail: `named`, else the one that [`choose_sent`] finds.
pub(super) async fn find_sent(
    connection: &mut Connection,
    named: Option<&str>,
) -> Result<SentChoice, ImapError> {
    let folders = list(connection).await?;
    Ok(match named {
        Some(name) if folders.iter().any(|folder| folder.name == name) => SentChoice::Exists(name.to_owned()),
        Some(name) => SentChoice::Create(name.to_owned()),
        None => choose_sent(&folders),
    })
}

/// The same, created if it is missing.
pub(super) async fn sent_folder(
    connection: &mut Connection,
    named: Option<&str>,
) -> Result<String, ImapError> {
    match find_sent(connection, named).await? {
        SentChoice::Exists(folder) => Ok(folder),
        SentChoice::Create(folder) => {
            create_sent(connection, &folder).await?;
            Ok(folder)
        }
    }
}

pub(super) async fn create_sent(connection: &mut Connection, folder: &str) -> Result<(), ImapError> {
    create(connection, folder).await?.ok(|| format!("to create the folder {folder}"))?;
    Ok(())
}

/// Creates a folder and subscribes to it, so that people see it. That it exists already is fine.
pub(super) async fn create(connection: &mut Connection, folder: &str) -> Result<Tagged, ImapError> {
    let name = quoted_folder(folder);
    let tagged = match connection.run(&format!("CREATE {name}"), |_| ()).await? {
        Tagged::No(reply) if reply.code == "ALREADYEXISTS" => Tagged::Ok(reply),
        tagged @ (Tagged::Ok(_) | Tagged::No(_) | Tagged::Bad(_)) => tagged,
    };
    if matches!(tagged, Tagged::Ok(_)) {
        let _may_be_refused = connection.run(&format!("SUBSCRIBE {name}"), |_| ()).await?;
    }
    Ok(tagged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[(&str, Option<&str>)], expect: SentChoice) {
        let folders: Vec<Folder> = names
            .iter()
            .map(|(name, special_use)| Folder {
                name: (*name).to_owned(),
                delimiter: Some(if name.contains('.') { "." } else { "/" }.to_owned()),
                special_use: special_use.map(str::to_owned),
                selectable: true,
            })
            .collect();
        assert_eq!(choose_sent(&folders), expect, "{names:?}");
    }

    #[test]
    fn the_folder_for_sent_mail() {
        use SentChoice::{Create, Exists};
        check(&[("INBOX", None), ("Sent", None), ("Gesendet", Some("\\Sent"))], Exists("Gesendet".into()));
        check(&[("INBOX", None), ("SENT ITEMS", None)], Exists("SENT ITEMS".into()));
        check(&[("INBOX", None), ("отправленные", None)], Exists("отправленные".into()));
        check(&[("INBOX", None), ("INBOX.Sent", None)], Exists("INBOX.Sent".into()));
        check(&[("INBOX", None), ("INBOX.Drafts", None)], Create("INBOX.Sent".into()));
        check(&[("INBOX", None), ("INBOX.Drafts", None), ("Trash", None)], Create("Sent".into()));
        check(&[("INBOX", None)], Create("Sent".into()));
    }
}
