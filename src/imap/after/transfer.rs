//! Moves stored mails to another folder: by MOVE, else by COPY, `\Deleted` and UID EXPUNGE.
//!
//! Nothing is deleted here before the server has shown that it is there: by COPYUID (RFC 4315), else by its STATUS of that folder.

use super::confirm::{Applied, Change, Pass, Refusal};
use crate::imap::drain::Round;
use crate::imap::error::{ImapError, Reply};
use crate::imap::fetching::search;
use crate::imap::fetching::troubles::REFUSED_IN_A_ROW;
use crate::imap::folders::account::{self, is_same_folder};
use crate::imap::folders::name::quoted_folder;
use crate::imap::folders::{self, Folder, NotMade, Place};
use crate::imap::session::protocol::Tagged;
use crate::imap::session::uid_set::set_of;
use crate::imap::settings::{FolderChoice, Timing};
use crate::imap::watch::MOST_NUMBERINGS;
use crate::imap::{Sink, Unconfirmed};
use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Mails that are copied before they are removed.
const COPIES: usize = 100;

/// What became of a mail that was to be copied.
enum Copied {
    /// It is in the other folder.
    There,
    /// It was gone before.
    Gone,
    /// Nobody knows whether it is there.
    Unproven(String),
    Refused(Refusal),
}

/// What a watcher remembers of its moves.
#[derive(Debug, Default)]
pub(crate) struct Moving {
    /// What was copied could not be removed, or did not arrive.
    refused: Option<PutOff>,
    /// What was copied could be removed once: where it cannot be now, those mails are to blame.
    removes: bool,
    /// Copies in a row of which nobody knows whether they arrived.
    unproven: usize,
    /// The folder is missing, and was not created: what the server said.
    not_made: Option<String>,
    /// These are not copied any more, and marked as read.
    given_up: BTreeSet<u32>,
    /// When it was last looked whether they are still there.
    looked: Option<Instant>,
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
    /// Moves mails: by MOVE, else one by one by COPY.
    pub(crate) async fn transfer(
        &mut self,
        mails: Vec<Unconfirmed>,
        folder: &str,
        pass: &mut Pass,
    ) -> Result<(), ImapError> {
        if self.is_watched(self.connection.target.as_deref().unwrap_or(folder)) {
            pass.end(into_itself(folder));
            return Ok(());
        }
        let (copied, fresh): (Vec<Unconfirmed>, Vec<Unconfirmed>) =
            mails.into_iter().partition(|mail| mail.copied);
        let uids = |mails: &[Unconfirmed]| mails.iter().map(|mail| mail.uid).collect::<Vec<u32>>();
        let not_now = self.not_now();
        let can_remove = not_now.is_none() && self.remove(uids(&copied), pass).await?;
        if self.connection.has("MOVE") {
            return self.change(Change::Move(folder), &uids(&fresh), pass).await;
        }
        let (given_up, fresh): (Vec<Unconfirmed>, Vec<Unconfirmed>) =
            fresh.into_iter().partition(Unconfirmed::is_given_up);
        self.leave_there(uids(&given_up)).await?;
        if let Some(why) = not_now {
            pass.end(why);
        } else if can_remove {
            self.copy_each(fresh, folder, pass).await?;
        } else {
            pass.ended = true;
        }
        Ok(())
    }

    /// Copies mails and removes what has arrived: those that were tried before last, of the others the newest first.
    async fn copy_each(
        &mut self,
        mut mails: Vec<Unconfirmed>,
        folder: &str,
        pass: &mut Pass,
    ) -> Result<(), ImapError> {
        mails.sort_unstable_by_key(|mail| (mail.copies, Reverse(mail.uid)));
        let mut mails = VecDeque::from(mails);
        let (mut there, mut in_a_row) = (Vec::new(), 0);
        while !pass.ended {
            let asks_last = !pass.works && in_a_row + 1 == REFUSED_IN_A_ROW;
            let Some(mail) = (if asks_last { mails.pop_back() } else { mails.pop_front() }) else { break };
            match self.copy(mail, folder).await? {
                Copied::There => {
                    (pass.works, in_a_row) = (true, 0);
                    there.push(mail.uid);
                }
                Copied::Gone => self.confirmed(vec![mail.uid]).await?,
                Copied::Unproven(why) => {
                    pass.refused = Some(why);
                    pass.ended = self.not_now().is_some();
                }
                Copied::Refused(Refusal { why, of_some }) => {
                    in_a_row += 1;
                    pass.refused = Some(why);
                    pass.ended = !of_some || (!pass.works && in_a_row == REFUSED_IN_A_ROW);
                }
            }
            // One will do to see whether what is copied can be removed.
            let enough = if self.memory.moving.removes { COPIES } else { 1 };
            if there.len() >= enough {
                self.remove(std::mem::take(&mut there), pass).await?;
                if !self.memory.moving.removes {
                    self.put_off(pass);
                }
                // New mail does not wait for thousands of copies.
                pass.ended |= enough == COPIES && self.connection.news;
            }
        }
        self.remove(there, pass).await?;
        Ok(())
    }

