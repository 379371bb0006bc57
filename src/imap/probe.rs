//! [`probe`]: what `doctor` tells about a mailbox.

use super::error::ImapError;
use super::folders::{Folder, list, locate, place_of_sent, select};
use super::login;
use super::rights::{self, Lacking};
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
    /// All capabilities after the login, in upper case, sorted.
    pub capabilities: Vec<String>,
    /// New mail is announced; else it is polled for.
    pub idle: bool,
    /// Mails can be moved in one step; else they are copied and deleted.
    pub can_move: bool,
    /// Single mails can be expunged (UIDPLUS).
    pub uidplus: bool,
    /// All folders with what they are for.
    pub folders: Vec<Folder>,
    /// Where copies of sent letters would go, and whether the folder exists.
    pub sent: (String, bool),
    /// The watched folder.
    pub watched: WatchedFolder,
    /// The folder that stored mails are moved to, if they are, and whether it exists.
    pub target: Option<(String, bool)>,
    /// What this login may not do in these folders, beside what the flags of the watched one tell.
    pub lacking: Vec<Lacking>,
}

/// The watched folder as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedFolder {
    /// Messages in it.
    pub messages: u32,
    /// UIDVALIDITY; `None` means that mails can only be recognised by their content.
    pub uid_validity: Option<u32>,
    /// UIDNEXT.
    pub uid_next: Option<u32>,
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
    let sent = place_of_sent(&mut connection, &folders, sent).await?.told();
    let target = match &settings.after {
        After::Move(name) => Some(locate(&mut connection, &folders, name).await?.told()),
        After::Seen | After::Leave => None,
    };
    let folder = match &settings.folder {
        FolderChoice::Named(folder) => folder.clone(),
        FolderChoice::Sent(named) => {
            place_of_sent(&mut connection, &folders, named.as_deref()).await?.told().0
        }
    };
    // EXAMINE would call every folder read-only; SELECT changes no more than \Recent.
    let selected = select(&mut connection, &folder, settings.after == After::Leave).await?;
    let watched = WatchedFolder {
        messages: connection.exists,
        uid_validity: selected.uid_validity,
        uid_next: selected.uid_next,
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
        certificate: connection.certificate.clone(),
        login_took,
        capabilities: connection.capabilities().iter().cloned().collect(),
        idle: connection.has("IDLE"),
        can_move: connection.has("MOVE"),
        uidplus: connection.has("UIDPLUS"),
        sent,
        target,
        folders,
        watched,
    };
    connection.leave(false).await;
    Ok(report)
}
