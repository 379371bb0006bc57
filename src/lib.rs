//! askback: reads a support mailbox, files every mail into a ticket, asks back for what is missing.
//!
//! Begin with [`intake`], the order of steps for one mail; ARCHITECTURE.md tells the same as a story.
//!
//! Shell (sockets, files, clocks): [`cli`], [`config`], [`daemon`], [`intake`], [`imap`], [`net`], [`oauth`], [`outbox`],
//! [`store`].
//! Core (pure: facts and `now` in, decisions out): [`mail`], [`request`], [`calendar`], [`ticket`], [`reply`],
//! [`nudge`]. `tests/tidy.rs` holds who may import whom.

// What unit tests share with the others (tests/support) calls us by our name.
#[cfg(test)]
extern crate self as askback;

pub mod cli;
pub mod config;
pub mod daemon;
pub mod intake;

pub mod calendar;
pub mod mail;
pub mod nudge;
pub mod reply;
pub mod request;
pub mod ticket;

#[doc(hidden)]
pub mod failpoint;
pub mod imap;
pub mod net;
pub mod oauth;
pub mod outbox;
mod private_file;
pub mod store;