    /// Mails that were copied often enough stay, marked as read, until somebody takes them away. What is remembered of them is what
    /// `doctor` and the status line tell.
    async fn leave_there(&mut self, uids: Vec<u32>) -> Result<(), ImapError> {
        for &uid in &uids {
            if self.memory.moving.given_up.contains(&uid) {
                continue;
            }
            tracing::warn!(
                mailbox = self.settings.mailbox.as_str(),
                uid,
                "the server does not show that this mail has arrived in the other folder: it stays here"
            );
            let _may_be_refused = self.set_seen(&[uid]).await?;
            self.memory.moving.given_up.insert(uid);
        }
        if uids.is_empty() || self.memory.moving.looked.is_some_and(|at| at.elapsed() < self.settings.poll) {
            return Ok(());
        }
        let (_, gone) = self.left_of(uids).await?;
        self.memory.moving.looked = Some(Instant::now());
        for uid in &gone {
            self.memory.moving.given_up.remove(uid);
        }
        if gone.is_empty() { Ok(()) } else { self.confirmed(gone).await }
    }

    /// Copies one mail. That this has begun is written down before: whoever does not hear the end does not begin again without end.
    async fn copy(&mut self, mail: Unconfirmed, folder: &str) -> Result<Copied, ImapError> {
        let (target, before) = match self.before(folder).await? {
            Ok(known) => known,
            Err(why) => return Ok(Copied::Refused(why)),
        };
        let why = format!("OK, but nothing is seen to arrive (COPY to {target})");
        let begun = Unconfirmed { copies: mail.copies.saturating_add(1), ..mail };
        self.note(begun).await?;
        let timing = &self.settings.timing;
        let pause = timing.refused_first * 2_u32.pow(mail.copies.min(Unconfirmed::MOST_COPIES));
        self.memory.confirming.put_off(mail.uid, pause.min(timing.refused_max));
        self.memory.moving.unproven += 1;
        if self.memory.moving.unproven >= REFUSED_IN_A_ROW {
            self.memory.moving.put_off(&why, timing);
        }
        self.connection.copied = None;
        let command = format!("UID COPY {} {}", mail.uid, quoted_folder(&target));
        let tagged = self.run_on(&[mail.uid], &command).await?;
        if let Tagged::No(reply) | Tagged::Bad(reply) = tagged {
            self.note(mail).await?;
            self.heard(mail.uid);
            return Ok(Copied::Refused(Refusal::new(&reply, &format!("COPY to {target}"))));
        }
        let is_there = match self.connection.copied.take() {
            Some(named) => named.iter().any(|range| range.contains(&mail.uid)),
            None => self.count(&target).await?.ok().flatten() == before.checked_add(1),
        };
        if is_there {
            self.note(Unconfirmed { copied: true, ..begun }).await?;
            self.heard(mail.uid);
            return Ok(Copied::There);
        }
        if self.left_of(vec![mail.uid]).await?.0.is_empty() {
            self.heard(mail.uid);
            return Ok(Copied::Gone);
        }
        Ok(Copied::Unproven(why))
    }

    async fn note(&self, mail: Unconfirmed) -> Result<(), ImapError> {
        let noted = self.sink.note_copy(&self.settings.mailbox, self.uid_validity, mail);
        noted.await.map_err(ImapError::Sink)
    }

