//! [`Patience`]: a server may talk for long, but not for ever without coming to the point.

use crate::imap::error::ImapError;
use std::time::Duration;
use tokio::time::Instant;

/// Responses that a command may bring along before the server counts as mad.
pub(crate) const MAX_UNTAGGED: usize = 100_000;

/// What a server has said since a command began, or last brought what was asked for.
#[derive(Debug)]
pub(crate) struct Patience {
    responses: usize,
    since: Instant,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self { responses: 0, since: Instant::now() }
    }

    /// One more response came. Silence is not the matter here: the stream under it ends that.
    pub(crate) fn spend(&mut self, limit: Duration) -> Result<(), ImapError> {
        self.responses += 1;
        if self.responses > MAX_UNTAGGED {
            return Err(ImapError::Excess("it sends responses without end".to_owned()));
        }
        if self.since.elapsed() > limit {
            return Err(ImapError::Lost("it goes on talking, and never comes to an end".to_owned()));
        }
        Ok(())
    }
}
