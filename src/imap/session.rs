//! A conversation with a server: the stream and what may come over it, commands and responses, the login, waiting for news.

pub(super) mod guard;
pub(super) mod idle;
pub(super) mod login;
pub(super) mod patience;
pub(super) mod protocol;
pub(super) mod uid_set;
