//! Outlook's winmail.dat (MS-OXTNEF): the mail once more as rich text, and the files that were attached to it.

/// What it begins with.
const SIGNATURE: [u8; 4] = 0x223e_9f78_u32.to_le_bytes();
/// The level of an attribute that belongs to an attached file.
const OF_A_FILE: u8 = 2;

/// Whether a part is a winmail.dat by its media type, in lower case, or by its name: gateways make `application/octet-stream` of it.
pub(super) fn is_winmail(name: Option<&str>, media_type: &str) -> bool {
    matches!(media_type, "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

/// Whether files may be in it; also where that cannot be told.
#[must_use]
pub fn has_files(winmail: &[u8]) -> bool {
    let Some(mut rest) = winmail.strip_prefix(&SIGNATURE).and_then(|rest| rest.get(2..)) else { return true };
    while !rest.is_empty() {
        // Level, attribute, length; then its bytes and their checksum.
        let Some((head, behind)) = rest.split_first_chunk::<9>() else { return true };
        let [level, _, _, _, _, length @ ..] = *head;
        let Some(next) = usize::try_from(u32::from_le_bytes(length))
            .ok()
            .and_then(|length| behind.get(length.checked_add(2)?..))
        else {
            return true;
        };
        if level == OF_A_FILE {
            return true;
        }
        rest = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [&[level, 0x06, 0x90, 0x08, 0x00], &length[..], content, &[0, 0]].concat()
    }

    #[test]
    fn files_are_told_from_the_mail_itself() {
        let begin = [&SIGNATURE[..], &[1, 0]].concat();
        let check = |attributes: &[Vec<u8>], expect: bool| {
            let whole = [&begin[..], &attributes.concat()].concat();
            assert_eq!(has_files(&whole), expect, "{attributes:?}");
        };
        let (mail, file) = (attribute(1, b"rich text"), attribute(2, b"picture"));
        check(&[], false);
        check(&[mail.clone(), mail.clone()], false);
        check(&[mail.clone(), file], true);
        // What is cut off, or something else.
        check(&[mail[..mail.len() - 1].to_vec()], true);
        check(&[vec![1, 2]], true);
        check(&[[&[1, 0, 0, 0, 0], &[255; 4][..]].concat()], true);
        assert!(has_files(b"PK"));
    }
}
