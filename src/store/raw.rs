//! The bytes of mails: compressed in frames of at most 1 MiB, so that a mail of 50 MB is never in memory twice.
//! SQLite does not check its pages; the SHA-256 does.

use super::sql::Size;
use super::{Reader, Tx};
use anyhow::{Context as _, Result, ensure};
use rusqlite::params;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};

/// How much of a mail goes into one frame.
const FRAME: usize = 1 << 20;
/// Mail is text and base64: level 1 is nearly as small as 3 and twice as fast.
const LEVEL: i32 = 1;

thread_local! {
    /// A context costs more than compressing a short mail.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The bytes of one mail, compressed, with the SHA-256 that proves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedRaw {
    /// zstd frames, each of at most [`FRAME`] bytes of the mail.
    pub(super) frames: Vec<Vec<u8>>,
    /// SHA-256 of the bytes before compression.
    pub sha256: [u8; 32],
    /// How many bytes the mail has.
    pub size: u64,
}

impl PackedRaw {
    /// Compresses a mail. Slow work: do it outside the writer.
    ///
    /// # Errors
    /// If there is no memory left.
    pub fn pack(raw: &[u8]) -> Result<Self> {
        let frames = raw.chunks(FRAME).map(compress).collect::<Result<_>>()?;
        Ok(Self { frames, sha256: Sha256::digest(raw).into(), size: raw.len() as u64 })
    }

    /// Compresses a mail and frees it piece by piece: for large ones, needs hardly more memory than `raw` had.
    ///
    /// # Errors
    /// If there is no memory left.
    pub fn pack_vec(mut raw: Vec<u8>) -> Result<Self> {
        let (sha256, size) = (Sha256::digest(&raw).into(), raw.len() as u64);
        let mut frames = Vec::with_capacity(raw.len().div_ceil(FRAME));
        while !raw.is_empty() {
            // From the end: only there can a Vec give memory back.
            let start = (raw.len() - 1) / FRAME * FRAME;
            frames.push(compress(raw.get(start..).unwrap_or_default())?);
            raw.truncate(start);
            raw.shrink_to_fit();
        }
        frames.reverse();
        Ok(Self { frames, sha256, size })
    }

    /// The bytes of the mail.
    ///
    /// # Errors
    /// If they do not have the SHA-256 any more.
    pub fn unpack(&self) -> Result<Vec<u8>> {
        let mut unpacking = Unpacking::new(self.size);
        for frame in &self.frames {
            unpacking.add(frame)?;
        }
        unpacking.finish(&self.sha256)
    }

    /// How many bytes this holds in memory: the weight for [`super::Store::write`].
    #[must_use]
    pub fn weight(&self) -> usize {
        self.frames.iter().map(Vec::len).sum()
    }
}

fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(LEVEL)?),
        };
        let mut frame = compressor.compress(bytes)?;
        frame.shrink_to_fit();
        Ok(frame)
    })
}

/// A mail that is being put together from its frames.
struct Unpacking {
    raw: Vec<u8>,
    size: usize,
}

impl Unpacking {
    fn new(size: u64) -> Self {
        Self { raw: Vec::new(), size: usize::try_from(size).unwrap_or(usize::MAX) }
    }

    fn add(&mut self, frame: &[u8]) -> Result<()> {
        // The size comes from the disk, too: it may only be believed frame by frame.
        let room = (self.size - self.raw.len()).min(FRAME);
        let bytes = DECOMPRESSOR.with_borrow_mut(|kept| {
            let decompressor = match kept {
                Some(decompressor) => decompressor,
                None => kept.insert(Decompressor::new()?),
            };
            decompressor.decompress(frame, room)
        });
        let bytes = bytes.context(DAMAGED)?;
        if self.raw.is_empty() {
            self.raw = bytes;
        } else {
            self.raw.extend_from_slice(&bytes);
        }
        Ok(())
    }

    fn finish(self, sha256: &[u8; 32]) -> Result<Vec<u8>> {
        let digest: [u8; 32] = Sha256::digest(&self.raw).into();
        ensure!(self.raw.len() == self.size && digest == *sha256, DAMAGED);
        Ok(self.raw)
    }
}

/// What a reader of the error can do about it.
const DAMAGED: &str = "the stored bytes do not have their SHA-256 any more: the disk has damaged the database; \
                       check the disk and restore the last backup";

impl Reader<'_> {
    /// The bytes of a row of `raw`.
    pub(super) fn unpack(&self, raw: i64) -> Result<Vec<u8>> {
        let (sha256, size) = self
            .row(
                "SELECT sha256, size
                 FROM raw
                 WHERE id = ?1",
                [raw],
                |row| Ok((row.get(0)?, row.get::<_, Size>(1)?.0)),
            )?
            .context(DAMAGED)?;
        // One frame at a time: a large mail is not in memory twice.
        let mut unpacking = Unpacking::new(size);
        let mut select = self.conn.prepare_cached(
            "SELECT zstd
             FROM raw_frame
             WHERE raw = ?1
             ORDER BY part",
        )?;
        let mut frames = select.query([raw])?;
        while let Some(frame) = frames.next()? {
            unpacking.add(frame.get_ref(0)?.as_blob()?)?;
        }
        unpacking.finish(&sha256)
    }
}

impl Tx<'_> {
    /// Keeps bytes once; gives the row of `raw`.
    pub(super) fn keep_raw(&self, packed: &PackedRaw) -> Result<i64> {
        let kept = self.row(
            "SELECT id
             FROM raw
             WHERE sha256 = ?1",
            [packed.sha256],
            |row| row.get(0),
        )?;
        if let Some(id) = kept {
            return Ok(id);
        }
        let id = self.insert(
            "INSERT INTO raw (sha256, size)
             VALUES (?1, ?2)",
            params![packed.sha256, Size(packed.size)],
        )?;
        for (part, frame) in (0_i64..).zip(&packed.frames) {
            self.change(
                "INSERT INTO raw_frame (raw, part, zstd)
                 VALUES (?1, ?2, ?3)",
                params![id, part, frame],
            )?;
        }
        Ok(id)
    }
}
