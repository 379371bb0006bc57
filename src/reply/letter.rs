//! The words of a letter: an ask or a confirmation, in the client's language, from templates that the operator can
//! replace.
//!
//! A template is plain text for minijinja with these variables: `number`, `again` (the client has answered an ask),
//! `understood` (product and objects, or empty), `given` (what else is there, or empty), `questions`, `count` (of the
//! questions), `attachments_welcome`, `due` («до 15:00 понедельника, 25 ноября (GMT+3)», or empty), `hours`, `contact`,
//! `company`; and the filter `plural("вопрос", "вопроса", "вопросов")`.

mod variables;

use super::words;
use crate::mail::HeaderText;
use crate::mail::own_text::VARIABLE;
use crate::mail::subject::without_prefixes;
use crate::request::{Field, Kind, Language, Questions, default_question};
use crate::ticket::token::subject_mark;
use crate::ticket::{Standing, TicketId};
use chrono::{DateTime, FixedOffset};
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value, context, syntax::SyntaxConfig};
use std::collections::BTreeSet;
use strum::VariantArray as _;

/// Longest value of a client that a letter repeats.
const MAX_VALUE_CHARS: usize = 80;

/// Longest subject of a client that a letter repeats.
const MAX_SUBJECT_CHARS: usize = 80;

/// Longest text that a template may make with the built-in questions: the whole letter stays under 4 KB.
const MAX_TEXT_BYTES: usize = 2200;

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Purpose {
    /// Asks for what is missing.
    Ask,
    /// Says that the request is complete.
    Accept,
}

/// A template of the operator's in place of a built-in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// What it is for.
    pub purpose: Purpose,
    /// Its language.
    pub language: Language,
    /// The file it comes from, for messages.
    pub file: String,
    /// What is in the file.
    pub source: String,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// It cannot be read or rendered.
    #[error(
        "the letter template {file}, line {line}: {what}: correct it, or leave it out to use the built-in one"
    )]
    Template {
        /// Where it comes from.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// It makes letters without the questions.
    #[error(
        "the letter template {file} does not show the questions: add `{{% for question in questions %}}`"
    )]
    NoQuestions {
        /// Where it comes from.
        file: String,
    },
    /// It makes letters without a word.
    #[error(
        "the letter template {file} makes letters without a word: write them, or take the file away to use the built-in one"
    )]
    Empty {
        /// Where it comes from.
        file: String,
    },
    /// It makes letters over 4 KB.
    #[error(
        "the letter template {file} makes texts of {bytes} bytes; at most {MAX_TEXT_BYTES} are allowed: shorten it"
    )]
    TooLong {
        /// Where it comes from.
        file: String,
        /// How long the longest sample is.
        bytes: usize,
    },
}

/// What a letter says.
#[derive(Clone, Debug)]
pub struct LetterFacts {
    /// The ticket.
    pub ticket: TicketId,
    /// The client's language.
    pub language: Language,
    /// How far the client is known: decides whose words may be repeated.
    pub standing: Standing,
    /// The subject of the client's mail. Hostile.
    pub subject: String,
    /// What has been supplied so far, with short values. Hostile.
    pub understood: Vec<(Field, String)>,
    /// What is missing, with the question for it in the client's language.
    pub missing: Vec<(Field, String)>,
    /// The client has answered an ask before.
    pub asked_before: bool,
    /// Whether to say that attachments are welcome.
    pub optional_attachments: bool,
    /// By when the reaction is due, in the support's time zone.
    pub due: Option<DateTime<FixedOffset>>,
    /// Working hours, to follow «Работаем …», "Working hours: …"; or empty.
    pub hours: String,
    /// A line with the phone; or empty.
    pub contact: String,
    /// The name of the company; or empty.
    pub company: String,
}

/// A letter's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: HeaderText,
    /// The text: `\n` line ends, paragraphs on one line each.
    pub text: String,
}

/// The templates.
#[derive(Debug)]
pub struct Letters {
    templates: Environment<'static>,
}

const BUILT_IN: [(Purpose, Language, &str); 4] = [
    (Purpose::Ask, Language::Russian, include_str!("templates/ask.ru.txt")),
    (Purpose::Ask, Language::English, include_str!("templates/ask.en.txt")),
    (Purpose::Accept, Language::Russian, include_str!("templates/accept.ru.txt")),
    (Purpose::Accept, Language::English, include_str!("templates/accept.en.txt")),
];

