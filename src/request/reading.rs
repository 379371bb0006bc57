//! One mail prepared for the detectors: subject and content laid out, answers assigned to our questions.

use super::answers::replies::lay_out;
use super::cue::Cue;
use super::fields::product::Named;
use super::language;
use super::language::foreign::Tongue;
use super::rules::Rules;
use super::text::lexicon::Class;
use super::text::sheet::Sheet;
use super::text::tokens::{self, Token};
use super::{Before, Evidence, Field, Kind, Language, Place};
use crate::mail::characters::is_alphanumeric;
use crate::mail::subject::{self, SubjectPrefix};
use crate::mail::{Mail, SegmentKind};
use std::ops::Range;

/// What every detector works on.
pub(super) struct Reading<'a> {
    pub(super) mail: &'a Mail,
    pub(super) rules: &'a Rules,
    /// The fields of our last list of questions.
    pub(super) asked: &'a [Field],
    /// The kind that the conversation has so far.
    pub(super) kind_before: Option<Kind>,
    /// Nothing was missing any more before.
    pub(super) all_told: bool,
    /// The subject, unless it is history; what its writer has added to ours.
    pub(super) subject: Option<Sheet<'a>>,
    /// The subject is what was added to ours.
    subject_answers: bool,
    /// The subject in lower case, history or not.
    pub(super) title: String,
    /// The writer's content.
    pub(super) body: Sheet<'a>,
    /// Which tokens of the body answer which question.
    pub(super) replies: Vec<(Field, Range<usize>)>,
    /// Words in the body.
    pub(super) words: usize,
    /// What names a product in the body, then in the subject.
    products: [Named; 2],
    /// The language of the writer, guessed if nothing tells it.
    pub(super) language: Language,
    /// The language that his own words tell.
    pub(super) told: Option<Language>,
    /// The language that the mail speaks for where they tell none.
    pub(super) leaning: Option<Language>,
    /// Whether his words are known here.
    pub(super) tongue: Tongue,
    /// See [`Self::is_later`].
    later: bool,
}

/// A body of so few words is an answer to our question as a whole.
const SHORT_ANSWER: usize = 12;

impl<'a> Reading<'a> {
    pub(super) fn new(mail: &'a Mail, before: Before<'a>, rules: &'a Rules) -> Self {
        let Before { asked, kind: kind_before, all_told } = before;
        let layout = lay_out(&mail.text, asked, &rules.questions);
        let body = Sheet::new(&mail.text.full, Place::Body, &layout.parts);
        let replies = layout
            .replies
            .into_iter()
            .map(|(field, bytes)| {
                let start = body.tokens.partition_point(|token| token.span.start < bytes.start);
                let end = body.tokens.partition_point(|token| token.span.start < bytes.end);
                (field, start..end.max(start))
            })
            .collect();
        let title = mail.subject.trim().to_lowercase();
        let is_reply = is_reply(mail);
        let is_forward = mail.subject_prefix() == Some(SubjectPrefix::Forward);
        let is_news = !is_reply || is_forward;
        let said = if is_news {
            (!subject::is_placeholder(&title)).then_some(0..mail.subject.len())
        } else {
            added(&mail.subject)
        };
        let subject = said.map(|said| Sheet::new(&mail.subject, Place::Subject, std::slice::from_ref(&said)));
        let words = tokens::words(&body.tokens);
        let products = [Some(&body), subject.as_ref()]
            .map(|sheet| sheet.map(|sheet| rules.products.named(sheet)).unwrap_or_default());
        let known = !asked.is_empty() || kind_before.is_some();
        let tongue = language::foreign::tongue(&body, subject.as_ref(), &products, known);
        let foreign = tongue == Tongue::Foreign;
        let told = (!foreign).then(|| language::told(mail, &body, subject.as_ref(), known)).flatten();
        let leaning = match told {
            Some(_) => None,
            None if foreign => Some(language::nearest(mail, &body, subject.as_ref())),
            None => language::leaning(mail, &body, subject.as_ref(), &products),
        };
        let language = told.unwrap_or_else(|| language::guess(&body, subject.as_ref()));
        Self {
            mail,
            rules,
            asked,
            kind_before,
            all_told,
            subject,
            title,
            subject_answers: !is_news,
            body,
            replies,
            words,
            products,
            language,
            told,
            leaning,
            tongue,
            later: is_reply || known,
        }
    }

