//! The bytes of a mail, compressed in frames of at most 1 MiB, with the SHA-256 that proves them: a mail of 50 MB is never
//! whole in memory on its way from the server to the disk.

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

/// How much of a mail goes into one frame.
pub const FRAME: usize = 1 << 20;
/// Mail is text and base64: level 1 is nearly as small as 3 and twice as fast.
const LEVEL: i32 = 1;

thread_local! {
    /// A context costs more than compressing a short mail.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Where the frames of one mail are: in memory, or, for a large one, out of it.
pub trait Frames {
    /// Takes the next frame.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn put(&mut self, frame: Vec<u8>) -> Result<()>;

    /// A frame, counted from 0; `None` behind the last.
    ///
    /// # Errors
    /// If it cannot be had back.
    fn get(&self, number: usize) -> Result<Option<Cow<'_, [u8]>>>;

    /// About how many bytes they hold in memory.
    fn weight(&self) -> usize;
}

impl Frames for Vec<Vec<u8>> {
    fn put(&mut self, frame: Vec<u8>) -> Result<()> {
        self.push(frame);
        Ok(())
    }

    fn get(&self, number: usize) -> Result<Option<Cow<'_, [u8]>>> {
        Ok(self.as_slice().get(number).map(|frame| frame.as_slice().into()))
    }

    fn weight(&self) -> usize {
        self.iter().map(Vec::len).sum()
    }
}

/// The bytes of one mail, compressed, with the SHA-256 that proves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedRaw<F = Vec<Vec<u8>>> {
    /// zstd frames, each of at most 1 MiB of the mail.
    pub frames: F,
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
        let mut packer = Packer::new(Vec::new());
        packer.push(raw)?;
        packer.finish()
    }
}

impl<F: Frames> PackedRaw<F> {
    /// The bytes of the mail.
    ///
    /// # Errors
    /// If they do not have the SHA-256 any more.
    pub fn unpack(&self) -> Result<Vec<u8>> {
        let mut raw = Vec::new();
        self.each_frame(|bytes| raw.extend_from_slice(bytes))?;
        Ok(raw)
    }

    /// Goes through the bytes of the mail.
    ///
    /// # Errors
    /// Those of [`PackedRaw::unpack`].
    pub fn prove(&self) -> Result<()> {
        self.each_frame(|_| ())
    }

    fn each_frame(&self, mut take: impl FnMut(&[u8])) -> Result<()> {
        let mut unpacker = Unpacker::new(self.size);
        for number in 0.. {
            let Some(frame) = self.frames.get(number)? else { break };
            take(&unpacker.next(&frame)?);
        }
        unpacker.finish(&self.sha256)
    }

    /// The first bytes of the mail, at most 1 MiB: its header is there. Not proved by the SHA-256.
    ///
    /// # Errors
    /// If the frames cannot be had back, or are damaged.
    pub fn head(&self) -> Result<Vec<u8>> {
        self.frames.get(0)?.map_or(Ok(Vec::new()), |frame| Unpacker::new(self.size).next(&frame))
    }
}

/// Bytes that can be gone through piece by piece, as often as one likes.
pub trait Pieces: Sync {
    /// How many bytes they are.
    fn size(&self) -> u64;

    /// The pieces, in order; fewer bytes than [`Pieces::size`] if they are damaged.
    fn pieces(&self) -> impl Iterator<Item = Cow<'_, [u8]>> + Send;
}

impl<B: AsRef<[u8]> + Sync + ?Sized> Pieces for B {
    fn size(&self) -> u64 {
        self.as_ref().len() as u64
    }

    fn pieces(&self) -> impl Iterator<Item = Cow<'_, [u8]>> + Send {
        self.as_ref().chunks(FRAME).map(Cow::Borrowed)
    }
}

impl Pieces for PackedRaw {
    fn size(&self) -> u64 {
        self.size
    }

    fn pieces(&self) -> impl Iterator<Item = Cow<'_, [u8]>> + Send {
        let mut unpacker = Unpacker::new(self.size);
        self.frames.iter().map_while(move |frame| unpacker.next(frame).ok().map(Cow::Owned))
    }
}

/// Compresses a mail as its bytes come in.
pub struct Packer<F = Vec<Vec<u8>>> {
    frames: F,
    /// What does not fill a frame yet.
    rest: Vec<u8>,
    sha256: Sha256,
    size: u64,
}