impl Letters {
    /// Loads the built-in templates, and the operator's in place of some. Each of his is tried with sample facts, so that a
    /// mistake shows now and not with the first client.
    ///
    /// # Errors
    /// [`LetterError`] names file and line.
    pub fn new(overrides: &[Override]) -> Result<Self, LetterError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_filter("plural", words::plural);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            templates.set_syntax(syntax);
        }
        let mut letters = Self { templates };
        for (purpose, language, source) in BUILT_IN {
            for name in [template_name(purpose, language), built_in(purpose, language)] {
                let added = letters.templates.add_template_owned(name.clone(), source);
                added.map_err(|error| template_error(&name, &error))?;
            }
        }
        for Override { purpose, language, file, source } in overrides {
            let name = template_name(*purpose, *language);
            let added = letters.templates.add_template_owned(name.clone(), source.clone());
            added.map_err(|error| template_error(file, &error))?;
            letters.check_variables(&name, file, source)?;
            letters.try_out(*purpose, *language, file)?;
        }
        Ok(letters)
    }

    fn try_out(&self, purpose: Purpose, language: Language, file: &str) -> Result<(), LetterError> {
        for facts in samples(language) {
            let text = self.own_text(purpose, &facts, file)?;
            if text.len() > MAX_TEXT_BYTES {
                return Err(LetterError::TooLong { file: file.to_owned(), bytes: text.len() });
            }
        }
        Ok(())
    }

    /// No variable but ours, in whichever branch: samples do not reach them all.
    fn check_variables(&self, name: &str, file: &str, source: &str) -> Result<(), LetterError> {
        let template = self.templates.get_template(name).map_err(|error| template_error(file, &error))?;
        let globals: Vec<&str> = self.templates.globals().map(|(name, _)| name).collect();
        let used = template.undeclared_variables(false);
        let Some((line, variable)) = variables::first_unknown(source, used, &globals) else { return Ok(()) };
        let what = format!("there is no variable `{variable}`; there are {}", variables::LIST);
        Err(LetterError::Template { file: file.to_owned(), line, what })
    }

    /// Writes a letter.
    ///
    /// # Errors
    /// If the operator's template fails on these facts, or leaves out what it is for, although it did not on the samples. Then
    /// [`Self::write_built_in`] has words.
    pub fn write(&self, purpose: Purpose, facts: &LetterFacts) -> Result<Letter, LetterError> {
        let text = self.own_text(purpose, facts, &template_name(purpose, facts.language))?;
        Ok(Letter { subject: subject(facts), text })
    }

    /// Writes a letter by the built-in template, whatever the operator has put in its place.
    ///
    /// # Errors
    /// Never, as far as tests can tell.
    pub fn write_built_in(&self, purpose: Purpose, facts: &LetterFacts) -> Result<Letter, LetterError> {
        let name = built_in(purpose, facts.language);
        let text = self.text(&name, facts).map_err(|error| template_error(&name, &error))?;
        Ok(Letter { subject: subject(facts), text })
    }

    /// The text by the operator's template if there is one; messages call it `file`.
    fn own_text(&self, purpose: Purpose, facts: &LetterFacts, file: &str) -> Result<String, LetterError> {
        let text = self
            .text(&template_name(purpose, facts.language), facts)
            .map_err(|error| template_error(file, &error))?;
        let shown = |(_, question): &(Field, String)| text.contains(tidy(question).trim_end());
        if purpose == Purpose::Ask && !facts.missing.iter().all(shown) {
            return Err(LetterError::NoQuestions { file: file.to_owned() });
        }
        if text.trim().is_empty() {
            return Err(LetterError::Empty { file: file.to_owned() });
        }
        Ok(text)
    }

    /// What the template of this name makes of these facts.
    fn text(&self, name: &str, facts: &LetterFacts) -> Result<String, minijinja::Error> {
        let given: Vec<&str> =
            facts.understood.iter().filter_map(|(field, _)| words::given(facts.language, *field)).collect();
        let values = context! {
            number => facts.ticket.0,
            again => facts.asked_before,
            understood => understood(facts),
            given => words::listed(facts.language, &given),
            count => facts.missing.len(),
            questions => facts.missing.iter().map(|(_, question)| question.clone()).collect::<Vec<_>>(),
            attachments_welcome => facts.optional_attachments,
            due => facts.due.map(|due| words::by_when(facts.language, due)).unwrap_or_default(),
            hours => facts.hours.clone(),
            contact => facts.contact.clone(),
            company => facts.company.clone(),
        };
        self.render(name, values)
    }

    /// Fills in a template; what `values` has stands at the top of this file.
    fn render(&self, name: &str, values: Value) -> Result<String, minijinja::Error> {
        Ok(tidy(&self.templates.get_template(name)?.render(values)?))
    }

    /// Every line that a letter in one language can have, with [`VARIABLE`] for what differs from letter to letter: by these our
    /// letters are known when they come back as a quote. A template that cannot be written out says so when a letter is written.
    #[must_use]
    pub fn lines(&self, language: Language, signed: &Signed<'_>) -> Lines {
        // The first, the first two and so on, for each kind of request.
        let asked = signed.questions.all().into_iter().flat_map(|questions| {
            let texts: Vec<String> = questions.iter().map(|(_, text)| text.clone()).collect();
            (1..=texts.len()).map(move |count| texts.iter().take(count).cloned().collect::<Vec<_>>())
        });
        let asked: Vec<Vec<String>> = asked.collect();
        let (something, nothing) = (VARIABLE.to_string(), String::new());
        let mut lines = Lines::default();
        for purpose in [Purpose::Ask, Purpose::Accept] {
            for (questions, branch) in
                asked.iter().flat_map(|asked| (0..16_u8).map(move |branch| (asked, branch)))
            {
                let is = |bit: u8| branch >> bit & 1 == 1;
                let perhaps = |bit| if is(bit) { something.clone() } else { nothing.clone() };
                let values = context! {
                    number => something.clone(),
                    again => is(0),
                    understood => perhaps(1),
                    given => perhaps(2),
                    count => questions.len(),
                    questions => questions,
                    attachments_welcome => is(3),
                    due => perhaps(3),
                    hours => signed.hours.to_owned(),
                    contact => signed.contact.to_owned(),
                    company => signed.company.to_owned(),
                };
                // One of the built-in letters may have taken the place of the operator's.
                for name in [template_name(purpose, language), built_in(purpose, language)] {
                    let text = self.render(&name, values.clone()).unwrap_or_default();
                    let (body, signature) = text.rsplit_once("\n--\n").unwrap_or((&text, ""));
                    let of = |part: &str| -> Vec<String> {
                        part.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
                    };
                    lines.body.extend(of(body));
                    lines.signature.extend(of(signature));
                }
            }
        }
        lines
    }
}