    /// It is known what became of a copy.
    fn heard(&mut self, uid: u32) {
        self.memory.confirming.settled(uid);
        (self.memory.moving.unproven, self.memory.moving.refused) = (0, None);
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
    fn not_now(&self) -> Option<String> {
        let put_off = self.memory.moving.refused.as_ref().filter(|refused| refused.again_at > Instant::now());
        let why =
            "the folder keeps no mark \\Deleted for this login; once it may delete there, they are moved";
        let anew =
            "the server numbers its mails anew each time, so nobody would know which are copied already";
        put_off
            .map(|refused| refused.why.clone())
            .or_else(|| self.connection.no_deleted.then(|| why.to_owned()))
            .or_else(|| (self.memory.numberings > MOST_NUMBERINGS).then(|| anew.to_owned()))
    }

    fn put_off(&mut self, pass: &mut Pass) {
        self.memory.moving.put_off(pass.refused.as_deref().unwrap_or_default(), &self.settings.timing);
        pass.ended = true;
    }

    /// Removes mails that were copied. `false`: the server lets none be removed, so no others are copied.
    async fn remove(&mut self, mut uids: Vec<u32>, pass: &mut Pass) -> Result<bool, ImapError> {
        uids.sort_unstable();
        let mut removing = Pass { works: self.memory.moving.removes, ..Pass::default() };
        self.change(Change::Remove, &uids, &mut removing).await?;
        self.memory.moving.removes = removing.works;
        pass.refused = removing.refused.or(pass.refused.take());
        if removing.ended {
            self.put_off(pass);
        }
        Ok(!removing.ended)
    }

    pub(crate) async fn remove_some(&mut self, uids: &[u32]) -> Result<Applied, ImapError> {
        let set = set_of(uids);
        let mut tagged = self.run_on(uids, &format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)")).await?;
        // Without UIDPLUS, EXPUNGE would also remove what somebody else has marked: those stay marked then.
        if matches!(tagged, Tagged::Ok(_)) && self.connection.has("UIDPLUS") {
            tagged = self.run_on(uids, &format!("UID EXPUNGE {set}")).await?;
        }
        Ok(match tagged {
            Tagged::Ok(_) => Applied { done: uids.to_vec(), refused: None },
            Tagged::No(reply) | Tagged::Bad(reply) => {
                Refusal::new(&reply, "copied to the other folder, but not deleted here").into()
            }
        })
    }

    pub(crate) async fn move_some(&mut self, uids: &[u32], folder: &str) -> Result<Applied, ImapError> {
        self.connection.copied = None;
        let (target, tagged) = self.move_set(uids, folder).await?;
        if let Tagged::No(reply) | Tagged::Bad(reply) = tagged {
            let mut refusal = Refusal::new(&reply, &format!("MOVE to {target}"));
            if let Some(not_made) = &self.memory.moving.not_made {
                refusal = Refusal::of_all(format!("{}; {not_made}", refusal.why));
            }
            return Ok(refusal.into());
        }
        self.memory.moving.not_made = None;
        // Courier says OK, and no more, where it has moved nothing. What was moved is not here any more.
        let named = self.connection.copied.take().unwrap_or_default();
        let is_named = |uid: &u32| named.iter().any(|range| range.contains(uid));
        let (mut done, others): (Vec<u32>, Vec<u32>) = uids.iter().partition(|uid| is_named(uid));
        let (left, gone) = self.left_of(others).await?;
        done.extend(gone);
        let why = || format!("OK, but not for {} of them (MOVE to {target})", left.len());
        let refused = (!left.is_empty()).then(|| Refusal::of_all(why()));
        Ok(Applied { done, refused })
    }

    /// Which of the mails are here, and which are gone; that they are here, where the server does not say.
    async fn left_of(&mut self, uids: Vec<u32>) -> Result<(Vec<u32>, Vec<u32>), ImapError> {
        Ok(match search::which_of(self.connection, &uids).await? {
            Ok(found) => uids.iter().partition(|uid| found.contains(uid)),
            Err(_refused) => (uids, Vec::new()),
        })
    }

    /// The other folder's name on this server, and how many mails it has before one is copied to it. It is created if it is missing.
    async fn before(&mut self, folder: &str) -> Result<Result<(String, u32), Refusal>, ImapError> {
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
                self.connection.target = Some(target.clone());
                self.memory.moving.not_made = None;
                Ok((target, count))
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

    /// MOVE. Gives the folder's name on this server and how the command ended. A folder that is missing is looked for under the name
    /// that the server has for it, and created.
    async fn move_set(&mut self, uids: &[u32], folder: &str) -> Result<(String, Tagged), ImapError> {
        let target = self.connection.target.clone().unwrap_or_else(|| folder.to_owned());
        let command = |target: &str| format!("UID MOVE {} {}", set_of(uids), quoted_folder(target));
        let tagged = self.run_on(uids, &command(&target)).await?;
        let is_missing = match &tagged {
            Tagged::Ok(_) => {
                self.connection.target = Some(target.clone());
                return Ok((target, tagged));
            }
            Tagged::No(reply) | Tagged::Bad(reply) if reply.is_throttling() => return Ok((target, tagged)),
            // Not all servers say what is wrong: hMailServer answers BAD to a folder that is missing.
            Tagged::No(reply) | Tagged::Bad(reply) => reply.code == "TRYCREATE",
        };
        let Some(name) = self.find(folder, &target, is_missing).await? else { return Ok((target, tagged)) };
        let tagged = self.run_on(uids, &command(&name)).await?;
        Ok((name, tagged))
    }

    /// Another name for the folder than `target`, or that one if it is created now; `is_missing`: it is not there, whatever LIST says.
    /// `None` if there is none. It is looked for once a `poll`; creating it is tried once a connection.
    async fn find(
        &mut self,
        folder: &str,
        target: &str,
        is_missing: bool,
    ) -> Result<Option<String>, ImapError> {
        if self.connection.sought.is_some_and(|at| at.elapsed() < self.settings.poll) {
            return Ok(None);
        }
        self.connection.sought = Some(Instant::now());
        let all = folders::list(self.connection).await?;
        let place = match folders::locate(self.connection, &all, folder).await? {
            Place::Exists(name) if name == target && !is_missing => return Ok(None),
            Place::Exists(name) if name == target => Place::Create { name, otherwise: None },
            Place::Exists(name) if self.comes_back(&all, &name).await? => {
                self.memory.moving.not_made = Some(into_itself(&name));
                return Ok(None);
            }
            place @ (Place::Exists(_) | Place::Create { .. }) => place,
        };
        if self.connection.no_target && matches!(place, Place::Create { .. }) {
            return Ok(None);
        }
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
pub(crate) fn into_itself(folder: &str) -> String {
    format!(
        "{folder} is the folder that mails are read from, or leads back there: after = \"move:…\" must name another"
    )
}
