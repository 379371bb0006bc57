//! What rules, weights and network say together: the kind of a mail and the state of each field.

use super::cue::Cue;
use super::cues::behaviour::is_denied_of_product;
use super::cues::concern;
use super::cues::contact;
use super::cues::errand::{self, is_errand};
use super::cues::good_news;
use super::cues::outline;
use super::cues::papers;
use super::cues::question;
use super::cues::rest;
use super::cues::silence;
use super::cues::thanks;
use super::cues::told;
use super::cues::unable;
use super::fields::{attachments, objects};
use super::language::foreign::Tongue;
use super::learned::features::Ruled;
use super::learned::weights::{Decision, Strongest, Weighed};
use super::reading::Reading;
use super::text::lexicon::Class;
use super::text::tokens::Token;
use super::{Concern, Correction, Evidence, Field, Finding, Kind, PerField, Place, Stance, State};

/// From this likelihood on a field is there.
const PRESENT: f32 = 0.5;
/// Below this likelihood it is missing; between the two it is unsure. It is asked for if it is as unlikely that it is there or is not
/// needed. A needless question costs a client more than a missing answer costs an agent; see `tests/eval.rs` for how often either happens.
const MISSING: f32 = 0.30;
/// The same where something stands under our question: whoever has answered it is asked again only if that says nothing of it.
const ANSWERED: f32 = 0.10;
/// So many words that tell something are an answer.
const FEWEST_ANSWERING: usize = 2;
/// From this likelihood on a later mail reports a problem, whatever its conversation was about.
const NEW_PROBLEM: f32 = 0.95;
/// Below this likelihood plain steps are missing, see [`Decision::PlainSteps`]: a report of software is of little use without them.
const PLAIN: f32 = 0.95;

/// A body of fewer words tells nothing.
const FEW: usize = 3;
/// «Всё в теме письма» has so many words at most.
const LONGEST_POINTER: usize = 6;

/// The outcome for one mail.
pub(super) struct Verdict {
    pub(super) kind: Kind,
    pub(super) continues: bool,
    pub(super) stance: Stance,
    pub(super) concern: Option<Concern>,
    pub(super) fields: PerField<Finding>,
    pub(super) applies: PerField<bool>,
    pub(super) corrections: Vec<Correction>,
}

