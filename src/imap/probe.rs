//! [`probe`]: what `doctor` tells about a mailbox.

use super::after::transfer::into_itself;
use super::error::{ImapError, Reply};
use super::folders::account;
use super::folders::name::encode_utf7;
use super::folders::rights::{self, Lacking};
use super::folders::{Folder, Place, list, locate, place_of_sent, select, status};
use super::session::login;
use super::session::protocol::Connection;
use super::settings::{After, FolderChoice, Settings};
use crate::net::CertificateInfo;
use std::time::{Duration, Instant};

/// What a look at a mailbox has shown.
#[derive(Clone, Debug)]
pub struct ProbeReport {
    /// The server's certificate.
    pub certificate: Option<CertificateInfo>,
    /// From the first packet to the end of the login.
    pub login_took: Duration,
    /// New mail is announced; else it is polled for.
    pub idle: bool,
    /// Mails can be moved in one step; else they are copied and deleted.
    pub can_move: bool,
    /// Single mails can be expunged (UIDPLUS).
    pub uidplus: bool,
    /// Where copies of sent letters would go, and whether the folder exists.
    pub sent: (String, bool),
    /// The watched folder.
    pub watched: WatchedFolder,
    /// The folder that stored mails are moved to, if they are, and whether it exists.
    pub target: Option<(String, bool)>,
    /// What this login may not do in these folders, beside what the flags of the watched one tell.
    pub lacking: Vec<Lacking>,
    /// Settings that name no folder for mails to be put into.
    pub misled: Vec<Misled>,
}

/// A setting that leads to a folder that mails cannot be put into, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misled {
    /// Its key.
    pub setting: &'static str,
    /// Why not, with the remedy.
    pub why: String,
}

/// The watched folder as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedFolder {
    /// Messages in it.
    pub messages: u32,
    /// UIDVALIDITY; `None` means that mails can only be recognised by their content.
    pub uid_validity: Option<u32>,
    /// It cannot be changed: mails will be neither marked nor moved.
    pub read_only: bool,
    /// Mails cannot be marked as `\Seen` for good.
    pub no_seen: bool,
    /// Mails cannot be marked as `\Deleted`, so not be moved without MOVE, and hardly with it.
    pub no_deleted: bool,
}

/// Connects, logs in and looks around, without changing anything. `sent` names the folder for sent mail, else the daemon finds it.
///
/// # Errors
/// The first step that fails; the text names the cause and its remedy.
pub async fn probe(settings: &Settings, sent: Option<&str>) -> Result<ProbeReport, ImapError> {
    let (_nobody_stops, stop) = tokio::sync::watch::channel(false);
    let begun = Instant::now();
    let mut connection = login::open(settings, stop).await?;
    let login_took = begun.elapsed();
    let folders = list(&mut connection).await?;
    let sent = place_of_sent(&mut connection, &folders, sent).await?;
    let target = match &settings.after {
        After::Move(name) => Some(locate(&mut connection, &folders, name).await?),
        After::Seen | After::Leave => None,
    };
    let mut misled = Vec::new();
    for (setting, place) in [("sent_folder", Some(&sent)), ("after", target.as_ref())] {
        let Some(place) = place else { continue };
        let why = leads_nowhere(&mut connection, &folders, place).await?;
        misled.extend(
            why.map(|why| Misled { setting, why: format!("{why}: correct the setting `{setting}`") }),
        );
    }
    let (sent, target) = (sent.told(), target.map(Place::told));
    let folder = match &settings.folder {
        FolderChoice::Named(folder) => folder.clone(),
        FolderChoice::Sent(named) => {
            place_of_sent(&mut connection, &folders, named.as_deref()).await?.told().0
        }
    };
    if account::is_read(&settings.account, &sent.0) {
        let why = ImapError::SentIsRead(sent.0.clone()).to_string();
        misled.push(Misled { setting: "sent_folder", why });
    }
    if let Some((target, _)) = &target
        && account::comes_back(&mut connection, &folders, &settings.account, target, &folder).await?
    {
        misled.push(Misled { setting: "after", why: into_itself(target) });
    }
    // EXAMINE would call every folder read-only; SELECT changes no more than \Recent.
    let selected = select(&mut connection, &folder, settings.after == After::Leave).await?;
    let watched = WatchedFolder {
        messages: connection.exists,
        uid_validity: selected.uid_validity,
        read_only: selected.read_only && settings.after != After::Leave,
        no_seen: selected.no_seen,
        no_deleted: selected.no_deleted,
    };
    let mut lacking = Vec::new();
    let in_watched = match settings.after {
        After::Seen if !watched.no_seen => "s",
        After::Move(_) if !watched.no_deleted => "te",
        After::Seen | After::Move(_) | After::Leave => "",
    };
    lacking.extend(rights::lacking(&mut connection, &folder, in_watched).await?);
    for (put_into, exists) in target.iter().chain([&sent]) {
        let needed = if *exists { "i" } else { "" };
        lacking.extend(rights::lacking(&mut connection, put_into, needed).await?);
    }
    let report = ProbeReport {
        lacking,
        misled,
        certificate: connection.certificate.clone(),
        login_took,
        idle: connection.has("IDLE"),
        can_move: connection.has("MOVE"),
        uidplus: connection.has("UIDPLUS"),
        sent,
        target,
        watched,
    };
    connection.leave(false).await;
    Ok(report)
}

/// What the server says of a folder that it does not list, if it is more than that there is none: then it cannot be created either.
async fn leads_nowhere(
    connection: &mut Connection,
    folders: &[Folder],
    place: &Place,
) -> Result<Option<String>, ImapError> {
    let Place::Create { name, otherwise } = place else { return Ok(None) };
    let nowhere = locate(connection, folders, "askback looks for what is not there").await?.told().0;
    let mut strange = None;
    for name in [name].into_iter().chain(otherwise) {
        let Err(reply) = status(connection, name, "MESSAGES").await? else { return Ok(None) };
        let words = reply.text.to_lowercase();
        let is_missing = ["NONEXISTENT", "TRYCREATE"].contains(&reply.code.as_str())
            || ["exist", "not found", "no such", "unknown"].iter().any(|said| words.contains(said));
        if is_missing || reply.is_throttling() {
            return Ok(None);
        }
        // Some say no more than that STATUS has failed.
        let of_nowhere = status(connection, &nowhere, "MESSAGES").await?;
        let without = |text: &str, name: &str| text.replace(&encode_utf7(name), "").replace(name, "");
        let is_the_same = |other: &Reply| {
            other.code == reply.code && without(&other.text, &nowhere) == without(&reply.text, name)
        };
        if of_nowhere.err().is_some_and(|other| is_the_same(&other)) {
            return Ok(None);
        }
        let what = || format!("the IMAP server takes {name} for no name of a folder ({reply})");
        strange.get_or_insert_with(what);
    }
    Ok(strange)
}
