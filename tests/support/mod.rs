//! What live tests, the demo and the benchmark share: real servers, mails in and out, the real program.
#![allow(dead_code, reason = "each of the programs that include this uses a part of it")]

pub(crate) mod agent;
pub(crate) mod authorization;
pub(crate) mod bytes;
pub(crate) mod compose;
pub(crate) mod daemon;
pub(crate) mod maildir;
pub(crate) mod noise;
pub(crate) mod proxy;
pub(crate) mod servers;
pub(crate) mod smtp;

use anyhow::{Context as _, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long anything may take before it counts as not happening; generous, for slow machines.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Calls `look` until it gives something, for at most [`PATIENCE`]. `what` completes "waited … seconds for".
pub(crate) fn wait_for<T>(what: &str, look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    wait_for_at_most(PATIENCE, what, look)
}

/// Calls `look` every 20 ms until it gives something, for at most `limit`.
pub(crate) fn wait_for_at_most<T>(
    limit: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if start.elapsed() > limit {
            bail!("waited {} seconds in vain for {what}", limit.as_secs_f32());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Compiles a source of this repository into a library that `LD_PRELOAD` puts before the C library; gives where it is.
pub(crate) fn preload(source: &str, folder: &Path) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let library = folder.join("preload.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .status()
        .context("there is no C compiler: make deps installs it")?;
    ensure!(built.success(), "{} does not compile", source.display());
    Ok(library)
}
