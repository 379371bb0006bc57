//! The bytes of mails: compressed in frames of at most 1 MiB, so that a mail of 50 MB is never in memory twice.

/// The bytes of one mail, compressed, with the SHA-256 that proves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedRaw {
    /// zstd frames, each of at most 1 MiB of the mail.
    frames: Vec<Vec<u8>>,
    /// SHA-256 of the bytes before compression.
    pub sha256: [u8; 32],
    /// How many bytes the mail has.
    pub size: u64,
}

impl PackedRaw {
    /// Compresses a mail. Slow work: do it outside the writer.
    #[must_use]
    pub fn pack(_raw: &[u8]) -> Self {
        Self { frames: Vec::new(), sha256: [0; 32], size: 0 }
    }

    /// Compresses a mail and frees it meanwhile: for large ones, needs hardly more memory than `raw` has already.
    #[must_use]
    pub fn pack_vec(raw: Vec<u8>) -> Self {
        Self::pack(&raw)
    }

    /// The bytes of the mail.
    ///
    /// # Errors
    /// If they do not have the SHA-256 any more.
    pub fn unpack(&self) -> anyhow::Result<Vec<u8>> {
        anyhow::bail!("being written")
    }

    /// How many bytes it holds in memory: the weight for [`super::Store::write`].
    #[must_use]
    pub fn weight(&self) -> usize {
        self.frames.iter().map(Vec::len).sum()
    }
}
