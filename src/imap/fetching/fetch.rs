//! Bodies, by ranges: two FETCH commands are always under way, so that the wire never waits for us.

use super::attributes::Attributes;
use super::short::Short;
use super::storing::Storing;
use super::troubles::{REFUSED_IN_A_ROW, Troubles};
use crate::failpoint;
use crate::imap::drain::Round;
use crate::imap::error::ImapError;
use crate::imap::session::protocol::{Event, Tag, Tagged};
use crate::imap::session::uid_set::{MAX_SET, set_of};
use crate::imap::settings::Limits;
use crate::imap::{Fetched, Listed, Raw, Sink};
use crate::mail::MailKey;
use std::collections::{BTreeMap, VecDeque};

/// Commands under way at once.
const PIPELINE: usize = 2;

/// Rows of the work list that are read at once.
const WORK: usize = 2000;

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

impl<S: Sink> Round<'_, S> {
    /// Fetches and stores all that is wanted.
    pub(crate) async fn fetch_wanted(&mut self) -> Result<(), ImapError> {
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
                troubles.delivered += usize::from(self.fetch_alone(mail).await?);
                continue;
            }
            match self.connection.next(|response| Attributes::of(response).owned_body()).await? {
                Event::Untagged(body) => {
                    let Some((uid, body)) = body else { continue };
                    let Some(mail) = under_way.iter_mut().find_map(|range| range.missing.remove(&uid)) else {
                        continue;
                    };
                    self.connection.brought();
                    if body.is_empty() {
                        troubles.absent.push(uid);
                        continue;
                    }
                    if let Some(short) = Short::of(&mail, &body) {
                        troubles.short.push(short);
                        continue;
                    }
                    storing.push(self.fetched(mail, body)).await?;
                    failpoint::hit("fetch.body");
                    troubles.delivered += 1;
                }
                Event::Done(tag, tagged) => {
                    // In any order (RFC 9051, section 5.5).
                    let ended = under_way.iter().position(|range| range.tag == tag);
                    match ended.and_then(|position| under_way.remove(position)) {
                        Some(range) => self.ended(range, tagged, &mut plan, troubles).await?,
                        None => return Err(ImapError::Lost("an answer without a question".to_owned())),
                    }
                }
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
            return Err(ImapError::refused("to hand out any mail".to_owned(), reply.to_string()));
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
        let tag = self.connection.send(&format!("UID FETCH {} (UID BODY.PEEK[])", set_of(&uids))).await?;
        Ok(Range { tag, missing: mails.into_iter().map(|mail| (mail.uid, mail)).collect() })
    }

    fn fetched(&self, mail: Listed, body: Vec<u8>) -> Fetched<S::Aside> {
        let limit = self.settings.limits.mail_bytes;
        let over_limit = Some(body.len() as u64).filter(|size| *size > limit);
        let raw = match over_limit {
            Some(size) => super::parts::placeholder(&body, size, limit),
            None => body,
        };
        Fetched {
            key: self.key(mail.uid),
            internal_date: mail.internal_date,
            raw: Raw::Plain(raw),
            over_limit,
        }
    }

    pub(crate) fn key(&self, uid: u32) -> MailKey {
        MailKey { mailbox: self.settings.mailbox.clone(), uid_validity: self.uid_validity, uid }
    }
}

/// Whether a mail may be too much to be taken whole.
fn comes_alone(mail: &Listed, limits: &Limits) -> bool {
    mail.size == 0 || mail.size > limits.partial_over.min(limits.mail_bytes)
}

/// The next command's worth of rows.
fn cut(rows: &mut VecDeque<Listed>, limits: &Limits) -> Option<Step> {
    let first = rows.pop_front()?;
    if comes_alone(&first, limits) {
        return Some(Step::Alone(first));
    }
    let (mut bytes, mut set_length, mut last) = (first.size, 0_usize, first.uid);
    let mut range = vec![first];
    while let Some(next) = rows.front() {
        bytes = bytes.saturating_add(next.size);
        if last.checked_add(1) != Some(next.uid) {
            // A gap in the numbers makes the set longer by `,1234:1235` at most.
            set_length += 2 * (1 + next.uid.to_string().len());
        }
        let full = range.len() >= limits.range_mails || bytes > limits.range_bytes || set_length > MAX_SET;
        if full || comes_alone(next, limits) {
            break;
        }
        last = next.uid;
        range.extend(rows.pop_front());
    }
    Some(Step::Range(range))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::session::uid_set::uid_sets;

    fn check(rows: &[(u32, u64)], expect: &[&str]) {
        let limits = Limits { partial_over: 100, range_bytes: 250, range_mails: 4, ..Limits::default() };
        let mut rows: VecDeque<Listed> =
            rows.iter().map(|(uid, size)| Listed { uid: *uid, size: *size, internal_date: None }).collect();
        let mut steps = Vec::new();
        while let Some(step) = cut(&mut rows, &limits) {
            steps.push(match step {
                Step::Alone(mail) => format!("{} alone", mail.uid),
                Step::Range(mails) => {
                    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
                    uid_sets(&uids, MAX_SET).into_iter().map(|(set, _)| set).collect::<Vec<_>>().join(" and ")
                }
            });
        }
        assert_eq!(steps, expect);
    }

    #[test]
    fn the_work_list_is_cut_by_number_and_bytes_and_big_mails() {
        check(&[], &[]);
        check(&[(1, 9), (2, 9), (3, 9), (4, 9), (5, 9)], &["1:4", "5"]);
        check(&[(1, 100), (2, 100), (3, 51), (9, 9)], &["1:2", "3,9"]);
        check(&[(1, 9), (2, 101), (3, 9)], &["1", "2 alone", "3"]);
        check(&[(1, 9), (2, 9), (3, 0), (4, 0)], &["1:2", "3 alone", "4 alone"]);
    }

    #[test]
    fn no_command_names_more_than_a_server_must_take() {
        let mut rows: VecDeque<Listed> =
            (0..2000).map(|n| Listed { uid: 4_000_000_000 + n * 3, size: 1, internal_date: None }).collect();
        while let Some(Step::Range(mails)) =
            cut(&mut rows, &Limits { range_mails: 9999, ..Limits::default() })
        {
            let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
            assert_eq!(uid_sets(&uids, MAX_SET).len(), 1);
        }
        assert!(rows.is_empty());
    }
}
