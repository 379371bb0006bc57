//! What is done on the server to mails that are stored: they are marked or moved, and never before.

pub(super) mod confirm;
pub(super) mod transfer;
