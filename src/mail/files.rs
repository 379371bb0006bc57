//! The files that came with a mail, to be sent on: what they are called, and where in the mail their bytes stand.

use super::tnef;
use super::transfer::{Decoder, PIECE};
use anyhow::Result;
use mail_parser::Encoding;
use std::ops::Range;

/// A file that came with a mail.
#[derive(Clone, Debug)]
pub struct AttachedFile {
    /// Decoded file name, if any. Hostile.
    pub name: Option<String>,
    /// Media type in lower case.
    pub media_type: String,
    pub(super) content: Content,
}

/// Where its bytes are.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Encoded so, in the mail.
    There(Range<u64>, Encoding),
    /// Here: they came in a mail that was encoded itself.
    Here(Vec<u8>),
}

/// Takes bytes piece by piece.
pub type Take<'t> = &'t mut dyn FnMut(&[u8]) -> Result<()>;

impl AttachedFile {
    /// Whether it is a mail itself.
    #[must_use]
    pub fn is_mail(&self) -> bool {
        let name = self.name.as_deref().unwrap_or_default().to_lowercase();
        self.media_type == "message/rfc822" || name.ends_with(".eml")
    }

    /// Whether it is Outlook's winmail.dat: the mail once more, and files that were attached to it.
    #[must_use]
    pub fn is_winmail(&self) -> bool {
        tnef::is_winmail(self.name.as_deref(), &self.media_type)
    }

    /// Hands over the file piece by piece. `read` hands over bytes of the mail.
    ///
    /// # Errors
    /// Those of `read` and `take`.
    pub fn read(&self, read: impl FnOnce(Range<u64>, Take<'_>) -> Result<()>, take: Take<'_>) -> Result<()> {
        match &self.content {
            Content::Here(bytes) => take(bytes),
            Content::There(range, encoding) => {
                let mut decoder = Decoder::new(*encoding);
                read(range.clone(), &mut |bytes| {
                    bytes.chunks(PIECE).try_for_each(|bytes| take(decoder.push(bytes)))
                })?;
                take(decoder.finish())
            }
        }
    }
}
