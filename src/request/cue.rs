//! Which rule found a piece of evidence.

use super::{Evidence, Place};
use std::ops::Range;
use strum::IntoStaticStr;

/// What a rule goes by. Agents read its name, and the table of weights knows it by that. An alias and the table itself say more than a
/// name: `alias "виалон"`, `weight of …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
pub(crate) enum Cue {
    /// What stands under our question, or is the answer to it.
    #[strum(serialize = "answer to our question")]
    Answer,
    #[strum(serialize = "configured cue")]
    ConfiguredWord,
    #[strum(serialize = "configured name")]
    ConfiguredName,
    /// What the operator's patterns fit.
    #[strum(serialize = "configured pattern")]
    ConfiguredPattern,

    #[strum(serialize = "host")]
    Host,
    #[strum(serialize = "mark")]
    Mark,

    #[strum(serialize = "behaviour")]
    Behaviour,
    #[strum(serialize = "what is shown")]
    Shown,
    #[strum(serialize = "expected and seen")]
    ExpectedAndSeen,
    #[strum(serialize = "two values")]
    TwoValues,
    #[strum(serialize = "what is wanted")]
    Wanted,
    #[strum(serialize = "question")]
    Question,
    #[strum(serialize = "malfunction without detail")]
    VagueFault,
    #[strum(serialize = "statement")]
    Statement,
    #[strum(serialize = "what follows the actions")]
    Outcome,

    #[strum(serialize = "plate")]
    Plate,
    #[strum(serialize = "IMEI or VIN")]
    ImeiOrVin,
    #[strum(serialize = "number of an element")]
    ElementNumber,
    #[strum(serialize = "noun with a name")]
    NounWithName,
    #[strum(serialize = "noun with a spoken number")]
    NounWithSpokenNumber,
    #[strum(serialize = "name in quotation marks")]
    Quoted,
    #[strum(serialize = "numbered name")]
    NumberedName,
    #[strum(serialize = "name with a number")]
    NameWithNumber,
    #[strum(serialize = "login or name in Latin letters")]
    LatinName,
    #[strum(serialize = "code")]
    Code,

    #[strum(serialize = "action")]
    Action,
    #[strum(serialize = "action and result")]
    ActionAndResult,

    #[strum(serialize = "file of substance")]
    File,
    #[strum(serialize = "link to a file")]
    Link,
}

impl Cue {
    /// What the operator configured: it stands, whatever was learned says.
    pub(crate) const CONFIGURED: [Self; 3] =
        [Self::ConfiguredWord, Self::ConfiguredName, Self::ConfiguredPattern];
}

impl From<Cue> for String {
    fn from(cue: Cue) -> Self {
        <&str>::from(cue).to_owned()
    }
}

impl Evidence {
    /// Whether a rule found it.
    pub(crate) fn is_by(&self, cue: Cue) -> bool {
        self.cue == <&str>::from(cue)
    }

    /// Whether it stands in these bytes of the body.
    pub(crate) fn stands_in(&self, bytes: &Range<usize>) -> bool {
        self.place == Place::Body && bytes.start <= self.span.start && self.span.end <= bytes.end
    }
}
