//! Tests of the outbox: the loop over a real database, the dialogue with a scripted SMTP server.

mod dialogue;
mod faults;
mod login;
mod loops;
mod records;
mod replies;
mod server;
mod unwelcome;

#[path = "../../tests/support/authorization.rs"]
mod authorization;