/// The lines of letters.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// What is said.
    pub body: BTreeSet<String>,
    /// What stands below `--`, which people's letters may have, too.
    pub signature: BTreeSet<String>,
}

/// What all letters of a language say alike.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// What is asked.
    pub questions: &'a Questions,
    /// Working hours, or empty.
    pub hours: &'a str,
    /// A line with the phone, or empty.
    pub contact: &'a str,
    /// The name of the company, or empty.
    pub company: &'a str,
}

/// The name of a template: `ask.ru.txt`.
#[must_use]
pub fn template_name(purpose: Purpose, language: Language) -> String {
    format!("{purpose}.{language}.txt")
}

/// The name that the built-in template keeps beside one of the operator's.
fn built_in(purpose: Purpose, language: Language) -> String {
    format!("{} (built in)", template_name(purpose, language))
}

fn template_error(file: &str, error: &minijinja::Error) -> LetterError {
    let what = match (error.kind(), error.detail()) {
        // All variables are known by then: a part of one, or what is set in another branch.
        (ErrorKind::UndefinedError, _) => "it shows what does not exist".to_owned(),
        (kind, Some(detail)) => format!("{kind} ({detail})"),
        (kind, None) => kind.to_string(),
    };
    LetterError::Template { file: file.to_owned(), line: error.line().unwrap_or(1), what }
}

/// A verified client gets his own subject back. To anybody else it is fixed words: a forged mail must not let a stranger
/// send words of his choice through us.
fn subject(facts: &LetterFacts) -> HeaderText {
    let mark = subject_mark(facts.ticket);
    let theirs = match facts.standing {
        Standing::Registered | Standing::Verified => bare_subject(&facts.subject, &mark),
        Standing::Unverified => String::new(),
    };
    let subject = if theirs.is_empty() {
        format!("{} {mark}", words::fixed_subject(facts.language))
    } else {
        format!("Re: {theirs} {mark}")
    };
    HeaderText::new(&subject, usize::MAX)
}

