//! A dictionary of word classes: one pass over the tokens, a bounded number of hash lookups a word.
//!
//! Patterns are written as in `words/`: separated by white space; `открыва*` is a stem, `жму` a whole word, and
//! `не_помог*` a run of words: joined by `_`, `-` or `/`, which do not count in front or at the end. A bare `*` is any word:
//! `реф_*` means «реф» with the word behind it. They are held against folded forms (`tokens.rs`), which have no ё and no mark but
//! an apostrophe between letters.

use super::tokens::{Token, TokenKind};
use crate::request::hash::{ByHash, NO_BYTES, of_text, one_more};
use strum::{IntoStaticStr, VariantArray};

/// What a word is to the detector. A word can be of several classes.
/// The table of weights knows it by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[repr(u8)]
pub(crate) enum Class {
    /// «не», "not".
    Negation,
    /// «я», "we".
    Writer,
    /// «вы», "you": we, the company.
    Company,
    /// People who use a product: «диспетчер», "driver".
    Person,
    /// Things that act by themselves: «трекер», "server".
    Thing,
    /// A gesture in a user interface: «нажимаю», "click".
    Gesture,
    /// An operation on data, which can also be asked of us: «создал», "delete".
    Operation,
    /// Looking, a weak action: «смотрю».
    Look,
    /// Sending, which is no action when a picture is sent to us.
    Sending,
    /// «пробую», "try".
    Attempt,
    /// What is done against a fault: restart, cache.
    Cure,
    /// An action as a noun, after «при» or «после»: «нажатии».
    ActionNoun,
    /// «при», «после», "when", "after", "upon".
    Upon,
    /// «могу», "unable", «как», «прошу»: an infinitive after it is no action done.
    Modal,
    /// «раньше», "used to".
    Formerly,
    /// «если», "if".
    If,
    /// «потом», "then".
    Then,
    /// Phrases that say that nothing was done: «само», «как обычно».
    NoAction,
    /// A malfunction that says what happens: «пропал», "freezes".
    Fault,
    /// A malfunction that does not: «не работает», «проблема».
    VagueFault,
    /// Verbs that say no behaviour when negated: «получается», "work".
    VagueVerb,
    /// «хотя», «вместо», "should": what was expected.
    Contrast,
    /// Verbs with which a program shows something: «выдаёт», "shows".
    Shows,
    /// «ошибка», "error".
    Error,
    /// «почему», "why".
    Why,
    /// Words that tell nothing by themselves.
    Filler,
    /// Things of the field that every mail has: «машина», «отчёт», "unit".
    Common,
    /// Greetings.
    Greeting,
    /// Thanks and acknowledgements.
    Courtesy,
    /// Asking to be called, to hurry.
    Contact,
    /// A question: «как», «можно ли», "is it possible".
    Asks,
    /// An inquiry wherever it stands: «интересует», "would like to know".
    Inquires,
    /// Prices and terms.
    Price,
    /// Announces a question without asking it: «есть вопрос».
    AsksNothing,
    /// «прошу», "please".
    Please,
    /// What only we can do: «выставьте», "invoice us".
    Errand,
    /// What every support does anyway: «проверьте», "fix": no errand of its own.
    Diagnose,
    /// «забыл пароль»: an errand without a verb.
    Plea,
    /// «как», «чтобы», "if": a verb after it is not asked of us.
    Doubt,
    /// Things that services are about: «лицензия», «пароль».
    ServiceThing,
    /// Invoices and documents: no element is needed.
    Document,
    /// «одна из», «наш»: a particular thing.
    Particular,
    /// The request is taken back.
    Withdrawal,
    /// Will not say more.
    Refusal,
    /// «уже писал».
    AlreadySaid,
    /// More will come.
    Promise,
    /// «есть новости?».
    Chase,
    /// Out of office, automatic.
    Automatic,
    /// Newsletter, advertising.
    Advertising,
    /// Screenshot, log, video.
    AttachmentNoun,
    /// Units: «машина», "truck".
    UnitNoun,
    /// Other elements with names: «шаблон», "geofence".
    ElementNoun,
    /// Accounts and users: «логин», "account".
    AccountNoun,
    /// Elements known by number: «заказ», "route".
    NumberedNoun,
    /// Parts of a user interface: «кнопка», "tab".
    InterfaceNoun,
    /// Drivers and couriers: a surname names them.
    PersonElement,
    /// Vehicle makes.
    Make,
    /// A number said in words: «двести семь».
    NumberWord,
    /// SIM and telephone of a unit.
    SimNoun,
    /// Numbers that are none of an element: contract, our ticket, invoice.
    OtherNumber,
    /// Units of measure and time.
    Measure,
    /// Label or question about the product.
    LabelProduct,
    /// Label or question about the description.
    LabelDescription,
    /// Label or question about the objects.
    LabelObjects,
    /// Label or question about the steps.
    LabelSteps,
    /// Label or question about the attachments.
    LabelAttachments,
    /// Empty answers: «нет», «не знаю», "n/a".
    Nothing,
    /// Words between a noun and its name: «с номером», "called".
    Link,
    /// Capitals that name nothing of a client: "GPS", «ООО».
    Abbreviation,
    /// «партнёр», "dealer": a product beside it is a title.
    Partner,
}