impl Verdict {
    pub(super) fn new(reading: &Reading<'_>, ruled: Ruled, weighed: &Weighed) -> Self {
        let Ruled { mut fields, actions, stance, judged, signs, .. } = ruled;
        // Whoever says thanks, or takes something back, beside words that are not known may say anything.
        let foreign = reading.tongue == Tongue::Foreign;
        let unread = foreign || reading.tongue == Tongue::Doubtful && stance != Stance::Request;
        let is_well = !unread
            && fields.attachments.state != State::Present
            && good_news::is_all(reading, &fields.objects);
        let stance = if unread {
            Stance::Request
        } else if is_well && matches!(stance, Stance::Request | Stance::Courtesy) {
            Stance::Withdrawal
        } else {
            stance
        };
        let follow_up = reading.is_later();
        let answers = reading.asked.contains(&Field::Product)
            && fields.product.state == State::Present
            && stance == Stance::Request;
        let kind = if is_well || concern::is_trial(reading) || concern::closes(reading) {
            Kind::None
        } else {
            let asks = answers
                || unread
                || stance == Stance::Request && says_more(reading)
                || thanks::only_ends(reading);
            kind(weighed, asks, judged.only_reports)
        };
        // Who asks where his answer is wants something: "we sent you an email, no reply".
        let chases =
            || concern::concern(reading, Kind::Problem, &fields, Stance::Request) == Some(Concern::Progress);
        let asks_again = kind == Kind::None && !is_well && !follow_up && stance == Stance::Request;
        let kind = if asks_again && chases() { Kind::Problem } else { kind };
        // A wrong paper is no malfunction.
        let paper = kind != Kind::None && papers::are_wrong(reading, &fields);
        let forgets = matches!(kind, Kind::Problem | Kind::Service)
            && !follow_up
            && fields.steps.state == State::Missing
            && errand::forgets_password(reading);
        let kind = if paper || forgets { Kind::Service } else { kind };
        let corrections = if foreign { Vec::new() } else { objects::corrections(reading) };
        let corrects = corrections.iter().any(Correction::takes_nothing_back);
        let kind = match (kind, reading.kind_before) {
            (Kind::None, Some(before))
                if corrects || stance == Stance::Request && !corrections.is_empty() =>
            {
                before
            }
            (kind, _) => kind,
        };
        // A later mail goes on with its conversation, unless it clearly begins a new matter.
        let new_matter = if judged.continues { 0.2 } else { 0.5 };
        let plain = outline::is_plain(reading, &fields.product) && !objects::identifies(&fields.objects);
        for (field, decision) in [(Field::Product, Decision::Product), (Field::Objects, Decision::Objects)] {
            let state = state_of(weighed.likely(decision), PRESENT, missing(reading, field));
            let identified = field == Field::Objects && objects::identifies(&fields.objects);
            let state = if identified && state == State::Missing { State::Unsure } else { state };
            settle(reading, field, fields.get_mut(field), decision, state, weighed);
        }
        if objects::only_tells_a_date(reading) {
            fields.objects = Finding::default();
        }
        if fields.objects.state == State::Missing && attachments::lists_elements(reading) {
            fields.objects.state = State::Unsure;
        }
        let (decision, state) = if !plain {
            (
                Decision::Steps,
                state_of(weighed.likely(Decision::Steps), PRESENT, missing(reading, Field::Steps)),
            )
        } else if outline::is_recipe(&signs) {
            (Decision::PlainSteps, State::Present)
        } else {
            (Decision::PlainSteps, state_of(weighed.likely(Decision::PlainSteps), PLAIN, PLAIN))
        };
        // Whoever sends a picture or calls somebody has pressed nothing.
        let state = if contact::only_sends(&reading.body) || contact::only_calls(&reading.body) {
            State::Missing
        } else {
            state
        };
        let tells = || {
            !plain
                && (told::logs_in(&reading.body)
                    || told::tells_steps(reading)
                    || told::english::tells(reading))
        };
        let state = if state == State::Missing && tells() { State::Unsure } else { state };
        settle(reading, Field::Steps, &mut fields.steps, decision, state, weighed);
        let decision = Decision::Description;
        let mut state = state_of(weighed.likely(decision), PRESENT, missing(reading, Field::Description));
        // A picture alone tells nothing that we could read.
        if reading.is_wordless() {
            state = State::Missing;
        }
        // A behaviour told in the subject is easily lost above a pasted log; an element that is silent is all that there is to tell;
        // and steps with what came of them describe the malfunction.
        if state == State::Missing
            && (told_in_subject(reading, kind, &fields.description)
                || fields.objects.state == State::Present && silence::is_told(reading)
                || kind == Kind::Problem && silence::is_seen(reading)
                || denies(reading)
                || paper
                || is_wanted(reading, kind, &fields.objects)
                || forgets
                || is_pointed_to(reading)
                || unable::is_told(reading)
                || fields.steps.state != State::Missing && told::tells_result(reading, &actions))
        {
            state = State::Unsure;
        }
        settle(reading, Field::Description, &mut fields.description, decision, state, weighed);
        correct(&mut fields.objects, &corrections);
        if kind == Kind::None {
            fields = PerField::default();
        }
        if foreign {
            doubt_what_is_missing(&mut fields);
        }
        let applies = applies(reading, kind, &fields, paper, weighed);
        // Whoever asks for something does not only thank, take back or promise. A body of thanks asks for nothing, but
        // its subject may.
        let idle = || kind == Kind::None || reading.subject.is_none() && thanks::is_all(&reading.body);
        let asks = match stance {
            Stance::Courtesy => !idle() || thanks::complains(&reading.body),
            Stance::Withdrawal => !idle() || corrects || thanks::takes_back_a_part(&reading.body),
            Stance::Promise => !idle(),
            Stance::Request | Stance::Refusal | Stance::AlreadySaid => false,
        };
        let stance = if asks { Stance::Request } else { stance };
        let goes_on = stance == Stance::Request && !unread;
        let stance = if goes_on { of_the_rest(reading, kind, &fields) } else { stance };
        let concern =
            if unread { Some(Concern::Foreign) } else { concern::concern(reading, kind, &fields, stance) };
        // Not before: who asks how his request stands puts a question, too.
        let is_asked = fields.description.state == State::Missing && concern.is_none();
        if is_asked && kind == Kind::Question && question::is_put(reading) {
            let description = &mut fields.description;
            settle(reading, Field::Description, description, decision, State::Unsure, weighed);
        }
        Self {
            kind,
            continues: follow_up
                && kind != Kind::None
                && weighed.likely(Decision::Continues) >= new_matter
                && !(kind == Kind::Problem && weighed.likely(Decision::Problem) >= NEW_PROBLEM),
            stance,
            concern,
            fields,
            applies,
            corrections,
        }
    }
}

