//! Bodies, by ranges: two FETCH commands are always under way, so that the wire never waits for us.

use super::drain::Round;
use super::error::ImapError;
use super::name::uid_sets;
use super::protocol::{Event, Tag, Tagged};
use super::settings::Limits;
use super::storing::Storing;
use super::{Fetched, Listed, Sink};
use crate::mail::MailKey;
use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Commands under way at once.
const PIPELINE: usize = 2;

/// Rows of the work list that are read at once.
const WORK: usize = 2000;

/// Longest set of UIDs in a command; servers must take lines of 8000 bytes (RFC 2683, section 3.2.1.5).
const MAX_SET: u32 = 4000;

/// Single mails that may be refused, with none delivered, before the server and not the mails are to blame.
const REFUSED_IN_A_ROW: usize = 3;

/// What of a FETCH response concerns us.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) internal_date: Option<&'a str>,
    /// The whole body (`BODY[]`).
    pub(super) body: Option<&'a [u8]>,
    /// A part of the body with its offset (`BODY[]<n>`).
    pub(super) part: Option<(u32, &'a [u8])>,
    /// The headers (`BODY[HEADER]`, whole or in part).
    pub(super) header: Option<&'a [u8]>,
}

impl<'a> Attributes<'a> {
    pub(super) fn of(response: &'a Response<'_>) -> Self {
        let mut found = Self::default();
        let Response::Fetch(_, attributes) = response else { return found };
        for attribute in attributes {
            #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum of all that can be asked for")]
            match attribute {
                AttributeValue::Uid(uid) => found.uid = Some(*uid),
                AttributeValue::Rfc822Size(size) => found.size = Some(u64::from(*size)),
                AttributeValue::InternalDate(date) => found.internal_date = Some(date),
                AttributeValue::BodySection { section: None, index: None, data: Some(data) } => {
                    found.body = Some(data);
                }
                AttributeValue::BodySection { section: None, index: Some(at), data: Some(data) } => {
                    found.part = Some((*at, data));
                }
                AttributeValue::BodySection {
                    section: Some(SectionPath::Full(MessageSection::Header)),
                    data: Some(data),
                    ..
                } => found.header = Some(data),
                _ => {}
            }
        }
        found
    }

    /// A whole body with the UID that it belongs to.
    fn owned_body(&self) -> Option<(u32, Vec<u8>)> {
        Some((self.uid?, self.body?.to_vec()))
    }
}

/// A FETCH that is under way: the mails it has not brought yet.
struct Range {
    tag: Tag,
    missing: BTreeMap<u32, Listed>,
}

/// The work list, cut into commands.
struct Plan {
    /// Where the work list is read on from; `None` at its end.
    from: Option<u32>,
    /// To be fetched by ranges, in order.
    rows: VecDeque<Listed>,
    /// Ranges that were refused, in halves.
    halves: VecDeque<Vec<Listed>>,
}

enum Step {
    Range(Vec<Listed>),
    Alone(Listed),
}

/// What a pass has brought so far, besides mails.
#[derive(Default)]
struct Troubles {
    delivered: usize,
    /// Refused when asked for alone, with what the server said last.
    refused: Vec<u32>,
    refusal: String,
    /// Answered OK without a body.
    absent: Vec<u32>,
}

