//! Mails on their way here: which a folder has, their bytes, and what becomes of those that do not come.

pub(super) mod attributes;
pub(super) mod fetch;
pub(super) mod listing;
pub(super) mod parts;
pub(super) mod search;
pub(super) mod short;
pub(super) mod storing;
pub(super) mod troubles;