/// What a client who answers a part of our questions does with the rest of them.
fn of_the_rest(reading: &Reading<'_>, kind: Kind, fields: &PerField<Finding>) -> Stance {
    if kind == Kind::None || fields.steps.state == State::Present {
        Stance::Request
    } else if rest::comes_later(reading) {
        Stance::Promise
    } else if rest::is_there(reading, fields.attachments.state == State::Present) {
        Stance::AlreadySaid
    } else if rest::awaits_a_call(reading) {
        Stance::Refusal
    } else {
        Stance::Request
    }
}

/// What does not stand there in words that are known may stand there in others.
fn doubt_what_is_missing(fields: &mut PerField<Finding>) {
    for field in [Field::Product, Field::Description, Field::Objects, Field::Steps] {
        let finding = fields.get_mut(field);
        if finding.state == State::Missing {
            finding.state = State::Unsure;
        }
    }
}

/// Which fields a mail of this kind needs. What is missing applies only if it is likely enough that it does: of a mail that may be no
/// problem, or may be about no element, only an agent can tell.
fn applies(
    reading: &Reading<'_>,
    kind: Kind,
    fields: &PerField<Finding>,
    paper: bool,
    weighed: &Weighed,
) -> PerField<bool> {
    let [problem, question, service, none] =
        [Decision::Problem, Decision::Question, Decision::Service, Decision::None]
            .map(|decision| weighed.likely(decision));
    let share = |likely: f32| likely / (problem + question + service + none);
    let names = weighed.likely(Decision::ObjectsApply);
    let sure = |field, decision, applies: f32| {
        let lacks = applies * (1.0 - weighed.likely(decision));
        // A picture alone is to be told of, whatever it shows.
        fields.get(field).state != State::Missing || reading.is_wordless() || lacks >= 1.0 - MISSING
    };
    let is_request = kind != Kind::None;
    let is_problem = kind == Kind::Problem;
    let element = is_problem || is_request && !paper && names >= 0.5;
    PerField {
        product: is_request,
        description: is_request
            && sure(Field::Description, Decision::Description, share(problem + question + service)),
        objects: element
            && sure(Field::Objects, Decision::Objects, share(problem) + share(question + service) * names),
        steps: is_problem && sure(Field::Steps, Decision::Steps, share(problem)),
        attachments: is_request,
    }
}

/// Names the elements as the same mail corrects them.
fn correct(objects: &mut Finding, corrections: &[Correction]) {
    if matches!(objects.state, State::Missing | State::Off) {
        return;
    }
    for correction in corrections {
        let value = objects.value.as_deref();
        let corrected =
            value.map_or_else(|| Some(correction.named().to_owned()), |value| correction.correct(value));
        objects.value = corrected.or_else(|| objects.value.take());
    }
}

/// Below what likelihood a field is missing.
fn missing(reading: &Reading<'_>, field: Field) -> f32 {
    let answers = |reply| reading.informative(&reading.body, reply) >= FEWEST_ANSWERING;
    let answered = reading.asked.contains(&field) && reading.replies_to(field).any(answers);
    if answered { ANSWERED } else { MISSING }
}

/// Whether a short mail without a file says something of its own beside what is polite.
fn says_more(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    !reading.sheets().any(|sheet| sheet.has(Class::Automatic) || sheet.has(Class::Advertising))
        && reading.mail.attachments.is_empty()
        && thanks::says_more(sheet, reading.is_later())
}

