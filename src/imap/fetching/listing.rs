//! The listing: which mails a folder has from the cursor on, though one of them cannot be listed.
//!
//! A mail whose row ends the connection or the command is known by SEARCH alone: it goes onto the work list without size and
//! date, and fetching it decides.

use super::attributes::Attributes;
use super::search;
use super::troubles::REFUSED_IN_A_ROW;
use crate::imap::drain::Round;
use crate::imap::error::{ImapError, Reply};
use crate::imap::session::protocol::{Event, Tagged};
use crate::imap::session::uid_set::{MAX_SET, set_of, uid_sets};
use crate::imap::{Cursor, Listed, Sink};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Rows of a listing that are handed to the sink at once.
const ROWS: usize = 5000;

/// Rows beyond the number of messages that a listing may bring (flags that change while it runs).
const STRAY_ROWS: usize = 10_000;

/// Mails whose rows are asked for at once if SEARCH has named them: a server may take long before it speaks.
const SET_MAILS: usize = 1000;

/// Listings that are refused without a row before that is the fault of one or two mails: a server's failure passes.
const PATIENCE: u32 = 3;

/// What listings that failed have shown, until one comes to its end.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    /// Mails that are on the work list already.
    known: BTreeSet<u32>,
    /// The highest row that the last one brought.
    reached: u32,
    /// The connection ended when rows were asked for: next time SEARCH goes first, and what it names is asked for in small sets.
    in_doubt: bool,
    /// How often a mail has been to blame.
    blamed: u32,
    /// How often the server has refused.
    refused: u32,
}

impl Failures {
    /// What is not IMAP is a mail's fault; a connection that breaks, if it does so again without a new row. Where rows are not
    /// asked for, no mail is to blame.
    fn note(&mut self, listing: &Listing, error: &ImapError, unreadable: bool) {
        let before = self.known.len();
        self.known.extend(&listing.came);
        let stalled = self.known.len() == before;
        self.known.extend(&listing.given_up);
        if matches!(error, ImapError::Refused { .. }) {
            self.refused = self.refused.saturating_add(1);
        } else if listing.searching {
            self.in_doubt = false;
        } else {
            if unreadable || (self.in_doubt && stalled) {
                self.blamed = self.blamed.saturating_add(1);
            }
            self.reached = listing.came.iter().copied().max().unwrap_or(self.reached);
            self.in_doubt = true;
        }
    }

    /// What is left after a listing that came to its end. `n:*` brings the last message in any case (RFC 9051, section 6.4.8):
    /// until it is one whose row has come, SEARCH goes first.
    fn settled(&self, listing: &Listing) -> Self {
        let last_came = listing.highest.is_some_and(|last| listing.came.contains(&last));
        Self { in_doubt: self.in_doubt && !last_came, ..Self::default() }
    }

    /// So many mails are not asked for any more.
    fn doubtful(&self) -> usize {
        self.blamed.checked_sub(1).map_or(0, |more| 4_usize.saturating_pow(more))
    }

    /// Takes those out of the mails whose rows are missing. Rows come in order, so it is the next one; where they do not, or
    /// there are many such mails, more of them each time end it soon.
    fn take_doubtful(&self, missing: &mut Vec<u32>) -> Vec<u32> {
        let many = self.doubtful().min(missing.len());
        let next = missing.iter().position(|uid| *uid > self.reached).unwrap_or(0);
        let from = next.min(missing.len() - many);
        missing.drain(from..from + many).collect()
    }

    /// Grows with each listing that failed and has shown something.
    pub(crate) fn shown(&self) -> (u32, usize, bool) {
        (self.blamed, self.known.len(), self.in_doubt)
    }
}

/// A listing that is under way.
struct Listing {
    start: Cursor,
    /// To be handed to the sink.
    rows: Vec<Listed>,
    /// UIDs of all rows that came.
    came: Vec<u32>,
    /// UIDs that were not asked for.
    given_up: Vec<u32>,
    highest: Option<u32>,
    /// SEARCH is under way.
    searching: bool,
}

impl Listing {
    fn new(start: Cursor) -> Self {
        let (rows, came, given_up) = (Vec::new(), Vec::new(), Vec::new());
        Self { start, rows, came, given_up, highest: None, searching: false }
    }
}