/// A set of [`Class`]es.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(u128);

impl Classes {
    pub(crate) const fn of(class: Class) -> Self {
        Self(1 << class as u8)
    }

    pub(crate) fn has(self, class: Class) -> bool {
        self.0 & Self::of(class).0 != 0
    }

    /// The set of these classes.
    pub(crate) const fn of_all(classes: &[Class]) -> Self {
        let (mut set, mut rest) = (0, classes);
        while let [class, others @ ..] = rest {
            set |= Self::of(*class).0;
            rest = others;
        }
        Self(set)
    }

    /// Whether the two sets have a class in common.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[inline]
    pub(crate) fn any(self, classes: &[Class]) -> bool {
        self.meets(Self::of_all(classes))
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(crate) fn remove(&mut self, class: Class) {
        self.0 &= !Self::of(class).0;
    }

    /// The classes of the set, in the order of [`Class`].
    pub(crate) fn each(self) -> impl Iterator<Item = Class> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let at = usize::try_from(left.trailing_zeros()).unwrap_or(usize::MAX);
            left &= left.wrapping_sub(1);
            Class::VARIANTS.get(at).copied()
        })
    }
}

/// One word of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Whole(Box<str>),
    Stem(Box<str>),
}

impl Pattern {
    fn new(word: &str) -> Self {
        match word.strip_suffix('*') {
            Some(stem) => Self::Stem(stem.into()),
            None => Self::Whole(word.into()),
        }
    }

    fn fits(&self, form: &str) -> bool {
        match self {
            Self::Whole(word) => **word == *form,
            Self::Stem(stem) => form.starts_with(&**stem),
        }
    }
}

/// How a word begins: most patterns are passed over by it, without a look at their words.
#[derive(Clone, Copy, Debug, Default)]
struct Beginning {
    bytes: u32,
    /// The bits that count: none behind a stem.
    mask: u32,
}

impl Beginning {
    fn of(pattern: &Pattern) -> Self {
        match pattern {
            Pattern::Whole(word) => Self { bytes: first_four(word), mask: u32::MAX },
            Pattern::Stem(stem) => {
                let mask = (0..4).zip(stem.bytes()).fold(0, |mask, (at, _)| mask | 0xff << (8 * at));
                Self { bytes: first_four(stem), mask }
            }
        }
    }

    /// Whether a word with these [`first_four`] bytes begins so.
    fn fits(self, word: u32) -> bool {
        word & self.mask == self.bytes
    }
}

/// The first four bytes of a word; those that it does not have are 0.
fn first_four(word: &str) -> u32 {
    (0..4).zip(word.bytes()).fold(0, |four, (at, byte)| four | u32::from(byte) << (8 * at))
}

/// What follows the first word of a pattern, and what the whole means.
#[derive(Clone, Debug)]
struct Entry<T> {
    meaning: T,
    /// Of the second word; fits all if there is none.
    second: Beginning,
    rest: Box<[Pattern]>,
}

/// Patterns by the hash of their first word. The hash of a stem grows with the word, byte by byte, so that all stems of a word
/// are looked up in one pass over it.
#[derive(Clone, Debug)]
pub(crate) struct Lexicon<T> {
    whole: ByHash<Vec<Entry<T>>>,
    stems: ByHash<Vec<Entry<T>>>,
    longest_stem: usize,
}

impl<T> Default for Lexicon<T> {
    fn default() -> Self {
        Self { whole: ByHash::default(), stems: ByHash::default(), longest_stem: 0 }
    }
}

impl<T: Copy> Lexicon<T> {
    /// Patterns separated by white space, with what they mean.
    pub(crate) fn new(words: &[(T, &str)]) -> Self {
        let mut lexicon = Self::default();
        for (meaning, patterns) in words {
            lexicon.add_all(patterns, *meaning);
        }
        lexicon
    }

