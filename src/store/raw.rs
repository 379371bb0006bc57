//! The bytes of mails in the database. SQLite does not check its pages: whoever reads a mail looks at the checksum of each frame, whoever
//! hands its bytes on at the SHA-256 of all.

use super::sql::Size;
use super::{OutboxId, Reader, Tx};
use crate::mail::packed::{DAMAGED, FRAME, Frames, PackedRaw, Unpacker};
use crate::mail::slim::{Slim, Slimmer};
use crate::mail::{self, Mail, Take};
use anyhow::{Context as _, Result};
use rusqlite::params;
use std::ops::Range;

/// A row of `raw`: the bytes of a mail, but for the bytes.
pub(super) struct Kept {
    id: i64,
    sha256: [u8; 32],
    pub(super) size: u64,
}

impl Reader<'_> {
    /// A row of `raw`.
    pub(super) fn kept(&self, raw: i64) -> Result<Kept> {
        self.row(
            "SELECT sha256, size
             FROM raw
             WHERE id = ?1",
            [raw],
            |row| Ok(Kept { id: raw, sha256: row.get(0)?, size: row.get::<_, Size>(1)?.0 }),
        )?
        .context(DAMAGED)
    }

    /// The bytes of a row of `raw` as far as they are needed to read the mail: a video of 50 MB stays on the disk.
    pub(super) fn unpack_to_read(&self, raw: i64) -> Result<Vec<u8>> {
        let kept = self.kept(raw)?;
        Ok(self.slim(&kept, Unpacker::by_frames(kept.size))?.bytes)
    }

    /// The same, with where in the mail they stand, and proved by the SHA-256: for who hands its files on.
    pub(super) fn slim_proved(&self, kept: &Kept) -> Result<Slim> {
        self.slim(kept, Unpacker::new(kept.size))
    }

    fn slim(&self, kept: &Kept, unpacker: Unpacker) -> Result<Slim> {
        let mut slimmer = Slimmer::for_size(kept.size);
        self.unpack_by(unpacker, kept, |frame| {
            slimmer.push(frame);
            Ok(())
        })?;
        Ok(slimmer.finish())
    }

    /// The bytes of a row of `raw` as they lie there, proved sound.
    pub(super) fn packed(&self, raw: i64) -> Result<PackedRaw> {
        let Kept { sha256, size, .. } = self.kept(raw)?;
        let frames =
            self.rows("SELECT zstd FROM raw_frame WHERE raw = ?1 ORDER BY part", [raw], |row| row.get(0))?;
        let packed = PackedRaw { frames, sha256, size };
        packed.prove()?;
        Ok(packed)
    }

    /// What a letter says, however large it is.
    ///
    /// # Errors
    /// If its bytes do not have their SHA-256 any more, or the database cannot be read.
    pub fn parsed_letter(&self, id: OutboxId) -> Result<Mail> {
        self.parse(self.raw_of_letter(id)?).with_context(|| format!("letter {id}"))
    }

    /// What a row of `raw` says, with the sizes and SHA-256 of all attachments; a large mail is read twice for them.
    pub(super) fn parse(&self, raw: i64) -> Result<Mail> {
        let kept = self.kept(raw)?;
        let (mut mail, mut digests) = mail::parse_slim(&self.slim_proved(&kept)?);
        if !digests.is_empty() {
            self.each_frame(&kept, |frame| {
                digests.push(frame);
                Ok(())
            })?;
            digests.finish(&mut mail);
        }
        Ok(mail)
    }

    /// Hands over some of the bytes of a row of `raw`, which have proved sound already.
    pub(super) fn each_piece(&self, kept: &Kept, range: Range<u64>, take: Take<'_>) -> Result<()> {
        let frame = FRAME as u64;
        let mut at = range.start / frame * frame;
        let mut unpacker = Unpacker::by_frames(kept.size);
        let mut select = self.conn.prepare_cached(
            "SELECT zstd
             FROM raw_frame
             WHERE raw = ?1 AND part BETWEEN ?2 AND ?3
             ORDER BY part",
        )?;
        let part = |place: u64| i64::try_from(place / frame);
        let mut frames =
            select.query(params![kept.id, part(range.start)?, part(range.end.saturating_sub(1))?])?;
        while let Some(row) = frames.next()? {
            let bytes = unpacker.next(row.get_ref(0)?.as_blob()?)?;
            let within =
                |place: u64| usize::try_from(place.saturating_sub(at)).unwrap_or(usize::MAX).min(bytes.len());
            take(bytes.get(within(range.start)..within(range.end)).unwrap_or_default())?;
            at += bytes.len() as u64;
        }
        Ok(())
    }

    /// Hands over the bytes of a row of `raw` piece by piece; an error if they do not have their SHA-256, which only the end
    /// shows, or if `take` fails.
    pub(super) fn each_frame(&self, kept: &Kept, take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.unpack_by(Unpacker::new(kept.size), kept, take)
    }

    /// One frame at a time: a large mail is not in memory twice.
    fn unpack_by(
        &self,
        mut unpacker: Unpacker,
        kept: &Kept,
        mut take: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut select = self.conn.prepare_cached(
            "SELECT zstd
             FROM raw_frame
             WHERE raw = ?1
             ORDER BY part",
        )?;
        let mut frames = select.query([kept.id])?;
        while let Some(frame) = frames.next()? {
            take(&unpacker.next(frame.get_ref(0)?.as_blob()?)?)?;
        }
        unpacker.finish(&kept.sha256)
    }
}

impl Tx<'_> {
    /// Keeps bytes once; gives the row of `raw`.
    pub(super) fn keep_raw<F: Frames>(&self, packed: &PackedRaw<F>) -> Result<i64> {
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
        for part in 0.. {
            let Some(frame) = packed.frames.get(part)? else { break };
            self.change(
                "INSERT INTO raw_frame (raw, part, zstd)
                 VALUES (?1, ?2, ?3)",
                params![id, i64::try_from(part)?, frame],
            )?;
        }
        Ok(id)
    }
}
