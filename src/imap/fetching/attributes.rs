//! [`Attributes`]: what a FETCH response says of one message.

use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};

/// What of a FETCH response concerns us.
#[derive(Default)]
pub(crate) struct Attributes<'a> {
    pub(crate) uid: Option<u32>,
    pub(crate) size: Option<u64>,
    pub(crate) internal_date: Option<&'a str>,
    /// The whole body (`BODY[]`).
    pub(crate) body: Option<&'a [u8]>,
    /// A part of the body with its offset (`BODY[]<n>`).
    pub(crate) part: Option<(u32, &'a [u8])>,
    /// The headers (`BODY[HEADER]`, whole or in part).
    pub(crate) header: Option<&'a [u8]>,
}

impl<'a> Attributes<'a> {
    pub(crate) fn of(response: &'a Response<'_>) -> Self {
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
    pub(crate) fn owned_body(&self) -> Option<(u32, Vec<u8>)> {
        Some((self.uid?, self.body?.to_vec()))
    }
}