    /// Adds patterns separated by white space.
    pub(crate) fn add_all(&mut self, patterns: &str, meaning: T) {
        for pattern in patterns.split_whitespace() {
            self.add(pattern.split(['_', '-', '/']).filter(|word| !word.is_empty()), meaning);
        }
    }

    /// Adds one pattern, given word by word.
    pub(crate) fn add<'a>(&mut self, words: impl Iterator<Item = &'a str>, meaning: T) {
        let mut words = words.map(Pattern::new);
        let Some(first) = words.next() else { return };
        let rest: Box<[Pattern]> = words.collect();
        let second = rest.first().map(Beginning::of).unwrap_or_default();
        let entry = Entry { meaning, second, rest };
        let (map, word) = match first {
            Pattern::Whole(word) => (&mut self.whole, word),
            Pattern::Stem(stem) => {
                self.longest_stem = self.longest_stem.max(stem.len());
                (&mut self.stems, stem)
            }
        };
        map.entry(of_text(&word)).or_default().push(entry);
    }

    /// Whether it has no pattern: nothing need be looked up then.
    pub(crate) fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.stems.is_empty()
    }

    /// Whether a pattern begins at `at`.
    pub(crate) fn has_at(&self, tokens: &[Token], at: usize) -> bool {
        let mut has = false;
        self.look_up(tokens, at, |_, _| has = true);
        has
    }

    /// Whether a pattern of this meaning begins at `at`.
    pub(crate) fn says(&self, tokens: &[Token], at: usize, wanted: T) -> bool
    where
        T: PartialEq,
    {
        let mut says = false;
        self.look_up(tokens, at, |meaning, _| says |= meaning == wanted);
        says
    }

    /// Calls `found` with the meaning and the number of tokens of each pattern that begins at `at`.
    pub(crate) fn look_up(&self, tokens: &[Token], at: usize, mut found: impl FnMut(T, usize)) {
        let Some(token) = tokens.get(at) else { return };
        let form = token.form.as_str();
        let second = tokens.get(behind_joint(tokens, at + 1)).map_or(0, |token| first_four(&token.form));
        let mut check = |entries: &[Entry<T>]| {
            for entry in entries.iter().filter(|entry| entry.second.fits(second)) {
                if let Some(length) = follows(tokens, at, &entry.rest) {
                    found(entry.meaning, length);
                }
            }
        };
        let mut hash = NO_BYTES;
        for (at, byte) in form.bytes().enumerate() {
            hash = one_more(hash, byte);
            let end = at + 1;
            if end <= self.longest_stem
                && form.is_char_boundary(end)
                && let Some(entries) = self.stems.get(&hash)
            {
                check(entries);
            }
        }
        if let Some(entries) = self.whole.get(&hash) {
            check(entries);
        }
    }
}

/// Where the next word of a pattern stands: words may be joined by hyphens or slashes.
fn behind_joint(tokens: &[Token], at: usize) -> usize {
    let joint = tokens.get(at).is_some_and(|token| matches!(token.kind, TokenKind::Mark('-' | '/')));
    at + usize::from(joint)
}

/// The number of tokens that a pattern takes whose first word is at `at`.
fn follows(tokens: &[Token], at: usize, rest: &[Pattern]) -> Option<usize> {
    let mut next = at + 1;
    for pattern in rest {
        next = behind_joint(tokens, next);
        let token = tokens.get(next)?;
        if !matches!(token.kind, TokenKind::Word | TokenKind::Number) || !pattern.fits(&token.form) {
            return None;
        }
        next += 1;
    }
    Some(next - at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What fits a pattern is never passed over for how it begins; whole short words fit by that alone.
        #[test]
        fn a_beginning_passes_over_nothing_that_fits(pattern in "[aя]{1,4}[*]?", form in "[aяb]{0,5}") {
            let pattern = Pattern::new(&pattern);
            let begins = Beginning::of(&pattern).fits(first_four(&form));
            prop_assert!(begins || !pattern.fits(&form));
            if form.len() < 4 {
                prop_assert_eq!(begins, pattern.fits(&form));
            }
        }
    }

    #[test]
    fn a_set_gives_each_of_its_classes() {
        for class in Class::VARIANTS.iter().copied() {
            let mut two = Classes::of(Class::Negation);
            two.add(Classes::of(class));
            let expect = if class == Class::Negation { vec![class] } else { vec![Class::Negation, class] };
            assert_eq!(two.each().collect::<Vec<_>>(), expect);
        }
    }
}
