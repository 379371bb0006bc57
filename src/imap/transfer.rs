//! Moves stored mails to another folder: by MOVE, else by COPY, `\Deleted` and UID EXPUNGE.

use super::drain::Round;
use super::error::ImapError;
use super::folders::{self, NotMade, Place};
use super::name::{MAX_SET, quoted_folder, uid_sets};
use super::protocol::Tagged;
use super::settings::Timing;
use super::{Sink, search};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// What became of mails that the server was told of.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Those that are done, or gone.
    pub(super) done: Vec<u32>,
    /// Why the others are not, in the server's words.
    pub(super) refused: Option<String>,
}

impl Applied {
    pub(super) const fn all(done: Vec<u32>) -> Self {
        Self { done, refused: None }
    }

    pub(super) const fn refused(why: String) -> Self {
        Self { done: Vec::new(), refused: Some(why) }
    }
}

/// What became of mails that were to be copied or moved.
#[derive(Debug, Default)]
struct Put {
    /// Those that the server names in COPYUID; all where it has never done so.
    named: Vec<u32>,
    /// Those that were gone before.
    gone: Vec<u32>,
    /// Why the others are left.
    refused: Option<String>,
}

/// What a watcher remembers of its moves, so that a server that refuses half of one is not given the same mails again and again.
#[derive(Debug, Default)]
pub(super) struct Moving {
    /// Copied and not removed: never copied again.
    copied: BTreeSet<u32>,
    /// Removing was refused.
    refused: Option<Refused>,
    /// The server names in COPYUID what it has copied.
    is_named: bool,
    /// The folder is missing, and was not created: what the server said.
    not_made: Option<String>,
}

#[derive(Debug)]
struct Refused {
    why: String,
    pause: Duration,
    again_at: Instant,
}

impl Moving {
    fn put_off(&mut self, why: &str, timing: &Timing) {
        let longer = |before: &Refused| (before.pause * 2).min(timing.refused_max);
        let pause = self.refused.as_ref().map_or(timing.refused_first, longer);
        self.refused = Some(Refused { why: why.to_owned(), pause, again_at: Instant::now() + pause });
    }
}

