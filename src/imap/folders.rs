//! Folders: opening one, listing them, finding the one for sent mail, creating one.

pub(super) mod account;
pub(super) mod name;
mod namespace;
pub(super) mod rights;

use super::error::{ImapError, Reply};
use super::session::protocol::{Connection, Tagged};
use account::Reading;
use async_imap::imap_proto::{
    AttributeValue, MailboxDatum, NameAttribute, Response, ResponseCode, StatusAttribute,
};
use name::{decode_utf7, quoted, quoted_folder, unquoted};

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
    /// It keeps no `\Seen`, for this login at least.
    pub(super) no_seen: bool,
    /// The same of `\Deleted`.
    pub(super) no_deleted: bool,
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
    (connection.exists, connection.uid_validity) = (0, None);
    let tagged = connection
        .run(&format!("{verb} {}", quoted_folder(folder)), |response| {
            if let Response::Data { outcome, .. } = response {
                match &outcome.code {
                    Some(ResponseCode::UidValidity(value)) => selected.uid_validity = Some(*value),
                    Some(ResponseCode::UidNext(value)) => selected.uid_next = Some(*value),
                    Some(ResponseCode::UidNotSticky) => sticky = false,
                    Some(ResponseCode::PermanentFlags(flags)) => {
                        let lacks = |name: &str| flags.iter().all(|flag| !flag.eq_ignore_ascii_case(name));
                        (selected.no_seen, selected.no_deleted) = (lacks("\\Seen"), lacks("\\Deleted"));
                    }
                    Some(_) | None => {}
                }
            }
        })
        .await?;
    let reply = tagged.ok(|| format!("to open the folder {folder}"))?;
    selected.read_only = reply.code == "READ-ONLY";
    connection.no_deleted = selected.no_deleted;
    if selected.uid_validity.is_none() {
        // A few servers tell it here only.
        if let Ok(told) = status(connection, folder, "UIDVALIDITY UIDNEXT").await? {
            selected.uid_validity = told.uid_validity;
            selected.uid_next = told.uid_next.or(selected.uid_next);
        }
    }
    if !sticky {
        selected.uid_validity = None;
    }
    Ok(selected)
}

/// What STATUS tells of a folder.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    pub(super) messages: Option<u32>,
    pub(super) uid_validity: Option<u32>,
    pub(super) uid_next: Option<u32>,
}

/// Asks for items of a folder's STATUS; the inner error is the server's refusal.
pub(super) async fn status(
    connection: &mut Connection,
    folder: &str,
    items: &str,
) -> Result<Result<Told, Reply>, ImapError> {
    let mut told = Told::default();
    let command = format!("STATUS {} ({items})", quoted_folder(folder));
    let tagged = connection
        .run(&command, |response| {
            let Response::MailboxData(MailboxDatum::Status { status, .. }) = response else { return };
            for attribute in status {
                #[expect(
                    clippy::wildcard_enum_match_arm,
                    reason = "a foreign enum of all that can be asked for"
                )]
                match attribute {
                    StatusAttribute::Messages(value) => told.messages = Some(*value),
                    StatusAttribute::UidValidity(value) => told.uid_validity = Some(*value),
                    StatusAttribute::UidNext(value) => told.uid_next = Some(*value),
                    _ => {}
                }
            }
        })
        .await?;
    Ok(match tagged {
        Tagged::Ok(_) => Ok(told),
        Tagged::No(reply) | Tagged::Bad(reply) => Err(reply),
    })
}

/// The highest UID in the folder that has just been selected, 0 if it is empty. A mail that comes meanwhile has another number.
pub(super) async fn highest_uid(connection: &mut Connection) -> Result<u32, ImapError> {
    let (mut highest, last) = (0, connection.exists);
    if last > 0 {
        connection
            .run(&format!("FETCH {last} (UID)"), |response| {
                if let Response::Fetch(number, attributes) = response
                    && *number == last
                {
                    for attribute in attributes {
                        if let AttributeValue::Uid(uid) = attribute {
                            highest = highest.max(*uid);
                        }
                    }
                }
            })
            .await?
            .ok(|| "FETCH".to_owned())?;
    }
    Ok(highest)
}

