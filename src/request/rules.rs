//! Settings checked and made ready: what [`super::read()`] works with.

use super::answers::own_questions::OwnQuestions;
use super::fields::product::Products;
use super::learned::trees::Trees;
use super::learned::weights::Table;
use super::settings::RuleSettings;
use super::text::lexicon::Lexicon;
use super::{Field, Level, PerField};
use crate::mail::characters::is_alphanumeric;
use regex::{Regex, RegexBuilder};
use std::sync::{Arc, LazyLock};
use strum::VariantArray as _;

/// What an operator tunes, checked and compiled. Cheap to share, not to clone.
#[derive(Clone, Debug)]
pub struct Rules {
    pub(super) products: Products,
    levels: PerField<Level>,
    pub(super) questions: OwnQuestions,
    pub(super) cues: PerField<Lexicon<()>>,
    pub(super) object_patterns: Vec<Regex>,
    pub(super) names: Lexicon<()>,
    /// Tables to try; none for those of this program.
    tables: Option<Arc<Tables>>,
}

/// What was learned from labelled mails.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) weights: Table,
    pub(super) trees: Trees,
}

/// Made ready when the first mail is read: most commands read none.
static SHIPPED: LazyLock<Tables> =
    LazyLock::new(|| Tables { weights: Table::shipped(), trees: Trees::shipped() });

/// What is wrong with [`RuleSettings`]; indices count from 0 so that the line of the setting can be found.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A product has no name.
    #[error("product {product} has no name: give it the name that clients read")]
    ProductName {
        /// Index of the product.
        product: usize,
    },
    /// An alias, answer, host or mark without a letter or digit, or of one letter.
    #[error(
        "\"{text}\" of product \"{name}\" is too short to mean a product: use at least two letters or digits"
    )]
    Alias {
        /// Index of the product.
        product: usize,
        /// Name of the product.
        name: String,
        /// Which list: `aliases`, `proper`, `answers`, `hosts`, `marks`.
        list: &'static str,
        /// Index in that list.
        index: usize,
        /// The text.
        text: String,
    },
    /// More marks than can be looked for together.
    #[error("the marks of all products together are too long: {0}")]
    Marks(aho_corasick::BuildError),
    /// A cue without a letter or digit.
    #[error("the cue \"{text}\" for {field} has no letter or digit")]
    Cue {
        /// The field.
        field: Field,
        /// Index in its list.
        index: usize,
        /// The text.
        text: String,
    },
    /// A name without a letter or digit, or of one letter.
    #[error("the name \"{text}\" is too short: use at least two letters or digits")]
    Name {
        /// Index in the list.
        index: usize,
        /// The text.
        text: String,
    },
    /// A pattern that is no regular expression, or is too large.
    #[error("the object pattern \"{pattern}\" is not usable: {source}")]
    Pattern {
        /// Index in the list.
        index: usize,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: regex::Error,
    },
    /// A pattern that fits nothing at all, so every mail would name an object.
    #[error("the object pattern \"{pattern}\" fits the empty text: every mail would name an object")]
    EmptyPattern {
        /// Index in the list.
        index: usize,
        /// The pattern.
        pattern: String,
    },
}

/// Most bytes that a compiled object pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

impl Rules {
    /// Checks settings and makes them ready.
    ///
    /// # Errors
    /// [`RuleError`] for the first setting that cannot mean what it should.
    pub fn new(settings: RuleSettings) -> Result<Self, RuleError> {
        let mut cues: PerField<Lexicon<()>> = PerField::default();
        for &field in Field::VARIANTS {
            for (index, text) in settings.cues.get(field).iter().enumerate() {
                if !text.contains(is_alphanumeric) {
                    return Err(RuleError::Cue { field, index, text: text.clone() });
                }
                add_phrase(cues.get_mut(field), text);
            }
        }
        let mut names = Lexicon::default();
        for (index, text) in settings.names.iter().enumerate() {
            if letters(text) < 2 {
                return Err(RuleError::Name { index, text: text.clone() });
            }
            add_phrase(&mut names, text);
        }
        let mut object_patterns = Vec::new();
        for (index, pattern) in settings.object_patterns.into_iter().enumerate() {
            match RegexBuilder::new(&pattern).case_insensitive(true).size_limit(PATTERN_SIZE).build() {
                Ok(regex) if regex.is_match("") => return Err(RuleError::EmptyPattern { index, pattern }),
                Ok(regex) => object_patterns.push(regex),
                Err(source) => return Err(RuleError::Pattern { index, pattern, source }),
            }
        }
        let products = Products::new(&settings.products)?;
        let questions = OwnQuestions::new(&settings.questions);
        let mut levels = settings.levels;
        // Of one product nobody need say which.
        if settings.products.len() == 1 && levels.product == Level::Required {
            levels.product = Level::Welcome;
        }
        Ok(Self { products, levels, questions, cues, object_patterns, names, tables: None })
    }

    /// The same with other tables, in the form of `weights.tsv`, `trees.tsv` and `network.bin`: to try some before they are shipped.
    /// Trees correct the sums of the weights that they were grown from, and no others. A network that knows other names has no say.
    #[must_use]
    pub fn with_tables(self, weights: &str, trees: &str, network: &[u8]) -> Self {
        let weights = Table::new(weights.to_owned().into(), network);
        Self { tables: Some(Arc::new(Tables { weights, trees: Trees::new(trees) })), ..self }
    }

    pub(super) fn tables(&self) -> &Tables {
        self.tables.as_deref().unwrap_or_else(|| &SHIPPED)
    }

    /// How much a field matters.
    #[must_use]
    pub fn level(&self, field: Field) -> Level {
        *self.levels.get(field)
    }
}

/// How many letters and digits a text has.
pub(super) fn letters(text: &str) -> usize {
    text.chars().filter(|c| is_alphanumeric(*c)).count()
}

/// Adds a phrase of an operator: cut into words as a mail is, `*` at the end of a word kept.
fn add_phrase(lexicon: &mut Lexicon<()>, text: &str) {
    let folded: String = text.chars().filter_map(super::text::fold::fold).collect();
    let words = folded.split(|c: char| !(is_alphanumeric(c) || c == '_' || c == '*' || c == '\''));
    lexicon.add(words.filter(|word| !word.is_empty()), ());
}
