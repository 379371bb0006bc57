//! Moves stored mails to another folder: by MOVE, else by COPY, `\Deleted` and UID EXPUNGE.
//!
//! Nothing is deleted here before the server has shown that it is there: by COPYUID (RFC 4315), else by its STATUS of that folder.

use super::account::{self, is_same_folder};
use super::confirm::{Applied, Refusal};
use super::drain::Round;
use super::error::{ImapError, Reply};
use super::folders::{self, Folder, NotMade, Place};
use super::name::{MAX_SET, quoted_folder, uid_sets};
use super::protocol::Tagged;
use super::settings::{FolderChoice, Timing};
use super::{Sink, Unconfirmed, search};
use std::time::Duration;
use tokio::time::Instant;

/// What became of mails that were to be copied or moved.
#[derive(Debug, Default)]
struct Put {
    /// Those that are in the other folder.
    there: Vec<u32>,
    /// Those that were gone before.
    gone: Vec<u32>,
    /// Why the others are left.
    refused: Option<Refusal>,
}

/// What a watcher remembers of its moves, so that a server that refuses half of one is not given the same mails again and again.
#[derive(Debug, Default)]
pub(super) struct Moving {
    /// What was copied could not be removed, or did not arrive.
    refused: Option<PutOff>,
    /// The server names in COPYUID what it has copied.
    is_named: bool,
    /// Where it does not: whether what was copied last has arrived.
    arrived: Option<bool>,
    /// The folder is missing, and was not created: what the server said.
    not_made: Option<String>,
}

#[derive(Debug)]
struct PutOff {
    why: String,
    pause: Duration,
    again_at: Instant,
}

impl Moving {
    fn put_off(&mut self, why: &str, timing: &Timing) {
        let longer = |before: &PutOff| (before.pause * 2).min(timing.refused_max);
        let pause = self.refused.as_ref().map_or(timing.refused_first, longer);
        self.refused = Some(PutOff { why: why.to_owned(), pause, again_at: Instant::now() + pause });
    }
}

