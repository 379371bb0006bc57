//! What a folder holds beside what the database knows of it. Facts in, differences out.

use crate::imap::{Arrival, Cursor, Listed, Relisted, Start};
use crate::store::{KnownPlace, MailId};
use std::collections::BTreeMap;

/// Both sides of one folder, under one numbering.
pub(super) struct Sides<'a> {
    /// What the server has, by UID.
    pub(super) listed: &'a BTreeMap<u32, Listed>,
    /// The lowest UID that the server had not given away when it was asked.
    pub(super) listed_to: u32,
    /// What is stored, lowest UID first.
    pub(super) places: &'a [KnownPlace],
    /// The work list.
    pub(super) wanted: &'a [Listed],
    /// Those on it that an earlier reconciliation found missing, lowest UID first.
    pub(super) late: &'a [u32],
    /// How far the daemon has listed.
    pub(super) cursor: Cursor,
    /// Which mails are taken at the first contact.
    pub(super) start: Start,
    /// Set if the daemon listed the folder anew.
    pub(super) relisted: Option<Relisted>,
}

/// How they differ.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    /// On the server and stored.
    pub(super) here: usize,
    /// On the server and not here, although the daemon has listed beyond them: until they are here, however long it is known.
    pub(super) missing: Vec<Listed>,
    /// Stored, but the server tells another date or size: another mail may have the place now. With the mail that had it.
    pub(super) suspect: Vec<(Listed, Option<MailId>)>,
    /// Not fetched yet, and the daemon will.
    pub(super) waiting: Vec<Listed>,
    /// Held because they could not be fetched.
    pub(super) unfetched: Vec<u32>,
    /// From before the first contact, with `start = "new"`.
    pub(super) before_start: usize,
    /// Stored, and no longer on the server.
    pub(super) gone: usize,
    /// On the work list, and no longer on the server: nobody has them.
    pub(super) lost: Vec<u32>,
}

/// Compares the sides.
pub(super) fn compare(sides: &Sides<'_>) -> Differences {
    let places: BTreeMap<u32, &KnownPlace> = sides.places.iter().map(|place| (place.uid, place)).collect();
    let wanted: BTreeMap<u32, &Listed> = sides.wanted.iter().map(|mail| (mail.uid, mail)).collect();
    // With `start = "new"` nobody wants what is older than the first mail that was taken.
    let known = places.keys().next().into_iter().chain(wanted.keys().next()).copied();
    let first = known.min().unwrap_or(sides.cursor.next_uid);
    let before = |mail: &Listed| {
        sides.start == Start::New
            && (mail.uid < first || sides.relisted.is_some_and(|of| of.arrival(mail) == Arrival::Before))
    };
    let mut found = Differences::default();
    for (uid, mail) in sides.listed {
        match places.get(uid) {
            Some(place) if !place.stored && !wanted.contains_key(uid) => found.unfetched.push(*uid),
            Some(place) if place.stored => {
                if is_same(place, mail) {
                    found.here += 1;
                } else {
                    found.suspect.push((*mail, place.mail));
                }
            }
            _ if sides.late.binary_search(uid).is_ok() => found.missing.push(*mail),
            _ if wanted.contains_key(uid) || *uid >= sides.cursor.next_uid => found.waiting.push(*mail),
            _ if before(mail) => found.before_start += 1,
            _ => found.missing.push(*mail),
        }
    }
    // What came after the list was made is on neither side of it.
    let not_listed = |uid: &u32| *uid < sides.listed_to && !sides.listed.contains_key(uid);
    let stored = |uid: &u32| places.get(uid).is_some_and(|place| place.stored);
    found.gone = places.keys().filter(|uid| not_listed(uid) && stored(uid)).count();
    found.lost = wanted.keys().filter(|uid| not_listed(uid) && !stored(uid)).copied().collect();
    found
}