    /// Whether it is not the first mail of its conversation.
    pub(super) fn is_later(&self) -> bool {
        self.later
    }

    /// Whether it goes on, by its subject or its quotation, with something that is in no request here: answers to letters that were
    /// not written by us, and to mails of long ago. Of a forward the subject and the forwarded words are read as news.
    pub(super) fn goes_on_unknown(&self) -> bool {
        self.later && self.asked.is_empty() && self.kind_before.is_none() && self.subject.is_none()
    }

    /// Whether neither subject nor body has a word.
    pub(super) fn is_wordless(&self) -> bool {
        !self.sheets().flat_map(|sheet| &sheet.tokens).any(Token::is_word)
    }

    /// Subject and body.
    pub(super) fn sheets(&self) -> impl Iterator<Item = &Sheet<'a>> {
        std::iter::once(&self.body).chain(&self.subject)
    }

    /// Whether the token at `at` belongs to an answer to our question about `field`.
    pub(super) fn answers(&self, sheet: &Sheet<'_>, field: Field, at: usize) -> bool {
        let asked = self.asked.contains(&field);
        match sheet.place {
            Place::Body => {
                self.replies.iter().any(|(of, range)| *of == field && range.contains(&at))
                    || asked && self.words <= SHORT_ANSWER
            }
            Place::Subject => asked && self.subject_answers,
            Place::Attachment => false,
        }
    }

    /// The token ranges that answer a question.
    pub(super) fn replies_to(&self, field: Field) -> impl Iterator<Item = Range<usize>> {
        self.replies.iter().filter(move |(of, _)| *of == field).map(|(_, range)| range.clone())
    }

    /// The first configured cue for a field.
    pub(super) fn cue(&self, field: Field) -> Option<Evidence> {
        let cues = self.rules.cues.get(field);
        if cues.is_empty() {
            return None;
        }
        self.sheets().find_map(|sheet| {
            let mut found = None;
            for at in 0..sheet.tokens.len() {
                cues.look_up(&sheet.tokens, at, |(), length| found = found.or(Some((at, length))));
                if let Some((at, length)) = found {
                    return Some(sheet.evidence(at..at + length, Cue::ConfiguredWord));
                }
            }
            None
        })
    }

    /// Whether a product is named at a token: it is no element then.
    pub(super) fn is_product(&self, sheet: &Sheet<'_>, at: usize) -> bool {
        self.named(sheet).surely.binary_search(&at).is_ok()
    }

    /// Whether a token is part of what would name a product in an answer.
    pub(super) fn is_perhaps_product(&self, sheet: &Sheet<'_>, at: usize) -> bool {
        self.named(sheet).perhaps.binary_search(&at).is_ok()
    }

    fn named(&self, sheet: &Sheet<'_>) -> &Named {
        let [body, subject] = &self.products;
        if sheet.place == Place::Body { body } else { subject }
    }

    /// Words of the range that tell something: no function words, greetings, general nouns.
    pub(super) fn informative(&self, sheet: &Sheet<'_>, range: Range<usize>) -> usize {
        let start = range.start;
        let tokens = sheet.slice(range).iter().enumerate();
        tokens.filter(|(at, token)| is_informative(token) && !self.is_product(sheet, start + at)).count()
    }
}

/// Whether a word tells something by itself.
pub(super) fn is_informative(token: &Token) -> bool {
    token.is_word()
        && !token.classes.any(&[
            Class::Filler,
            Class::Greeting,
            Class::Courtesy,
            Class::Contact,
            Class::VagueFault,
        ])
        && token.has_letters(3)
}

/// Whether the mail answers an earlier one: its subject is history then.
fn is_reply(mail: &Mail) -> bool {
    mail.subject_prefix() == Some(SubjectPrefix::Reply)
        || !mail.in_reply_to.is_empty()
            && mail.text.segments.iter().any(|segment| segment.kind == SegmentKind::Quote)
}

/// What stands behind the number of the request in the subject of an answer: «Re: Ваше обращение [#7] – Камаз 458». What programs put
/// there stands in brackets.
fn added(subject: &str) -> Option<Range<usize>> {
    let (_, behind) = subject.rsplit_once("[#")?;
    let (number, said) = behind.split_once(']')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_said = said.contains(is_alphanumeric) && !said.trim_start().starts_with(['[', '(']);
    (is_number && is_said).then(|| subject.len() - said.len()..subject.len())
}