/// The subject of an agent's answer: the client's own with our mark.
#[must_use]
pub fn answer_subject(theirs: &str, ticket: TicketId) -> HeaderText {
    let mark = subject_mark(ticket);
    HeaderText::new(&format!("Re: {} {mark}", bare_subject(theirs, &mark)), usize::MAX)
}

/// A subject without our mark and without the reply marks in front.
fn bare_subject(subject: &str, mark: &str) -> String {
    let clean = HeaderText::new(&subject.replace(mark, " "), MAX_SUBJECT_CHARS);
    without_prefixes(clean.as_str()).to_owned()
}

/// Product and objects in one line.
fn understood(facts: &LetterFacts) -> String {
    let values = facts.understood.iter().filter(|(field, _)| words::given(facts.language, *field).is_none());
    let clean = values.map(|(_, value)| HeaderText::new(value, MAX_VALUE_CHARS));
    let clean = clean.map(|value| words::quoted(facts.language, value.as_str()));
    let fit = |value: &String| {
        let leads_away = || may_be_a_link(value) || may_be_a_phone(value);
        !value.is_empty() && (facts.standing != Standing::Unverified || !leads_away())
    };
    let shown: Vec<String> = clean.filter(fit).collect();
    shown.join(", ").trim_end_matches(['.', ',', ';', ' ']).to_owned()
}

/// Whether a value has a telephone number: a forged mail must not make us tell a stranger whom to call. An IMEI is longer.
fn may_be_a_phone(value: &str) -> bool {
    let is_of = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '+' | '\u{a0}');
    value.split(|c| !is_of(c)).map(str::trim).any(|run| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let parted = run.contains(|c: char| !c.is_ascii_digit());
        (10..=13).contains(&digits) && (parted || digits == 11 && run.starts_with(['7', '8']))
    })
}

/// Whether mail programs could show a value as a link or an address: `a.ru`, `http://…`, `10.0.0.1/x`, `x@y`; not `TRK-018 / PBC-4471`.
fn may_be_a_link(value: &str) -> bool {
    let dotted = value.split_whitespace().any(|word| {
        word.match_indices('.').any(|(at, dot)| {
            let before = word.get(..at).and_then(|text| text.chars().next_back());
            let after = word.get(at + dot.len()..).unwrap_or_default().chars().take(2);
            before.is_some_and(char::is_alphanumeric) && after.filter(|c| c.is_alphabetic()).count() == 2
        })
    });
    let path = value.split_whitespace().any(|word| {
        word.contains("//")
            || word.starts_with('/') && word.len() > 1
            || word.contains('/') && word.contains(['.', ':'])
    });
    dotted || path || value.contains(['@', '\\', '。', '．'])
}

/// Trims line ends, makes one empty line of several, ends in one line break. What has been cut ends in one mark.
fn tidy(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut gap = false;
    for line in text.replace("….", "…").lines().map(str::trim_end) {
        if line.is_empty() {
            gap = !clean.is_empty();
            continue;
        }
        if gap {
            clean.push('\n');
        }
        clean.push_str(line);
        clean.push('\n');
        gap = false;
    }
    clean
}

/// Facts that reach every branch of a template: nothing known, everything known; first and second letter.
fn samples(language: Language) -> Vec<LetterFacts> {
    let question = |field| (field, default_question(language, Kind::Problem, field).to_owned());
    let value = |field| (field, "А123ВС77".to_owned());
    let due = DateTime::from_timestamp(1_732_536_000, 0).map(|due| due.fixed_offset());
    let mut all = Vec::new();
    for asked_before in [false, true] {
        for full in [false, true] {
            let (missing, known) = if full {
                (Field::VARIANTS, Field::VARIANTS)
            } else {
                ([Field::Steps].as_slice(), [].as_slice())
            };
            all.push(LetterFacts {
                ticket: TicketId(if full { u32::MAX } else { 1 }),
                language,
                standing: Standing::Verified,
                subject: String::new(),
                understood: known.iter().copied().map(value).collect(),
                missing: missing.iter().copied().map(question).collect(),
                asked_before,
                optional_attachments: full,
                due: due.filter(|_| full),
                hours: if full { "9:00–18:00".to_owned() } else { String::new() },
                contact: if full { "+7 495 000-00-00".to_owned() } else { String::new() },
                company: if full { "M2M Solutions".to_owned() } else { String::new() },
            });
        }
    }
    all
}

#[cfg(test)]
mod tests;
