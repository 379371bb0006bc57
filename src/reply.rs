//! May we answer, in which words, as which bytes? Pure.
//!
//! [`decision`] is the table of who is answered, [`letter`] the words, [`mime`] the bytes. [`authentication`] reads
//! what a trusted server says of a sender.

mod absence;
pub mod authentication;
pub mod decision;
mod form;
mod header;
pub mod letter;
mod marks;
pub mod mime;
mod said;
mod sender;
pub mod words;

pub use authentication::Authentication;
pub use decision::{Filing, Limits, Reason, ReplyDecision, SenderPolicy, Signals, by_machine, decide};
pub use form::filled_in_by;
pub use letter::{Letter, LetterError, LetterFacts, Letters, Override, Purpose, answer_subject};