/// Whether the server's words, as far as it has any, fit what is stored. Sizes are hints, so what does not fit is looked at, no
/// more.
pub(super) fn is_same(place: &KnownPlace, mail: &Listed) -> bool {
    let date = mail.internal_date.is_none_or(|date| date == place.received_at);
    date && (mail.size == 0 || mail.size == place.size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn listed(uid: u32) -> Listed {
        Listed { uid, size: 100, internal_date: Some(at(i64::from(uid))) }
    }

    fn place(uid: u32) -> KnownPlace {
        KnownPlace {
            uid,
            size: 100,
            received_at: at(i64::from(uid)),
            mail: Some(MailId(i64::from(uid))),
            stored: true,
            duplicate: false,
        }
    }

    /// What an earlier reconciliation has put on the work list.
    const LATE: [u32; 1] = [8];

    #[track_caller]
    fn check(server: &[Listed], places: &[KnownPlace], wanted: &[u32], start: Start, expect: Differences) {
        let sides = Sides {
            listed: &server.iter().map(|mail| (mail.uid, *mail)).collect(),
            listed_to: 20,
            places,
            wanted: &wanted.iter().map(|uid| listed(*uid)).collect::<Vec<_>>(),
            late: &LATE,
            cursor: Cursor { uid_validity: 7, next_uid: 10 },
            start,
            relisted: Some(Relisted { first_contact: at(86_400 + 4), below: 9 }),
        };
        assert_eq!(compare(&sides), expect);
    }

    #[test]
    fn what_fits_is_here() {
        let no_date = Listed { internal_date: None, ..listed(2) };
        let nothing_told = Listed { size: 0, internal_date: None, ..listed(3) };
        let expect = Differences { here: 3, ..Differences::default() };
        check(&[listed(1), no_date, nothing_told], &[1, 2, 3].map(place), &[], Start::All, expect);
    }

    #[test]
    fn what_the_daemon_passed_by_is_missing_and_what_it_will_fetch_waits() {
        let expect = Differences {
            missing: vec![listed(9)],
            waiting: vec![listed(3), listed(10)],
            ..Differences::default()
        };
        check(&[listed(3), listed(9), listed(10)], &[], &[3], Start::All, expect);
    }

    #[test]
    fn what_was_missing_is_missing_until_it_is_here() {
        let expect =
            Differences { missing: vec![listed(8)], waiting: vec![listed(3)], ..Differences::default() };
        check(&[listed(3), listed(8)], &[], &[3, 8], Start::All, expect);
        let expect = Differences { here: 1, ..Differences::default() };
        check(&[listed(8)], &[place(8)], &[8], Start::All, expect);
        let held = KnownPlace { stored: false, ..place(8) };
        let expect = Differences { unfetched: vec![8], ..Differences::default() };
        check(&[listed(8)], &[held], &[], Start::All, expect);
    }

    #[test]
    fn what_was_there_before_the_first_contact_is_wanted_only_with_start_all() {
        let server = [listed(3), listed(5), listed(6)];
        let new =
            Differences { before_start: 1, here: 1, missing: vec![listed(6)], ..Differences::default() };
        check(&server, &[place(5)], &[], Start::New, new);
        let all = Differences { here: 1, missing: vec![listed(3), listed(6)], ..Differences::default() };
        check(&server, &[place(5)], &[], Start::All, all);
        check(&server, &[], &[], Start::New, Differences { before_start: 3, ..Differences::default() });
    }

    #[test]
    fn what_was_left_out_of_a_new_numbering_is_not_missing() {
        let dated = |uid, seconds| Listed { internal_date: Some(at(seconds)), ..listed(uid) };
        let (old, new, moved_here) = (dated(6, 3), dated(5, 50_000), dated(9, 3));
        let expect = Differences {
            before_start: 1,
            here: 1,
            missing: vec![new, moved_here],
            ..Differences::default()
        };
        check(&[listed(4), new, old, moved_here], &[place(4)], &[], Start::New, expect);
    }

    #[test]
    fn another_date_or_size_is_suspect() {
        let other_size = Listed { size: 101, ..listed(1) };
        let other_date = Listed { internal_date: Some(at(99)), ..listed(2) };
        let suspect = vec![(other_size, Some(MailId(1))), (other_date, Some(MailId(2)))];
        let expect = Differences { here: 1, suspect, ..Differences::default() };
        check(&[other_size, other_date, listed(3)], &[1, 2, 3].map(place), &[], Start::All, expect);
    }

    #[test]
    fn what_the_server_has_no_more_is_gone_or_lost() {
        let held = KnownPlace { stored: false, ..place(2) };
        let expect = Differences { unfetched: vec![2], gone: 1, lost: vec![4], ..Differences::default() };
        // 25 came after the list was made.
        check(&[listed(2)], &[place(1), held, place(25)], &[4], Start::All, expect);
        // A held one that is tried again waits.
        let expect = Differences { waiting: vec![listed(2)], ..Differences::default() };
        check(&[listed(2)], &[held], &[2], Start::All, expect);
    }
}
