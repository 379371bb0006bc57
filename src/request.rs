//! What a mail asks for and what it lacks: its kind, five fields with evidence, and what accumulates over a
//! conversation. Pure. [`Rules`] says what of it the support regulation wants.

mod answers;
mod cue;
mod cues;
mod fields;
mod hash;
mod kind;
mod language;
mod learned;
mod read;
mod reading;
mod rules;
mod settings;
mod text;
mod verdict;
mod words;

#[cfg(test)]
mod tests;

pub use answers::own_questions::{Questions, default_question};
pub use fields::objects::Correction;
pub use learned::network;
pub use learned::trees::Fact;
pub use learned::weights::{ALWAYS, Decision};
pub use read::{read, shown, weighed};
pub use rules::{RuleError, Rules};
pub use settings::{Product, RuleSettings};

use std::ops::Range;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What the regulation wants a request to name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(into = "&'static str", try_from = "&str")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Field {
    /// «продукт компании, по которому возник вопрос»
    Product,
    /// «подробное описание вопроса»
    Description,
    /// «указаны конкретные элементы, по которым возник вопрос»
    Objects,
    /// «описание действий по воспроизведению проблемы»
    Steps,
    /// «приветствуется наличие скриншотов, графических пояснений, лог файлов»
    Attachments,
}

/// One value a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PerField<T> {
    /// See [`Field::Product`].
    pub product: T,
    /// See [`Field::Description`].
    pub description: T,
    /// See [`Field::Objects`].
    pub objects: T,
    /// See [`Field::Steps`].
    pub steps: T,
    /// See [`Field::Attachments`].
    pub attachments: T,
}

impl<T> PerField<T> {
    /// What `value` gives for each field, in the regulation's order.
    pub fn from_fn(mut value: impl FnMut(Field) -> T) -> Self {
        Self {
            product: value(Field::Product),
            description: value(Field::Description),
            objects: value(Field::Objects),
            steps: value(Field::Steps),
            attachments: value(Field::Attachments),
        }
    }

    /// The value of one field.
    pub fn get(&self, field: Field) -> &T {
        match field {
            Field::Product => &self.product,
            Field::Description => &self.description,
            Field::Objects => &self.objects,
            Field::Steps => &self.steps,
            Field::Attachments => &self.attachments,
        }
    }

    /// The value of one field, to change.
    pub fn get_mut(&mut self, field: Field) -> &mut T {
        match field {
            Field::Product => &mut self.product,
            Field::Description => &mut self.description,
            Field::Objects => &mut self.objects,
            Field::Steps => &mut self.steps,
            Field::Attachments => &mut self.attachments,
        }
    }

    /// Fields with their values in the regulation's order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &T)> {
        Field::VARIANTS.iter().map(|field| (*field, self.get(*field)))
    }
}

/// How much a field matters to the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A request without it is incomplete.
    Required,
    /// Never makes a request incomplete; one optional line in a letter that goes out anyway.
    Welcome,
    /// Not looked for.
    Off,
}

/// What kind of mail this is (corpus guidelines).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "&'static str", try_from = "&str")]
#[derive(Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// Something misbehaves: all fields are looked for.
    Problem,
    /// How to do a thing, what is possible, what it costs: no steps, objects only about a particular one.
    Question,
    /// Do a thing for us: no steps, objects where the thing to act on must be named.
    Service,
    /// Not a request at all: thanks, "ok", a withdrawal, a promise, a newsletter.
    None,
}

/// The language a client writes, and is answered in.
/// Its name is that of BCP 47.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
pub enum Language {
    /// Russian, also when typed in Latin letters.
    #[strum(serialize = "ru")]
    Russian,
    /// English.
    #[strum(serialize = "en")]
    English,
}

/// Whether a field was found in one mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "&'static str", try_from = "&str")]
#[derive(Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum State {
    /// A first-line agent would not have to ask.
    Present,
    /// Perhaps: shown to the agent, not asked for.
    Unsure,
    /// Not there.
    #[default]
    Missing,
    /// Not looked for: the level is `off`.
    Off,
}

/// Which part of a mail evidence lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// `Mail::subject`.
    Subject,
    /// `Mail::text.full`.
    Body,
    /// The file name of an attachment; the span counts in that name.
    Attachment,
}

/// The words that made a field count as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where the words are.
    pub place: Place,
    /// Bytes of the text that `place` names, on character boundaries.
    pub span: Range<usize>,
    /// The words.
    pub text: String,
    /// Which rule saw them, for people: `alias "виалон"`, `plate`, `action and result`.
    pub cue: String,
}