impl<F: Frames> Packer<F> {
    /// One that keeps its frames in `frames`, which are empty.
    pub fn new(frames: F) -> Self {
        Self { frames, rest: Vec::new(), sha256: Sha256::new(), size: 0 }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// If there is no room left for a frame.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.sha256.update(bytes);
        self.size += bytes.len() as u64;
        while self.rest.len() + bytes.len() >= FRAME {
            let (now, later) = bytes.split_at_checked(FRAME - self.rest.len()).unwrap_or((bytes, &[]));
            if self.rest.is_empty() {
                self.frames.put(compress(now)?)?;
            } else {
                self.rest.extend_from_slice(now);
                self.frames.put(compress(&self.rest)?)?;
                self.rest.clear();
            }
            bytes = later;
        }
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    /// How many bytes have come in.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The whole mail.
    ///
    /// # Errors
    /// If there is no room left for a frame.
    pub fn finish(mut self) -> Result<PackedRaw<F>> {
        if !self.rest.is_empty() {
            self.frames.put(compress(&self.rest)?)?;
        }
        Ok(PackedRaw { frames: self.frames, sha256: self.sha256.finalize().into(), size: self.size })
    }
}

fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => {
                let compressor = kept.insert(Compressor::new(LEVEL)?);
                compressor.set_parameter(CParameter::ChecksumFlag(true))?;
                compressor
            }
        };
        let mut frame = compressor.compress(bytes)?;
        frame.shrink_to_fit();
        Ok(frame)
    })
}

/// Gives a mail back frame by frame.
pub struct Unpacker {
    left: u64,
    /// None where the checksums of the frames are proof enough.
    sha256: Option<Sha256>,
}

impl Unpacker {
    /// `size` is how many bytes the mail has.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Self { left: size, sha256: Some(Sha256::new()) }
    }

    /// The same for who only reads the mail: that the disk has damaged a frame shows in its own checksum (RFC 8878, section 3.1.1), which all
    /// frames have that [`Packer`] makes.
    #[must_use]
    pub fn by_frames(size: u64) -> Self {
        Self { left: size, sha256: None }
    }

    /// The bytes of the next frame.
    ///
    /// # Errors
    /// If the frame is damaged.
    pub fn next(&mut self, frame: &[u8]) -> Result<Vec<u8>> {
        // The size comes from the disk, too: it may only be believed frame by frame.
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(FRAME);
        let bytes = DECOMPRESSOR.with_borrow_mut(|kept| {
            let decompressor = match kept {
                Some(decompressor) => decompressor,
                None => kept.insert(Decompressor::new()?),
            };
            decompressor.decompress(frame, room)
        });
        let bytes = bytes.context(DAMAGED)?;
        self.left = self.left.checked_sub(bytes.len() as u64).context(DAMAGED)?;
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(&bytes);
        }
        Ok(bytes)
    }

    /// Proves that all bytes have come back as they were.
    ///
    /// # Errors
    /// If they have not.
    pub fn finish(self, sha256: &[u8; 32]) -> Result<()> {
        let same = self.sha256.is_none_or(|digest| <[u8; 32]>::from(digest.finalize()) == *sha256);
        ensure!(self.left == 0 && same, DAMAGED);
        Ok(())
    }
}

/// What a reader of the error can do about it.
pub const DAMAGED: &str = "the stored bytes do not have their SHA-256 any more: the disk has damaged the database; \
                           check the disk and restore the last backup";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// However the bytes come in, the same mail comes out, in frames of 1 MiB.
        #[test]
        fn pieces_make_the_same_mail(
            size in 0_usize..3_500_000,
            cuts in prop::collection::vec(1_usize..1_500_000, 1..8),
        ) {
            let raw: Vec<u8> = (0..size).map(|n| u8::try_from(n * n / 7 % 251).unwrap()).collect();
            let mut packer = Packer::new(Vec::new());
            let mut rest = raw.as_slice();
            for cut in cuts {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                packer.push(now).unwrap();
                rest = later;
            }
            packer.push(rest).unwrap();
            let packed = packer.finish().unwrap();
            prop_assert_eq!(packed.frames.len(), size.div_ceil(FRAME));
            prop_assert_eq!(&packed, &PackedRaw::pack(&raw).unwrap());
            prop_assert!(packed.unpack().unwrap() == raw);
        }
    }
}
