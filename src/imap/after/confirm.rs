//! Tells the server which mails are stored: `\Seen`, or a move to another folder.

use crate::failpoint;
use crate::imap::Sink;
use crate::imap::drain::Round;
use crate::imap::error::{ImapError, Reply};
use crate::imap::fetching::troubles::REFUSED_IN_A_ROW;
use crate::imap::session::protocol::Tagged;
use crate::imap::session::uid_set::{MAX_SET, set_of, uid_sets};
use crate::imap::settings::After;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Mails that are confirmed at once.
const CHUNK: usize = 1000;

/// For so long no mail is marked or moved over which the connection ends.
const PUT_OFF: Duration = Duration::from_secs(24 * 60 * 60);

/// What is done to mails on the server.
#[derive(Clone, Copy)]
pub(crate) enum Change<'a> {
    Seen,
    /// MOVE to this folder.
    Move(&'a str),
    /// Those that are copied are removed.
    Remove,
    Nothing,
}

/// What became of mails that the server was told of.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Those that are done, or gone.
    pub(crate) done: Vec<u32>,
    /// Why the others are not.
    pub(crate) refused: Option<Refusal>,
}

/// Why mails were neither marked nor moved.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// In the server's words.
    pub(crate) why: String,
    /// One of them may be to blame.
    pub(crate) of_some: bool,
}

impl Refusal {
    /// Whichever mails they were.
    pub(crate) const fn of_all(why: String) -> Self {
        Self { why, of_some: false }
    }

    /// What the server answered to a set of mails.
    pub(crate) fn new(reply: &Reply, what: &str) -> Self {
        Self { why: format!("{reply} ({what})"), of_some: !reply.is_throttling() }
    }
}

impl From<Refusal> for Applied {
    fn from(refusal: Refusal) -> Self {
        Self { done: Vec::new(), refused: Some(refusal) }
    }
}

/// What a pass over the mails has shown so far.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    /// The server does it for some.
    pub(crate) works: bool,
    /// What it said last of those for which it does not.
    pub(crate) refused: Option<String>,
    /// It does it for none, or not now.
    pub(crate) ended: bool,
}

impl Pass {
    pub(crate) fn end(&mut self, why: String) {
        (self.refused, self.ended) = (Some(why), true);
    }
}

/// Mails over which connections ended.
#[derive(Debug, Default)]
pub(crate) struct Confirming {
    /// Those that the server has just been told of. Left there where it has not answered.
    in_hand: Vec<u32>,
    /// As many are told at once, after a connection has ended.
    most: Option<usize>,
    /// The connection ended over this one alone.
    suspect: Option<u32>,
    /// When these are tried again.
    put_off: BTreeMap<u32, Instant>,
}

impl Confirming {
    /// Draws the conclusions from how the pass before ended.
    fn begin(&mut self) {
        let in_hand = std::mem::take(&mut self.in_hand);
        match *in_hand.as_slice() {
            [] => {}
            [one] if self.suspect == Some(one) => {
                self.suspect = None;
                self.put_off(one, PUT_OFF);
            }
            [one] => (self.suspect, self.most) = (Some(one), Some(1)),
            _ => self.most = Some(in_hand.len() / 2),
        }
    }

    pub(crate) fn put_off(&mut self, uid: u32, pause: Duration) {
        self.put_off.insert(uid, Instant::now() + pause);
    }

    pub(crate) fn settled(&mut self, uid: u32) {
        self.put_off.remove(&uid);
    }

    pub(crate) fn waits(&self, uid: u32) -> bool {
        self.put_off.get(&uid).is_some_and(|again_at| *again_at > Instant::now())
    }
}

