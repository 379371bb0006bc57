//! [`Content`]: what is put into a folder.

use std::borrow::Cow;

/// A letter that comes in pieces: it need not be whole in memory.
pub trait Content: Sync {
    /// How many bytes it has.
    fn size(&self) -> u64;

    /// A piece, counted from 0; `None` behind the last.
    ///
    /// # Errors
    /// If it cannot be had.
    fn piece(&self, number: usize) -> impl Future<Output = anyhow::Result<Option<Cow<'_, [u8]>>>> + Send;
}
