//! [`once`]: one round over a folder, for commands.

use super::Sink;
use super::drain::{Cause, Memory, Round};
use super::error::ImapError;
use super::folders::{self, Place};
use super::session::login;
use super::settings::{FolderChoice, Settings};
use super::watch::numbering_of_this_session;
use std::sync::Arc;

/// Connections that a listing may cost that breaks off.
const CONNECTIONS: u32 = 8;

/// Logs in and does once what a watcher does again and again: lists what is new, and fetches what `sink` wants. `false`: the folder
/// for sent mail is not there; it is not created.
///
/// Lists also what the server does not show. Changes nothing there: what is stored, the watcher marks or moves, and two of them would
/// copy a mail twice.
///
/// # Errors
/// The first step that fails; only a listing that breaks off and has shown something new is tried again. The text names the
/// cause and its remedy.
pub async fn once<S: Sink>(settings: &Settings, sink: &Arc<S>) -> Result<bool, ImapError> {
    let mut memory = Memory::default();
    for _ in 1..CONNECTIONS {
        let before = memory.failures.shown();
        match one_connection(settings, sink, &mut memory).await {
            Err(_) if memory.failures.shown() > before => {}
            outcome => return outcome.map_err(|error| error.of_setting(settings.folder.setting())),
        }
    }
    let outcome = one_connection(settings, sink, &mut memory).await;
    outcome.map_err(|error| error.of_setting(settings.folder.setting()))
}

async fn one_connection<S: Sink>(
    settings: &Settings,
    sink: &Arc<S>,
    memory: &mut Memory,
) -> Result<bool, ImapError> {
    let (_nobody_stops, stop) = tokio::sync::watch::channel(false);
    let mut connection = login::open(settings, stop).await?;
    let folder = match &settings.folder {
        FolderChoice::Named(folder) => Place::Exists(folder.clone()),
        FolderChoice::Sent(named) => {
            folders::find_sent(&mut connection, &settings.account, named.as_deref()).await?
        }
    };
    let Place::Exists(folder) = folder else {
        connection.leave(false).await;
        return Ok(false);
    };
    let selected = folders::select(&mut connection, &folder, true).await?;
    let mut round = Round {
        settings,
        sink,
        uid_validity: selected.uid_validity.unwrap_or_else(numbering_of_this_session),
        memory,
        connection: &mut connection,
        thorough: true,
    };
    round.drain(Cause::Opened(selected)).await?;
    connection.leave(false).await;
    Ok(true)
}
