//! What the regulation wants a request to name, one file a field: what of it the text shows by rule.

pub(super) mod attachments;
pub(super) mod description;
pub(super) mod objects;
pub(super) mod product;
pub(super) mod steps;