impl<S: Sink> Round<'_, S> {
    /// Fetches and stores all that is wanted.
    pub(super) async fn fetch_wanted(&mut self) -> Result<(), ImapError> {
        let mut storing = Storing::new(self.sink, &self.settings.limits);
        let mut under_way = VecDeque::new();
        let mut troubles = Troubles::default();
        let outcome = self.fetch_ranges(&mut storing, &mut under_way, &mut troubles).await;
        // What has arrived is stored even if the connection is gone.
        let stored = storing.finish().await;
        if let Err(error) = outcome {
            let due = under_way.front().and_then(|range| range.missing.keys().next().copied());
            self.blame(&error, due).await?;
            stored?;
            return Err(error);
        }
        stored?;
        self.settle(troubles).await?;
        self.fetch_careful().await
    }

    async fn fetch_ranges(
        &mut self,
        storing: &mut Storing<S>,
        under_way: &mut VecDeque<Range>,
        troubles: &mut Troubles,
    ) -> Result<(), ImapError> {
        let mut plan = Plan { from: Some(0), rows: VecDeque::new(), halves: VecDeque::new() };
        let mut alone = None;
        loop {
            while under_way.len() < PIPELINE && alone.is_none() {
                match self.next_step(&mut plan).await? {
                    Some(Step::Range(mails)) => under_way.push_back(self.request(mails).await?),
                    Some(Step::Alone(mail)) => alone = Some(mail),
                    None => break,
                }
            }
            if under_way.is_empty() {
                let Some(mail) = alone.take() else { return Ok(()) };
                storing.finish().await?;
                self.fetch_alone(mail).await?;
                troubles.delivered += 1;
                continue;
            }
            match self.connection.next(|response| Attributes::of(response).owned_body()).await? {
                Event::Untagged(body) => {
                    let Some((uid, body)) = body else { continue };
                    let Some(mail) = under_way.iter_mut().find_map(|range| range.missing.remove(&uid)) else {
                        continue;
                    };
                    if body.is_empty() && mail.size > 0 {
                        troubles.absent.push(uid);
                        continue;
                    }
                    storing.push(self.fetched(mail, body)).await?;
                    troubles.delivered += 1;
                }
                Event::Done(tag, tagged) => match under_way.pop_front() {
                    Some(range) if range.tag == tag => self.ended(range, tagged, &mut plan, troubles).await?,
                    Some(range) => {
                        under_way.push_front(range);
                        return Err(ImapError::Lost("an answer out of order".to_owned()));
                    }
                    None => return Err(ImapError::Lost("an answer without a question".to_owned())),
                },
            }
        }
    }

    /// A range has been answered: what it did not bring is looked into later, or asked for in halves.
    async fn ended(
        &mut self,
        range: Range,
        tagged: Tagged,
        plan: &mut Plan,
        troubles: &mut Troubles,
    ) -> Result<(), ImapError> {
        let reply = match tagged {
            Tagged::Ok(_) => {
                troubles.absent.extend(range.missing.into_keys());
                return Ok(());
            }
            // Dovecot: some were expunged meanwhile; all others have been delivered.
            Tagged::No(reply) if reply.code == "EXPUNGEISSUED" => {
                troubles.absent.extend(range.missing.into_keys());
                return Ok(());
            }
            Tagged::No(reply) | Tagged::Bad(reply) => reply,
        };
        if reply.is_throttling() {
            return Err(ImapError::from_words(&reply, ImapError::Lost));
        }
        let mut mails: Vec<Listed> = range.missing.into_values().collect();
        if mails.len() > 1 {
            let half = mails.split_off(mails.len() / 2);
            plan.halves.push_front(half);
            plan.halves.push_front(mails);
            return Ok(());
        }
        troubles.refused.extend(mails.iter().map(|mail| mail.uid));
        troubles.refusal = reply.to_string();
        if troubles.delivered == 0 && troubles.refused.len() >= REFUSED_IN_A_ROW {
            // Next time, others go before these; only if others are handed out, it counts against them.
            self.memory.careful.extend(troubles.refused.drain(..));
            return Err(ImapError::Refused {
                what: "to hand out any mail".to_owned(),
                text: reply.to_string(),
            });
        }
        Ok(())
    }

    async fn next_step(&self, plan: &mut Plan) -> Result<Option<Step>, ImapError> {
        if let Some(half) = plan.halves.pop_front() {
            return Ok(Some(Step::Range(half)));
        }
        if let (true, Some(from)) = (plan.rows.len() < self.settings.limits.range_mails, plan.from) {
            let more = self.sink.wanted(&self.settings.mailbox, self.uid_validity, from, WORK);
            let more = more.await.map_err(ImapError::Sink)?;
            plan.from = more.last().and_then(|last| last.uid.checked_add(1));
            let careful = &self.memory.careful;
            plan.rows.extend(more.into_iter().filter(|mail| !careful.contains(&mail.uid)));
        }
        Ok(cut(&mut plan.rows, &self.settings.limits))
    }

    async fn request(&mut self, mails: Vec<Listed>) -> Result<Range, ImapError> {
        let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
        let sets: Vec<String> = uid_sets(&uids, usize::MAX).into_iter().map(|(set, _)| set).collect();
        let tag = self.connection.send(&format!("UID FETCH {} (UID BODY.PEEK[])", sets.join(","))).await?;
        Ok(Range { tag, missing: mails.into_iter().map(|mail| (mail.uid, mail)).collect() })
    }

    fn fetched(&self, mail: Listed, body: Vec<u8>) -> Fetched {
        let limit = self.settings.limits.mail_bytes;
        let over_limit = Some(body.len() as u64).filter(|size| *size > limit);
        let raw = match over_limit {
            Some(size) => super::parts::placeholder(&body, size, limit),
            None => body,
        };
        Fetched { key: self.key(mail.uid), internal_date: mail.internal_date, raw, over_limit }
    }

    pub(super) fn key(&self, uid: u32) -> MailKey {
        MailKey { mailbox: self.settings.mailbox.clone(), uid_validity: self.uid_validity, uid }
    }

    pub(super) async fn failed(&self, uids: Vec<u32>, why: &str) -> Result<(), ImapError> {
        if uids.is_empty() {
            return Ok(());
        }
        let counted = self.sink.fetch_failed(&self.settings.mailbox, self.uid_validity, uids, why);
        counted.await.map_err(ImapError::Sink)
    }

    /// After a pass: counts attempts, and tells mails that are gone from those that the server does not hand out.
    async fn settle(&mut self, troubles: Troubles) -> Result<(), ImapError> {
        self.failed(troubles.refused, &format!("the server refuses to hand it out: {}", troubles.refusal))
            .await?;
        self.look_into(troubles.absent).await
    }

    /// Mails whose FETCH was answered OK but brought no body.
    pub(super) async fn look_into(&mut self, mut absent: Vec<u32>) -> Result<(), ImapError> {
        absent.sort_unstable();
        absent.dedup();
        let mut there = BTreeSet::new();
        for (position, (set, _)) in uid_sets(&absent, MAX_SET as usize).into_iter().enumerate() {
            if position == 0 {
                // Lets the server take notice of what others have expunged.
                self.connection.run("NOOP", |_| ()).await?.ok(|| "NOOP".to_owned())?;
            }
            let tagged = self
                .connection
                .run(&format!("UID FETCH {set} (UID)"), |response| there.extend(Attributes::of(response).uid))
                .await?;
            if !matches!(&tagged, Tagged::No(reply) if reply.code == "EXPUNGEISSUED") {
                tagged.ok(|| "to look for missing mails".to_owned())?;
            }
        }
        let (there, gone): (Vec<u32>, Vec<u32>) = absent.into_iter().partition(|uid| there.contains(uid));
        self.failed(there, "the server answered OK but handed out no body").await?;
        if gone.is_empty() {
            return Ok(());
        }
        let vanished = self.sink.vanished(&self.settings.mailbox, self.uid_validity, gone);
        vanished.await.map_err(ImapError::Sink)
    }

    /// The connection broke. Usually no mail is to blame; but one that breaks it each time must not hold up the
    /// others for ever, so it goes to the end of the line, and its second break in a row counts as an attempt.
    pub(super) async fn blame(&mut self, error: &ImapError, due: Option<u32>) -> Result<(), ImapError> {
        let Some(due) = due else { return Ok(()) };
        match error {
            ImapError::Excess(why) => {
                // Its size was a lie: in parts, it cannot be too much at once. If it is even so, that counts.
                if !self.memory.careful.insert(due) {
                    self.failed(vec![due], why).await?;
                }
            }
            ImapError::Lost(why) | ImapError::Bye(why) => {
                if self.memory.suspect == Some(due) {
                    self.memory.suspect = None;
                    self.memory.careful.insert(due);
                    self.failed(vec![due], why).await?;
                } else {
                    self.memory.suspect = Some(due);
                }
            }
            ImapError::Net(_)
            | ImapError::LoginRefused(_)
            | ImapError::NoLogin(_)
            | ImapError::Throttled { .. }
            | ImapError::Refused { .. }
            | ImapError::Stopped
            | ImapError::Sink(_) => {}
        }
        Ok(())
    }
}

/// The next command's worth of rows.
fn cut(rows: &mut VecDeque<Listed>, limits: &Limits) -> Option<Step> {
    let first = rows.pop_front()?;
    if first.size > limits.partial_over.min(limits.mail_bytes) {
        return Some(Step::Alone(first));
    }
    let (mut bytes, mut set_length, mut last) = (first.size, 0, first.uid);
    let mut range = vec![first];
    while let Some(next) = rows.front() {
        bytes = bytes.saturating_add(next.size);
        if last.checked_add(1) != Some(next.uid) {
            // A gap in the numbers makes the set longer by `,1234:1235` at most.
            set_length += 2 * (2 + next.uid.checked_ilog10().unwrap_or(0));
        }
        let full = range.len() >= limits.range_mails || bytes > limits.range_bytes || set_length > MAX_SET;
        if full || next.size > limits.partial_over.min(limits.mail_bytes) {
            break;
        }
        last = next.uid;
        range.extend(rows.pop_front());
    }
    Some(Step::Range(range))
}
