//! A letter in memory, to be put into a folder.

use askback::imap::Content;
use std::borrow::Cow;

/// Its bytes.
pub(crate) struct Bytes<'b>(pub(crate) &'b [u8]);

impl Content for Bytes<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn piece(&self, number: usize) -> anyhow::Result<Option<Cow<'_, [u8]>>> {
        Ok((number == 0).then_some(self.0.into()))
    }
}