/// A folder as LIST tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// Its name in UTF-8.
    pub(super) name: String,
    /// Between the levels of its name, if there are levels.
    pub(super) delimiter: Option<String>,
    /// What the server says it is for (RFC 6154): `\Sent`, `\Junk` …
    pub(super) special_use: Option<String>,
    /// Whether it can be opened.
    pub(super) selectable: bool,
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
                    name: decode_utf7(&unquoted(&data.name)),
                    delimiter: data.delimiter.as_deref().map(unquoted),
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

/// Where a folder is that mails are put into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Exists(String),
    /// Nowhere yet; if it cannot be created under that name, then perhaps under the other.
    Create {
        name: String,
        otherwise: Option<String>,
    },
}

impl Place {
    /// Its name, and whether it is there.
    pub(super) fn told(self) -> (String, bool) {
        match self {
            Self::Exists(name) => (name, true),
            Self::Create { name, .. } => (name, false),
        }
    }
}

/// Where the folder is that a person calls so. If there is none of that name, it is one of the user's own folders: under
/// their prefix, where the server tells one.
pub(super) async fn locate(
    connection: &mut Connection,
    folders: &[Folder],
    name: &str,
) -> Result<Place, ImapError> {
    if is_there(folders, name) {
        return Ok(Place::Exists(name.to_owned()));
    }
    // What ends with a separator is another way to write the same (RFC 9051, section 6.3.4).
    let name = delimiter(folders).map_or(name, |end| name.trim_end_matches(end));
    // Exchange and others tell no case apart.
    if let Some(folder) = folders.iter().find(|folder| folder.name.to_lowercase() == name.to_lowercase()) {
        return Ok(Place::Exists(folder.name.clone()));
    }
    Ok(match namespace::ask(connection).await?.map(|namespaces| namespaces.full(name)) {
        Some(name) if is_there(folders, &name) => Place::Exists(name),
        Some(name) => Place::Create { name, otherwise: None },
        None => guess(folders, name),
    })
}

/// The same for a server without NAMESPACE. Some keep everything under INBOX and take nothing beside it.
fn guess(folders: &[Folder], name: &str) -> Place {
    let plain = name.to_owned();
    let Some(delimiter) = delimiter(folders) else { return Place::Create { name: plain, otherwise: None } };
    if name.split(delimiter).next().is_some_and(|first| first.eq_ignore_ascii_case("INBOX")) {
        return Place::Create { name: plain, otherwise: None };
    }
    let under_inbox = format!("INBOX{delimiter}{name}");
    if is_there(folders, &under_inbox) {
        return Place::Exists(under_inbox);
    }
    let mut others = folders.iter().filter(|folder| !is_inbox(folder)).peekable();
    if others.peek().is_some() && others.all(|folder| own_name(folder).len() < folder.name.len()) {
        Place::Create { name: under_inbox, otherwise: Some(plain) }
    } else {
        Place::Create { name: plain, otherwise: Some(under_inbox) }
    }
}

fn is_inbox(folder: &Folder) -> bool {
    folder.name.eq_ignore_ascii_case("INBOX")
}

/// What stands between the levels of a name on this server.
fn delimiter(folders: &[Folder]) -> Option<&str> {
    let inbox = folders.iter().find(|folder| is_inbox(folder));
    inbox.or(folders.first())?.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty())
}

fn is_there(folders: &[Folder], name: &str) -> bool {
    folders.iter().any(|folder| folder.name == name)
}

/// The name without a leading `INBOX.`.
fn own_name(folder: &Folder) -> &str {
    let Some(delimiter) = &folder.delimiter else { return &folder.name };
    match folder.name.split_once(delimiter.as_str()) {
        Some((first, rest)) if first.eq_ignore_ascii_case("INBOX") => rest,
        Some(_) | None => &folder.name,
    }
}

/// The folder that is marked `\Sent`, else one with a usual name.
fn usual_sent(folders: &[Folder]) -> Option<&Folder> {
    let usable = || folders.iter().filter(|folder| folder.selectable);
    let named = |name: &str| usable().find(|folder| own_name(folder).to_lowercase() == name.to_lowercase());
    usable()
        .find(|folder| folder.special_use.as_deref() == Some("\\Sent"))
        .or_else(|| SENT_NAMES.into_iter().find_map(named))
}

/// Where the folder for sent mail is: `named`, else the usual one, else a new `Sent`.
pub(super) async fn place_of_sent(
    connection: &mut Connection,
    folders: &[Folder],
    named: Option<&str>,
) -> Result<Place, ImapError> {
    match named {
        Some(name) => locate(connection, folders, name).await,
        None => match usual_sent(folders) {
            Some(folder) => Ok(Place::Exists(folder.name.clone())),
            None => locate(connection, folders, "Sent").await,
        },
    }
}