impl<S: Sink> Round<'_, S> {
    /// Lists what lies at or over the cursor. Rows go to the sink as they come; the cursor moves after the last. Gives whether
    /// there was anything.
    pub(crate) async fn list_new(&mut self) -> Result<bool, ImapError> {
        if self.connection.exists == 0 {
            return Ok(false);
        }
        let stored = self.sink.cursor(&self.settings.mailbox).await.map_err(ImapError::Sink)?;
        let start = stored.unwrap_or(Cursor { uid_validity: self.uid_validity, next_uid: 1 });
        if start.uid_validity != self.uid_validity {
            let was = format!("it has been listed under UIDVALIDITY {}", start.uid_validity);
            return Err(ImapError::MadeAnew(was));
        }
        let mut listing = Listing::new(start);
        match self.list(&mut listing).await {
            Ok(()) => {
                self.memory.failures = self.memory.failures.settled(&listing);
                let Some(highest) = listing.highest else { return Ok(false) };
                let cursor = Cursor { next_uid: highest.saturating_add(1), ..start };
                self.hand_over(&mut listing, cursor).await?;
                Ok(true)
            }
            Err(
                error @ (ImapError::Lost(_)
                | ImapError::Bye(_)
                | ImapError::Excess(_)
                | ImapError::Refused { .. }),
            ) => {
                self.hand_over(&mut listing, start).await?;
                self.memory.failures.note(&listing, &error, self.connection.unreadable);
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    async fn hand_over(&self, listing: &mut Listing, cursor: Cursor) -> Result<(), ImapError> {
        let rows = std::mem::take(&mut listing.rows);
        self.sink.listed(&self.settings.mailbox, cursor, rows).await.map_err(ImapError::Sink)
    }

    async fn list(&mut self, listing: &mut Listing) -> Result<(), ImapError> {
        let in_doubt = self.memory.failures.in_doubt;
        let found = if in_doubt { self.search(listing).await?.ok() } else { None };
        let mut uids = if let Some(uids) = found {
            uids
        } else {
            let all = format!("{}:*", listing.start.next_uid);
            let refusal = refused(self.rows(&all, listing).await?)?;
            if refusal.is_none() {
                self.memory.failures.in_doubt = false;
                if !self.thorough {
                    return Ok(());
                }
            }
            match (self.search(listing).await?, refusal) {
                (Ok(uids), _) => uids,
                // The rows that came must do.
                (Err(_), None) => return Ok(()),
                (Err(_), Some(reply)) => return Err(refuses(&reply)),
            }
        };
        listing.highest = listing.highest.max(uids.last().copied());
        listing.came.sort_unstable();
        let known = &self.memory.failures.known;
        uids.retain(|uid| listing.came.binary_search(uid).is_err() && !known.contains(uid));
        listing.given_up = self.memory.failures.take_doubtful(&mut uids);
        let given_up = listing.given_up.clone();
        self.take_bare(&given_up, listing);
        self.list_each(&uids, listing).await
    }

    async fn search(&mut self, listing: &mut Listing) -> Result<search::Found, ImapError> {
        listing.searching = true;
        let found = search::uids_from(self.connection, listing.start.next_uid).await?;
        listing.searching = false;
        Ok(found)
    }

    /// Lists mails that SEARCH has named, in halves where that is refused.
    async fn list_each(&mut self, uids: &[u32], listing: &mut Listing) -> Result<(), ImapError> {
        let sets = uids.chunks(SET_MAILS).flat_map(|some| uid_sets(some, MAX_SET));
        let mut sets: Vec<Vec<u32>> = sets.map(|(_, members)| members).collect();
        sets.reverse();
        let mut bare = Vec::new();
        // Refused when asked for alone, with what the server said last.
        let (mut alone, mut refusal_alone) = (0, None);
        while let Some(mut members) = sets.pop() {
            let before = listing.came.len();
            let refusal = refused(self.rows(&set_of(&members), listing).await?)?;
            let came: BTreeSet<u32> = listing.came.iter().skip(before).copied().collect();
            members.retain(|uid| !came.contains(uid));
            match refusal {
                Some(_) if members.len() > 1 => {
                    let half = members.split_off(members.len() / 2);
                    sets.extend([half, members]);
                }
                Some(reply) => {
                    alone += members.len();
                    bare.append(&mut members);
                    if listing.came.is_empty() && alone >= REFUSED_IN_A_ROW {
                        return Err(refuses(&reply));
                    }
                    refusal_alone = Some(reply);
                }
                None => bare.append(&mut members),
            }
        }
        if let Some(reply) = refusal_alone
            && listing.came.is_empty()
            && self.memory.failures.refused < PATIENCE
        {
            return Err(refuses(&reply));
        }
        self.take_bare(&bare, listing);
        Ok(())
    }

    /// Lists mails that have no row.
    fn take_bare(&self, uids: &[u32], listing: &mut Listing) {
        if let Some(first) = uids.first() {
            tracing::warn!(
                mailbox = self.settings.mailbox.as_str(),
                mails = uids.len(),
                first_uid = first,
                "the server has mails whose size and date it does not tell: they are fetched one by one"
            );
        }
        listing.rows.extend(uids.iter().map(|uid| Listed { uid: *uid, size: 0, internal_date: None }));
    }

    /// Asks for the rows of a set.
    async fn rows(&mut self, set: &str, listing: &mut Listing) -> Result<Tagged, ImapError> {
        let most = STRAY_ROWS.saturating_add(usize::try_from(self.connection.exists).unwrap_or(usize::MAX));
        let tag = self.connection.send(&format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)")).await?;
        let mut seen = 0_usize;
        loop {
            let row = match self.connection.next(|response| listed_row(&Attributes::of(response))).await? {
                Event::Untagged(row) => row,
                Event::Done(done, tagged) if done == tag => return Ok(tagged),
                Event::Done(..) => return Err(ImapError::Lost("an answer without a question".to_owned())),
            };
            seen += 1;
            if seen > most {
                return Err(ImapError::Excess("it lists more messages than there are".to_owned()));
            }
            // `n:*` brings the last message even if its UID is below n (RFC 9051, section 6.4.8).
            let Some(row) = row.filter(|row| row.uid >= listing.start.next_uid) else { continue };
            self.connection.brought();
            listing.highest = listing.highest.max(Some(row.uid));
            listing.came.push(row.uid);
            listing.rows.push(row);
            if listing.rows.len() >= ROWS {
                self.hand_over(listing, listing.start).await?;
            }
        }
    }
}

/// What NO or BAD to a listing says; `None` for OK.
fn refused(tagged: Tagged) -> Result<Option<Reply>, ImapError> {
    match tagged {
        Tagged::Ok(_) => Ok(None),
        // Dovecot: some were expunged meanwhile; all others have been delivered.
        Tagged::No(reply) if reply.code == "EXPUNGEISSUED" => Ok(None),
        Tagged::No(reply) | Tagged::Bad(reply) if reply.is_throttling() => Err(refuses(&reply)),
        Tagged::No(reply) | Tagged::Bad(reply) => Ok(Some(reply)),
    }
}

fn refuses(reply: &Reply) -> ImapError {
    ImapError::from_words(reply, |text| ImapError::refused("to list the messages".to_owned(), text))
}

/// A row of the listing; `None` for a FETCH that the server sent for another reason (changed flags).
fn listed_row(attributes: &Attributes<'_>) -> Option<Listed> {
    if attributes.size.is_none() && attributes.internal_date.is_none() {
        return None;
    }
    Some(Listed {
        uid: attributes.uid?,
        size: attributes.size.unwrap_or(0),
        internal_date: attributes.internal_date.and_then(internal_date),
    })
}

/// `" 1-Feb-2026 03:04:05 +0300"` (RFC 9051, section 9, date-time).
fn internal_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok().map(|date| date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_arrival() {
        for text in [" 1-Feb-2026 03:04:05 +0300", "01-Feb-2026 00:04:05 +0000"] {
            assert_eq!(internal_date(text).unwrap().to_rfc3339(), "2026-02-01T00:04:05+00:00");
        }
        assert_eq!(internal_date("yesterday"), None);
    }

    #[test]
    fn a_broken_connection_is_a_mails_fault_the_second_time_and_what_is_not_imap_at_once() {
        let mut failures = Failures::default();
        let mut check = |came: &[u32], given_up: &[u32], unreadable, doubtful: &[u32]| {
            let listing = Listing {
                came: came.to_vec(),
                given_up: given_up.to_vec(),
                ..Listing::new(Cursor { uid_validity: 7, next_uid: 1 })
            };
            failures.note(&listing, &ImapError::Lost(String::new()), unreadable);
            let mut missing = vec![2, 4, 6, 8, 10, 12, 14];
            assert_eq!(failures.take_doubtful(&mut missing), doubtful);
            assert_eq!(missing.len() + doubtful.len(), 7);
        };
        check(&[1, 3], &[], false, &[]);
        check(&[1, 3, 5], &[], false, &[]);
        check(&[1, 3, 5], &[], false, &[6]);
        check(&[7], &[6], false, &[8]);
        check(&[], &[8], false, &[8, 10, 12, 14]);
        check(&[9], &[], true, &[2, 4, 6, 8, 10, 12, 14]);
    }
}
