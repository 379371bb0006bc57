//! What sentences say, one file a way of saying: that something fails, that somebody did something, that a thing is
//! asked for, that all is well. Each is a rule that somebody thought of, and gives a finding with its evidence.

pub(super) mod actions;
pub(super) mod behaviour;
pub(super) mod concern;
pub(super) mod contact;
pub(super) mod errand;
pub(super) mod good_news;
pub(super) mod outline;
pub(super) mod papers;
pub(super) mod question;
pub(super) mod rest;
pub(super) mod silence;
pub(super) mod stance;
pub(super) mod thanks;
pub(super) mod told;
pub(super) mod unable;
