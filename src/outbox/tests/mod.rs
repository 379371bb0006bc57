//! Tests of the outbox: the loop over a real database, the dialogue with a scripted SMTP server.

mod dialogue;
mod faults;
mod loops;
mod server;
