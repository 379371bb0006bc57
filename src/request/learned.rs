//! What was learned from labelled mails: what a mail shows, as names, and the weights, trees and network that say
//! what those names speak for. The three tables are learned together; edit none by hand.

pub(super) mod features;
mod name;
pub mod network;
pub(super) mod senses;
pub(super) mod trees;
pub(super) mod weights;