/// The same for whoever has not listed the folders. It must be none that requests are read from.
pub(super) async fn find_sent(
    connection: &mut Connection,
    account: &[Reading],
    named: Option<&str>,
) -> Result<Place, ImapError> {
    let folders = list(connection).await?;
    let place = place_of_sent(connection, &folders, named).await?;
    let (Place::Exists(name) | Place::Create { name, .. }) = &place;
    if account::is_read(account, name) {
        return Err(ImapError::SentIsRead(name.clone()));
    }
    Ok(place)
}

/// The name of that folder, which is created if it is missing.
pub(super) async fn sent_folder(
    connection: &mut Connection,
    account: &[Reading],
    named: Option<&str>,
) -> Result<String, ImapError> {
    let place = find_sent(connection, account, named).await?;
    made(connection, place).await?.map_err(|NotMade { name, reply }| {
        let refused = |text| ImapError::refused(format!("to create the folder {name}"), text);
        ImapError::from_words(&reply, refused).of_setting("sent_folder")
    })
}

/// A folder that the server does not create.
pub(super) struct NotMade {
    pub(super) name: String,
    pub(super) reply: Reply,
}

/// Creates what is missing, and gives its name.
pub(super) async fn made(
    connection: &mut Connection,
    place: Place,
) -> Result<Result<String, NotMade>, ImapError> {
    let (name, otherwise) = match place {
        Place::Exists(name) => return Ok(Ok(name)),
        Place::Create { name, otherwise } => (name, otherwise),
    };
    let (Tagged::No(reply) | Tagged::Bad(reply)) = create(connection, &name).await? else {
        return Ok(Ok(name));
    };
    if let Some(other) = otherwise
        && matches!(create(connection, &other).await?, Tagged::Ok(_))
    {
        return Ok(Ok(other));
    }
    Ok(Err(NotMade { name, reply }))
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

    fn folders(names: &[(&str, Option<&str>)]) -> Vec<Folder> {
        let folder = |(name, special_use): &(&str, Option<&str>)| Folder {
            name: (*name).to_owned(),
            delimiter: Some(".".to_owned()),
            special_use: special_use.map(str::to_owned),
            selectable: true,
        };
        names.iter().map(folder).collect()
    }

    #[test]
    fn the_usual_folder_for_sent_mail() {
        fn check(names: &[(&str, Option<&str>)], expect: Option<&str>) {
            let folders = folders(names);
            assert_eq!(usual_sent(&folders).map(|folder| folder.name.as_str()), expect, "{names:?}");
        }
        check(&[("INBOX", None), ("Sent", None), ("Gesendet", Some("\\Sent"))], Some("Gesendet"));
        check(&[("INBOX", None), ("SENT ITEMS", None)], Some("SENT ITEMS"));
        check(&[("INBOX", None), ("отправленные", None)], Some("отправленные"));
        check(&[("INBOX", None), ("INBOX.Sent", None)], Some("INBOX.Sent"));
        check(&[("INBOX", None), ("INBOX.Drafts", None), ("user.anna.Sent", None)], None);
    }

    #[test]
    fn without_namespace_the_other_folders_tell_where_a_new_one_belongs() {
        fn check(others: &[&str], name: &str, expect: &str, otherwise: Option<&str>) {
            let names: Vec<_> = ["INBOX"].iter().chain(others).map(|name| (*name, None)).collect();
            let expect = Place::Create { name: expect.to_owned(), otherwise: otherwise.map(str::to_owned) };
            assert_eq!(guess(&folders(&names), name), expect, "{others:?}");
        }
        check(&["INBOX.Drafts"], "Sent", "INBOX.Sent", Some("Sent"));
        check(&["INBOX.Drafts", "Trash"], "Sent", "Sent", Some("INBOX.Sent"));
        check(&[], "Sent", "Sent", Some("INBOX.Sent"));
        check(&[], "inbox.Sent", "inbox.Sent", None);
        let there = folders(&[("INBOX", None), ("INBOX.Done", None)]);
        assert_eq!(guess(&there, "Done"), Place::Exists("INBOX.Done".to_owned()));
        assert_eq!(guess(&[], "Done"), Place::Create { name: "Done".to_owned(), otherwise: None });
    }
}