impl<S: Sink> Round<'_, S> {
    pub(super) async fn transfer(&mut self, uids: &[u32], folder: &str) -> Result<Applied, ImapError> {
        if self.connection.has("MOVE") {
            let Put { mut named, gone, refused } = self.put("MOVE", uids, folder).await?;
            named.extend(gone);
            return Ok(Applied { done: named, refused });
        }
        let put_off = self.memory.moving.refused.as_ref().filter(|refused| refused.again_at > Instant::now());
        if let Some(refused) = put_off {
            return Ok(Applied::refused(refused.why.clone()));
        }
        if self.connection.no_deleted {
            let why =
                "the folder keeps no mark \\Deleted for this login; once it may delete there, they are moved";
            return Ok(Applied::refused(why.to_owned()));
        }
        let is_copied = |uid: &&u32| self.memory.moving.copied.contains(uid);
        let (copied, fresh): (Vec<u32>, Vec<u32>) = uids.iter().partition(is_copied);
        // First those that were refused before: if they still are, no others follow them.
        let mut applied = self.remove(copied, folder).await?;
        if applied.refused.is_some() {
            return Ok(applied);
        }
        for (_, some) in uid_sets(&fresh, MAX_SET) {
            let Put { named, gone, refused } = self.put("COPY", &some, folder).await?;
            self.memory.moving.copied.extend(&named);
            let removed = self.remove(named, folder).await?;
            applied.done.extend(removed.done.into_iter().chain(gone));
            applied.refused = removed.refused.or(refused);
            if applied.refused.is_some() {
                break;
            }
        }
        Ok(applied)
    }

    /// Removes mails that were copied.
    async fn remove(&mut self, uids: Vec<u32>, folder: &str) -> Result<Applied, ImapError> {
        for (set, _) in uid_sets(&uids, MAX_SET) {
            let flag = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
            let mut tagged = self.connection.run(&flag, |_| ()).await?;
            // Without UIDPLUS, EXPUNGE would also remove what somebody else has marked: those stay marked then.
            if matches!(tagged, Tagged::Ok(_)) && self.connection.has("UIDPLUS") {
                tagged = self.connection.run(&format!("UID EXPUNGE {set}"), |_| ()).await?;
            }
            if let Tagged::No(reply) | Tagged::Bad(reply) = tagged {
                let folder = self.connection.target.as_deref().unwrap_or(folder);
                let why = format!("{reply} (copied to {folder}, but not deleted here)");
                self.memory.moving.put_off(&why, &self.settings.timing);
                return Ok(Applied::refused(why));
            }
        }
        if !uids.is_empty() {
            self.memory.moving.refused = None;
            for uid in &uids {
                self.memory.moving.copied.remove(uid);
            }
        }
        Ok(Applied::all(uids))
    }

    /// MOVE or COPY.
    async fn put(&mut self, verb: &str, uids: &[u32], folder: &str) -> Result<Put, ImapError> {
        self.connection.copied = None;
        for (set, _) in uid_sets(uids, MAX_SET) {
            let (target, reply) = match self.command(verb, &set, folder).await? {
                (_, Tagged::Ok(_)) => continue,
                (target, Tagged::No(reply) | Tagged::Bad(reply)) => (target, reply),
            };
            let mut why = format!("{reply} ({verb} to {target})");
            if let Some(not_made) = &self.memory.moving.not_made {
                why = format!("{why}; {not_made}");
            }
            return Ok(Put { refused: Some(why), ..Put::default() });
        }
        self.memory.moving.not_made = None;
        let ranges = match self.connection.copied.take() {
            None if !self.memory.moving.is_named => {
                return Ok(Put { named: uids.to_vec(), ..Put::default() });
            }
            // Courier says OK, and no more, where it has copied nothing.
            None => Vec::new(),
            Some(ranges) => ranges,
        };
        self.memory.moving.is_named = true;
        let is_named = |uid: &u32| ranges.iter().any(|range| range.contains(uid));
        let (named, others): (Vec<u32>, Vec<u32>) = uids.iter().partition(|uid| is_named(uid));
        let (left, gone): (Vec<u32>, Vec<u32>) = match search::which_of(self.connection, &others).await? {
            Ok(there) => others.iter().partition(|uid| there.contains(uid)),
            Err(_refused) => (others, Vec::new()),
        };
        let target = self.connection.target.as_deref().unwrap_or(folder);
        let refused = (!left.is_empty())
            .then(|| format!("OK, but not for {} of them ({verb} to {target})", left.len()));
        Ok(Put { named, gone, refused })
    }

    /// Gives the folder's name on this server and how the command ended. The first time on a connection, a folder that is missing
    /// is looked for under the name that the server has for it, and created.
    async fn command(&mut self, verb: &str, set: &str, folder: &str) -> Result<(String, Tagged), ImapError> {
        let known = self.connection.target.clone();
        let is_first = known.is_none();
        let target = known.unwrap_or_else(|| folder.to_owned());
        let command = |target: &str| format!("UID {verb} {set} {}", quoted_folder(target));
        let tagged = self.connection.run(&command(&target), |_| ()).await?;
        self.connection.target = Some(target.clone());
        let told = match &tagged {
            Tagged::Ok(_) => return Ok((target, tagged)),
            Tagged::No(reply) if reply.code == "TRYCREATE" => true,
            // Not all servers say what is wrong: hMailServer answers BAD to a folder that is missing.
            Tagged::No(reply) | Tagged::Bad(reply) if is_first && !reply.is_throttling() => false,
            Tagged::No(_) | Tagged::Bad(_) => return Ok((target, tagged)),
        };
        let all = folders::list(self.connection).await?;
        let place = match folders::locate(self.connection, &all, folder).await? {
            Place::Exists(name) if name == target && !told => return Ok((target, tagged)),
            Place::Exists(name) if name == target => Place::Create { name, otherwise: None },
            place @ (Place::Exists(_) | Place::Create { .. }) => place,
        };
        match folders::made(self.connection, place).await? {
            Ok(name) => {
                self.connection.target = Some(name.clone());
                let tagged = self.connection.run(&command(&name), |_| ()).await?;
                Ok((name, tagged))
            }
            Err(NotMade { name, reply }) => {
                self.memory.moving.not_made = Some(format!("CREATE {name}: {reply}"));
                Ok((target, tagged))
            }
        }
    }
}