impl<S: Sink> Round<'_, S> {
    /// Does `after` to all mails that are stored and not confirmed yet, the newest first. A server that refuses is asked again in the
    /// next round: the mails are safe, only their flags lag behind. Gives what it said.
    pub(crate) async fn confirm(&mut self) -> Result<Option<String>, ImapError> {
        self.memory.confirming.begin();
        let (settings, mut pass, mut to_uid) = (self.settings, Pass::default(), u32::MAX);
        while !pass.ended {
            let unconfirmed = self.sink.unconfirmed(&settings.mailbox, self.uid_validity, to_uid, CHUNK);
            let mut mails = unconfirmed.await.map_err(ImapError::Sink)?;
            mails.sort_unstable_by_key(|mail| mail.uid);
            let Some(first) = mails.first().map(|mail| mail.uid) else { break };
            let all = mails.len();
            mails.retain(|mail| !self.memory.confirming.waits(mail.uid));
            if mails.len() < all {
                let why = "they are put off: the server did not say, or show, what became of them";
                pass.refused.get_or_insert_with(|| why.to_owned());
            }
            let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
            match &settings.after {
                After::Seen => self.change(Change::Seen, &uids, &mut pass).await?,
                After::Leave => self.change(Change::Nothing, &uids, &mut pass).await?,
                After::Move(folder) => self.transfer(mails, folder, &mut pass).await?,
            }
            let Some(below) = first.checked_sub(1) else { break };
            to_uid = below;
        }
        self.memory.confirming.most = None;
        let refused = pass.refused;
        if let Some(answer) = refused.as_ref().filter(|_| refused != self.memory.unmarked) {
            let mailbox = settings.mailbox.as_str();
            tracing::warn!(mailbox, answer, "the server refuses to mark or move stored mails");
        }
        self.memory.unmarked.clone_from(&refused);
        Ok(refused)
    }

    /// Changes mails, which are in order: where that is refused, in halves, so that one that cannot be changed holds up no others.
    /// Where those are refused one by one, the oldest among them, and none is done, the server is to blame.
    pub(crate) async fn change(
        &mut self,
        change: Change<'_>,
        uids: &[u32],
        pass: &mut Pass,
    ) -> Result<(), ImapError> {
        let most = self.memory.confirming.most.unwrap_or(CHUNK).max(1);
        let sets = uids.chunks(most).flat_map(|some| uid_sets(some, MAX_SET));
        let mut left: Vec<Vec<u32>> = sets.map(|(_, members)| members).collect();
        let mut in_a_row = 0;
        while let Some(mut some) = left.pop() {
            failpoint::hit("confirm.before-server");
            let Applied { done, refused } = self.apply(change, &some).await?;
            failpoint::hit("confirm.server-told");
            let has_some = !done.is_empty();
            if has_some {
                (pass.works, in_a_row) = (true, 0);
                self.confirmed(done).await?;
                failpoint::hit("confirm.noted");
            }
            let Some(Refusal { why, of_some }) = refused else { continue };
            pass.refused = Some(why);
            if has_some {
                continue;
            }
            if some.len() == 1 {
                in_a_row += 1;
            }
            if !of_some || (!pass.works && in_a_row == REFUSED_IN_A_ROW) {
                pass.ended = true;
                break;
            }
            if some.len() > 1 {
                // Until one is done it is rather the server than a mail.
                let asks_oldest = !pass.works && in_a_row + 1 == REFUSED_IN_A_ROW;
                let at = match some.len() {
                    _ if asks_oldest => 1,
                    all if pass.works => all / 2,
                    all => all - 1,
                };
                let newer = some.split_off(at);
                left.extend(if asks_oldest { [newer, some] } else { [some, newer] });
            }
        }
        Ok(())
    }

    pub(crate) async fn confirmed(&self, uids: Vec<u32>) -> Result<(), ImapError> {
        let confirmed = self.sink.confirmed(&self.settings.mailbox, self.uid_validity, uids);
        confirmed.await.map_err(ImapError::Sink)
    }

    /// UIDs that are gone are no error (RFC 9051, section 6.4.9): doing it twice is harmless.
    async fn apply(&mut self, change: Change<'_>, uids: &[u32]) -> Result<Applied, ImapError> {
        match change {
            Change::Seen => self.set_seen(uids).await,
            Change::Move(folder) => self.move_some(uids, folder).await,
            Change::Remove => self.remove_some(uids).await,
            Change::Nothing => Ok(Applied { done: uids.to_vec(), refused: None }),
        }
    }

    pub(crate) async fn set_seen(&mut self, uids: &[u32]) -> Result<Applied, ImapError> {
        let command = format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set_of(uids));
        Ok(match self.run_on(uids, &command).await? {
            Tagged::Ok(_) => Applied { done: uids.to_vec(), refused: None },
            Tagged::No(reply) | Tagged::Bad(reply) => Refusal::new(&reply, "marking them \\Seen").into(),
        })
    }

    /// Runs a command that changes mails: servers may take long over it. Where it ends the connection, that is remembered of them.
    pub(crate) async fn run_on(&mut self, uids: &[u32], command: &str) -> Result<Tagged, ImapError> {
        self.memory.confirming.in_hand = uids.to_vec();
        self.connection.set_silence(self.settings.timing.append);
        let outcome = self.connection.run(command, |_| ()).await;
        self.connection.set_silence(self.settings.timing.inactivity);
        if !matches!(outcome, Err(ImapError::Lost(_) | ImapError::Bye(_) | ImapError::Excess(_))) {
            self.memory.confirming.in_hand.clear();
        }
        outcome
    }
}
