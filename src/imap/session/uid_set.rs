//! Sets of UIDs as a command names them: `1:4,7` (RFC 9051, section 9, sequence-set).

use std::fmt::Write as _;

/// Longest set of UIDs in a command; servers must take lines of 8000 bytes (RFC 2683, section 3.2.1.5).
pub(crate) const MAX_SET: usize = 4000;

/// Sorted UIDs as sets, each of at most `max_len` characters, with the UIDs that it holds.
pub(crate) fn uid_sets(uids: &[u32], max_len: usize) -> Vec<(String, Vec<u32>)> {
    let mut sets: Vec<(String, Vec<u32>)> = Vec::new();
    for run in uids.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let text = if first == last { first.to_string() } else { format!("{first}:{last}") };
        match sets.last_mut() {
            Some((set, members)) if set.len() + 1 + text.len() <= max_len => {
                let _ = write!(set, ",{text}");
                members.extend_from_slice(run);
            }
            Some(_) | None => sets.push((text, run.to_vec())),
        }
    }
    sets
}

/// UIDs, which are in order, as one set, however long.
pub(crate) fn set_of(uids: &[u32]) -> String {
    uid_sets(uids, usize::MAX).pop().map(|(set, _)| set).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_name_exactly_their_members() {
        assert_eq!(
            uid_sets(&[1, 2, 3, 4, 7, 9, 10, u32::MAX], 100),
            [("1:4,7,9:10,4294967295".into(), vec![1, 2, 3, 4, 7, 9, 10, u32::MAX])]
        );
        let sets = uid_sets(&[1, 3, 5, 7], 3);
        assert_eq!(sets, [("1,3".into(), vec![1, 3]), ("5,7".into(), vec![5, 7])]);
        assert!(uid_sets(&[], 10).is_empty());
    }
}