impl<S: Sink> Round<'_, S> {
    pub(super) async fn transfer(
        &mut self,
        mails: &[Unconfirmed],
        folder: &str,
    ) -> Result<Applied, ImapError> {
        if self.is_watched(self.connection.target.as_deref().unwrap_or(folder)) {
            return Ok(Applied::refused(Refusal::of_all(into_itself(folder))));
        }
        let (copied, fresh): (Vec<Unconfirmed>, Vec<Unconfirmed>) =
            mails.iter().partition(|mail| mail.copied);
        let uids = |mails: Vec<Unconfirmed>| mails.iter().map(|mail| mail.uid).collect::<Vec<u32>>();
        let mut fresh = uids(fresh);
        // First those that were refused before: if they still are, no others are copied.
        let mut applied = self.remove(uids(copied), folder).await?;
        if self.connection.has("MOVE") {
            let moved = self.put("MOVE", &fresh, folder).await?;
            applied.done.extend(moved.there.into_iter().chain(moved.gone));
            applied.refused = moved.refused.or(applied.refused);
            return Ok(applied);
        }
        while !fresh.is_empty() && applied.refused.is_none() {
            if let Some(why) = self.not_now() {
                applied.refused = Some(why);
                break;
            }
            // One will do to see whether they arrive.
            let is_known = self.memory.moving.arrived.unwrap_or_else(|| self.connection.has("UIDPLUS"));
            let some = if is_known { std::mem::take(&mut fresh) } else { fresh.pop().into_iter().collect() };
            for (_, some) in uid_sets(&some, MAX_SET) {
                let Put { there, gone, refused } = self.put("COPY", &some, folder).await?;
                if !there.is_empty() {
                    let copied = self.sink.copied(&self.settings.mailbox, self.uid_validity, there.clone());
                    copied.await.map_err(ImapError::Sink)?;
                }
                let removed = self.remove(there, folder).await?;
                applied.done.extend(removed.done.into_iter().chain(gone));
                applied.refused = removed.refused.or(refused);
                if applied.refused.is_some() {
                    break;
                }
            }
        }
        Ok(applied)
    }

    /// Whether a folder is the one that mails are read from: what is moved into itself comes again under another UID, without end.
    fn is_watched(&self, name: &str) -> bool {
        let FolderChoice::Named(watched) = &self.settings.folder else { return false };
        is_same_folder(watched, name)
    }

    /// Whether what is moved to a folder comes back from there.
    async fn comes_back(&mut self, all: &[Folder], name: &str) -> Result<bool, ImapError> {
        let FolderChoice::Named(watched) = &self.settings.folder else { return Ok(false) };
        account::comes_back(self.connection, all, &self.settings.account, name, watched).await
    }

    /// Why nothing is copied or removed just now.
    fn not_now(&self) -> Option<Refusal> {
        let put_off = self.memory.moving.refused.as_ref().filter(|refused| refused.again_at > Instant::now());
        if let Some(refused) = put_off {
            return Some(Refusal::of_all(refused.why.clone()));
        }
        let why =
            "the folder keeps no mark \\Deleted for this login; once it may delete there, they are moved";
        self.connection.no_deleted.then(|| Refusal::of_all(why.to_owned()))
    }

    /// Removes mails that were copied.
    async fn remove(&mut self, uids: Vec<u32>, folder: &str) -> Result<Applied, ImapError> {
        if uids.is_empty() {
            return Ok(Applied::default());
        }
        if let Some(why) = self.not_now() {
            return Ok(Applied::refused(why));
        }
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
                return Ok(Applied::refused(Refusal::of_all(why)));
            }
        }
        self.memory.moving.refused = None;
        Ok(Applied::all(uids))
    }

    /// MOVE or COPY.
    async fn put(&mut self, verb: &str, uids: &[u32], folder: &str) -> Result<Put, ImapError> {
        let before = if verb == "COPY" && !self.memory.moving.is_named {
            match self.before(folder).await? {
                Ok(count) => Some(count),
                Err(why) => return Ok(Put { refused: Some(why), ..Put::default() }),
            }
        } else {
            None
        };
        self.connection.copied = None;
        for (set, _) in uid_sets(uids, MAX_SET) {
            let (target, reply) = match self.command(verb, &set, folder).await? {
                (_, Tagged::Ok(_)) => continue,
                (target, Tagged::No(reply) | Tagged::Bad(reply)) => (target, reply),
            };
            let mut refusal = Refusal::new(&reply, &format!("{verb} to {target}"));
            if let Some(not_made) = &self.memory.moving.not_made {
                refusal = Refusal::of_all(format!("{}; {not_made}", refusal.why));
            }
            return Ok(Put { refused: Some(refusal), ..Put::default() });
        }
        self.memory.moving.not_made = None;
        let ranges = match (self.connection.copied.take(), before) {
            (None, Some(before)) => return self.arrived(uids, folder, before).await,
            // Courier says OK, and no more, where it has copied nothing. What was moved is not here any more.
            (None, None) => Vec::new(),
            (Some(ranges), _) => {
                self.memory.moving.is_named = true;
                ranges
            }
        };
        let is_named = |uid: &u32| ranges.iter().any(|range| range.contains(uid));
        let (there, others): (Vec<u32>, Vec<u32>) = uids.iter().partition(|uid| is_named(uid));
        let (left, gone) = self.left_of(others).await?;
        let target = self.connection.target.as_deref().unwrap_or(folder);
        let why = || format!("OK, but not for {} of them ({verb} to {target})", left.len());
        let refused = (!left.is_empty()).then(|| Refusal::of_all(why()));
        Ok(Put { there, gone, refused })
    }

    /// Which of the mails are here, and which are gone; that they are here, where the server does not say.
    async fn left_of(&mut self, uids: Vec<u32>) -> Result<(Vec<u32>, Vec<u32>), ImapError> {
        Ok(match search::which_of(self.connection, &uids).await? {
            Ok(found) => uids.iter().partition(|uid| found.contains(uid)),
            Err(_refused) => (uids, Vec::new()),
        })
    }

    /// How many mails the other folder has before one is copied to it, which is created if it is missing; or why that is not known.
    async fn before(&mut self, folder: &str) -> Result<Result<u32, Refusal>, ImapError> {
        let mut target = self.connection.target.clone().unwrap_or_else(|| folder.to_owned());
        let mut told = self.count(&target).await?;
        if let Err(reply) = &told
            && !reply.is_throttling()
            && let Some(name) = self.find(folder, &target, false).await?
        {
            target = name;
            told = self.count(&target).await?;
        }
        Ok(match told {
            Ok(Some(count)) => {
                self.connection.target = Some(target);
                Ok(count)
            }
            Ok(None) => Err(Refusal::of_all(format!("OK, but without a number (STATUS {target})"))),
            Err(reply) => {
                let not_made = self.memory.moving.not_made.iter().map(|why| format!("; {why}"));
                let why = format!("{reply} (STATUS {target}){}", not_made.collect::<String>());
                Err(Refusal::of_all(why))
            }
        })
    }

    /// How many mails a folder has. UIDNEXT would not do: some servers number all folders together.
    async fn count(&mut self, target: &str) -> Result<Result<Option<u32>, Reply>, ImapError> {
        let told = folders::status(self.connection, target, "MESSAGES").await?;
        Ok(told.map(|told| told.messages))
    }

    /// Mails that a server without COPYUID has copied with OK. They are there if that folder has grown by as many; else it is asked
    /// again after a while.
    async fn arrived(&mut self, uids: &[u32], folder: &str, before: u32) -> Result<Put, ImapError> {
        let (there, gone) = self.left_of(uids.to_vec()).await?;
        let target = self.connection.target.clone().unwrap_or_else(|| folder.to_owned());
        let now = self.count(&target).await?.ok().flatten();
        let came = now.map_or(0, |now| usize::try_from(now.saturating_sub(before)).unwrap_or(usize::MAX));
        let has_arrived = came >= there.len();
        if !there.is_empty() {
            self.memory.moving.arrived = Some(has_arrived);
        }
        if has_arrived {
            self.memory.moving.refused = None;
            return Ok(Put { there, gone, refused: None });
        }
        let why = format!("OK, but nothing is seen to arrive (COPY to {target})");
        self.memory.moving.put_off(&why, &self.settings.timing);
        Ok(Put { there: Vec::new(), gone, refused: Some(Refusal::of_all(why)) })
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
        let Some(name) = self.find(folder, &target, told).await? else { return Ok((target, tagged)) };
        let tagged = self.connection.run(&command(&name), |_| ()).await?;
        Ok((name, tagged))
    }

    /// Another name for the folder than `target`, or that one if it is created now; `is_missing`: it is not there, whatever LIST says.
    /// `None` if there is none. Creating is tried once a connection.
    async fn find(
        &mut self,
        folder: &str,
        target: &str,
        is_missing: bool,
    ) -> Result<Option<String>, ImapError> {
        if self.connection.no_target {
            return Ok(None);
        }
        let all = folders::list(self.connection).await?;
        let place = match folders::locate(self.connection, &all, folder).await? {
            Place::Exists(name) if name == target && !is_missing => return Ok(None),
            Place::Exists(name) if name == target => Place::Create { name, otherwise: None },
            Place::Exists(name) if self.comes_back(&all, &name).await? => {
                self.connection.no_target = true;
                self.memory.moving.not_made = Some(into_itself(&name));
                return Ok(None);
            }
            place @ (Place::Exists(_) | Place::Create { .. }) => place,
        };
        match folders::made(self.connection, place).await? {
            Ok(name) => {
                self.connection.target = Some(name.clone());
                Ok(Some(name))
            }
            Err(NotMade { name, reply }) => {
                self.connection.no_target = true;
                self.memory.moving.not_made =
                    Some(format!("CREATE {name}: {reply}; check the setting `after`"));
                Ok(None)
            }
        }
    }
}

/// Why nothing is moved to a folder.
pub(super) fn into_itself(folder: &str) -> String {
    format!(
        "{folder} is the folder that mails are read from, or leads back there: after = \"move:…\" must name another"
    )
}