/// What was found of one field in one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is there.
    pub state: State,
    /// What it says, short, for the letter and the agents: `Wialon Hosting`, `А123ВС77`. `None` if not there.
    pub value: Option<String>,
    /// The words that say so, strongest first.
    pub evidence: Vec<Evidence>,
}

/// What the writer does with the conversation, beside supplying fields.
/// The table of weights knows it by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Stance {
    /// Asks, reports, answers, chases: the ordinary case.
    Request,
    /// Only thanks or acknowledges: never reopens, is never asked.
    Courtesy,
    /// «вопрос снят», "false alarm": nothing is asked any more.
    Withdrawal,
    /// Will not say more, or wants a person: nothing is asked any more.
    Refusal,
    /// «есть в письме», "already in my mail": what is missing is not asked again, a person looks.
    #[strum(serialize = "already said")]
    AlreadySaid,
    /// Announces that more will come: nothing is asked meanwhile.
    Promise,
}

/// What a request is about, or how it is told, where none of our questions would help: a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// How an earlier request stands, or whether anybody hears him, and nothing new: «когда будет ответ по заявке № 102», "any news?",
    /// «не могу до вас дозвониться».
    Progress,
    /// An earlier matter that no request here is about: a reply by its subject or its quotation, which names neither a product nor an
    /// element nor what was done: «RE: Ваше обращение 1204 – всё ещё не работает». A person finds out which.
    Earlier,
    /// How somebody of ours behaved: «ваш менеджер нагрубил мне».
    Conduct,
    /// Told in a language that is not known here, whatever it is: a person reads it.
    Foreign,
}

/// What one mail asks for and supplies by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What kind of mail it is by its own words.
    pub kind: Kind,
    /// Its own words do not say what kind it is: in a conversation it keeps that of the conversation, see
    /// [`Answers::kind_of`].
    pub continues: bool,
    /// The language that the writer's own words tell; `None` if they tell none.
    pub language: Option<Language>,
    /// The language that the mail speaks for where they tell none: good for somebody of whom nothing else is known.
    pub leaning: Option<Language>,
    /// What it does with the conversation.
    pub stance: Stance,
    /// All that it says is that nothing is wanted any more («вопрос снят, спасибо»).
    pub settles: bool,
    /// All that it says is yes («да, давайте», "ok, go ahead", «👍» by a tap): an answer, if somebody has asked.
    pub agrees: bool,
    /// What it is about where no question would help.
    pub concern: Option<Concern>,
    /// What it supplies.
    pub fields: PerField<Finding>,
    /// Which elements were named wrongly, in it or before, and what they are called.
    pub corrections: Vec<Correction>,
    /// What was asked for and it says that it cannot supply («не знаю», «объектов нет»): missing still, and not asked again.
    pub declined: PerField<bool>,
    /// For each field: a mail of its kind needs it, and if it is missing that is sure enough to ask for it. Steps for a problem; objects
    /// for a problem, and for the other kinds where a particular thing must be named.
    pub applies: PerField<bool>,
}

/// What a conversation was about before a mail. The default is that of a first mail.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'a> {
    /// The fields of our last list of questions in its order, numbered from 1; empty if nothing was asked.
    pub asked: &'a [Field],
    /// The kind that the conversation has so far, see [`Answers::kind`].
    pub kind: Option<Kind>,
    /// Nothing is missing any more.
    pub all_told: bool,
}

/// What a conversation has supplied so far and what is still wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Answers {
    /// For each field: the best state so far and its value.
    pub found: PerField<Answer>,
    /// For each field: some message of the conversation made it applicable (the union over changes of kind).
    pub applies: PerField<bool>,
    /// The kind that the conversation has: the last one that was not `none`.
    pub kind: Option<Kind>,
    /// For each field: asked for it, the client said that he cannot tell.
    #[serde(default)]
    pub declined: PerField<bool>,
}

/// What a conversation knows of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Answer {
    /// The best state so far.
    pub state: State,
    /// The latest value; of the objects what was named first, and what has been named since.
    pub value: Option<String>,
}

/// Most pieces of evidence that one field keeps: enough to show why, however long the mail.
const MOST_EVIDENCE: usize = 8;
/// Longest value in characters.
const LONGEST_VALUE: usize = 60;

/// Words for the letter and the agents: one line, cut at a word.
fn shorten(text: &str) -> String {
    shorten_to(text, LONGEST_VALUE)
}

/// One line of at most so many characters, cut at a word.
fn shorten_to(text: &str, most: usize) -> String {
    let (mut line, mut letters) = (String::new(), 0);
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
            letters += 1;
        }
        line.push_str(word);
        letters += word.chars().count();
        if letters > most {
            let cut: String = line.chars().take(most).collect();
            let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
            return format!("{whole}…");
        }
    }
    line
}