/// The kind that most speaks for; who `asks` for something for certain writes no mere thanks, and whoever `only_reports` no question.
fn kind(weighed: &Weighed, asks: bool, only_reports: bool) -> Kind {
    [
        (Kind::Problem, Decision::Problem),
        (Kind::Question, Decision::Question),
        (Kind::Service, Decision::Service),
        (Kind::None, Decision::None),
    ]
    .into_iter()
    .filter(|(kind, _)| *kind != Kind::None || !asks)
    .filter(|(kind, _)| *kind != Kind::Question || !only_reports)
    .max_by(|(_, a), (_, b)| weighed.likely(*a).total_cmp(&weighed.likely(*b)))
    .map_or(Kind::Problem, |(kind, _)| kind)
}

/// Whether the rules saw a behaviour in the subject, or what is to be done, and the body is but what a program wrote, thanks, or
/// «всё в теме».
fn told_in_subject(reading: &Reading<'_>, kind: Kind, description: &Finding) -> bool {
    let behaviour = |found: &Evidence| found.place == Place::Subject && found.is_by(Cue::Behaviour);
    let behaves = || description.state == State::Present && description.evidence.iter().any(behaviour);
    let wants = || {
        kind == Kind::Service
            && reading.subject.iter().any(|sheet| sheet.sentences.iter().any(|each| is_errand(sheet, each)))
    };
    let words = |token: &&Token| token.is_word() && token.has_letters(3);
    let few = || outline::prose(&reading.body).flatten().filter(words).take(FEW).count() < FEW;
    let points =
        |token: &Token| matches!(token.form.as_str(), "тема" | "теме" | "тему" | "заголовке" | "subject");
    let points_there = || reading.words <= LONGEST_POINTER && reading.body.tokens.iter().any(points);
    reading.words > 0 && (behaves() || wants()) && (few() || points_there())
}

/// Whether a service is asked for in plain words and of an element that is named.
fn is_wanted(reading: &Reading<'_>, kind: Kind, objects: &Finding) -> bool {
    let sheet = &reading.body;
    kind == Kind::Service
        && objects.state == State::Present
        && sheet.sentences.iter().any(|sentence| is_errand(sheet, sentence))
}

/// Whether the body says that all is told in the subject, "subject says it all", and the subject has words enough.
fn is_pointed_to(reading: &Reading<'_>) -> bool {
    const BESIDE: &[&str] = &["says", "see", "per", "line"];
    let points = (0..reading.body.tokens.len()).any(|at| {
        let around = [at.checked_sub(2), at.checked_sub(1), Some(at + 1)];
        reading.body.form(at) == "subject"
            && around.into_iter().flatten().any(|beside| BESIDE.contains(&reading.body.form(beside)))
    });
    points
        && reading.subject.as_ref().is_some_and(|subject| {
            subject.tokens.iter().filter(|token| token.is_word()).take(FEW).count() >= FEW
        })
}

/// Whether a product is said not to do something.
fn denies(reading: &Reading<'_>) -> bool {
    reading
        .sheets()
        .any(|sheet| sheet.sentences.iter().any(|sentence| is_denied_of_product(reading, sheet, sentence)))
}

/// There from one likelihood on, missing below another, unsure between them.
fn state_of(likely: f32, present: f32, missing: f32) -> State {
    if likely >= present {
        State::Present
    } else if likely >= missing {
        State::Unsure
    } else {
        State::Missing
    }
}

/// Settles the state of a field. What an operator's own cue or pattern says stands, and a product must be named.
fn settle(
    reading: &Reading<'_>,
    field: Field,
    finding: &mut Finding,
    decision: Decision,
    state: State,
    weighed: &Weighed,
) {
    let configured =
        finding.evidence.iter().any(|found| Cue::CONFIGURED.into_iter().any(|cue| found.is_by(cue)));
    if configured || field == Field::Product && finding.evidence.is_empty() {
        return;
    }
    let answered =
        || field == Field::Objects && !finding.evidence.is_empty() && objects::is_answered(reading);
    finding.state = if state == State::Missing && answered() { State::Unsure } else { state };
    if finding.state == State::Missing {
        *finding = Finding::default();
    } else if finding.evidence.is_empty() {
        match weighed.strongest(reading, decision) {
            Some(Strongest { sheet, sentence, cue }) => {
                let found = sheet.evidence(sheet.trimmed(sentence), cue);
                finding.value = (field != Field::Objects).then(|| super::shorten(&found.text));
                finding.evidence.push(found);
            }
            // Nothing to show is nothing to be sure of, even for the network, which cannot show what it went by.
            None => finding.state = State::Unsure,
        }
    }
}
