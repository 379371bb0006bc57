//! What a mail is about where none of our questions would help: how an earlier request stands, or how a person of ours behaved. And
//! mails that only try whether mail arrives.

mod said;

use self::said::{LIST, Said};
use super::thanks;
use crate::mail::characters::is_alphabetic;
use crate::request::reading::Reading;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind, words};
use crate::request::{Concern, Evidence, Field, Finding, Kind, PerField, Place, Stance, State};
use std::ops::Range;

/// Longer mails that say nothing but this are read by a person anyway.
const LONGEST_TRIAL: usize = 20;
/// Whoever writes more has more to say.
const LONGEST_CHASE: usize = 60;
/// A malfunction in so few words is no new report: «у меня нет такой кнопки».
const SHORTEST_REPORT: usize = 6;
/// So few words ask after a request by its name.
const SHORTEST_CHASE: usize = 6;
/// What a sentence says that chases, or tells of an earlier mail.
const CHASING: [Said; 6] = [Said::Chases, Said::Calls, Said::Waits, Said::Again, Said::Wrote, Said::Sent];
/// Whom a complaint is about stands so near behind it.
const NEAR: usize = 4;

/// What a request is about where no question of ours helps, in the light of its kind and of what it supplies.
pub(crate) fn concern(
    reading: &Reading<'_>,
    kind: Kind,
    fields: &PerField<Finding>,
    stance: Stance,
) -> Option<Concern> {
    let present = |field: Field| fields.get(field).state == State::Present;
    // «Уже писал» answers questions of ours; without any it only says that he goes on with something.
    let asks = match stance {
        Stance::Request => true,
        Stance::AlreadySaid => reading.asked.is_empty(),
        Stance::Courtesy | Stance::Withdrawal | Stance::Refusal | Stance::Promise => false,
    };
    if !asks || present(Field::Steps) {
        return None;
    }
    let said = Saying::of(reading);
    // Many begin a new request by a reply to an old mail: whoever says what he wants, and not in a few words or as what goes on, is
    // asked for the rest.
    let goes_on_so = kind == Kind::Problem && (reading.words <= SHORTEST_REPORT || said.says(Said::Still));
    let is_new =
        present(Field::Product) || present(Field::Objects) || present(Field::Description) && !goes_on_so;
    let goes_on = (reading.goes_on_unknown() && !is_new).then_some(Concern::Earlier);
    if present(Field::Attachments) {
        return goes_on;
    }
    let of_person = said.says(Said::Your) && said.rude_person
        || said.complains_of_person
        || matches!(kind, Kind::Problem | Kind::None) && said.kept_waiting;
    // Whose vehicle it was says nothing of the matter, where it is told how he behaved.
    let only_person = said.rude_person || !present(Field::Objects);
    if of_person && only_person && !misbehaves(reading) {
        return Some(Concern::Conduct);
    }
    if kind == Kind::None {
        return None;
    }
    let later = reading.is_later();
    let wrote = said.says(Said::Wrote) || said.sent_letter;
    let calls = said.says(Said::Calls);
    let chases = said.says(Said::Chases)
        || calls
        || said.says(Said::Again)
        || said.of_ticket
        || said.waits_long
        || said.unreached
        || (later || wrote) && said.says(Said::Waits);
    let answers = reading.asked.contains(&Field::Product) || !later && !said.of_ticket;
    // In a first mail a hint of a behaviour is enough: only who has written before can be known to wait.
    let hints = !later && fields.description.state == State::Unsure && said.tells_more(&fields.description);
    let of_ticket_only = said.of_ticket && !said.faulty && said.all_of_tickets(reading, &fields.description);
    // «Почему трубку не берете?» tells no more.
    let described = present(Field::Description) && (!said.unreached || said.tells_more(&fields.description));
    let tells = described && !of_ticket_only
        || hints
        || present(Field::Product) && answers
        // The number of a ticket is easily taken for that of an element.
        || present(Field::Objects) && (!said.of_ticket || said.names_asked(reading, &fields.objects))
        || said.faulty;
    let short = reading.words <= LONGEST_CHASE;
    // A first question about terms is one of sales, unless it is about a request.
    let of_request = said.of_ticket || said.says(Said::Ticket) || wrote;
    let may_chase = later || kind == Kind::Problem || of_request || calls;
    let progress = chases && !tells && short && may_chase;
    progress.then_some(Concern::Progress).or(goes_on)
}

/// Whether a sentence tells of a malfunction and of nobody's behaviour.
fn misbehaves(reading: &Reading<'_>) -> bool {
    reading.body.sentences.iter().any(|sentence| {
        super::behaviour::is_fault(&reading.body, sentence)
            && reading.body.any(sentence.clone(), &[Class::Common])
    })
}

/// Whether a first mail only tries whether mail arrives.
pub(crate) fn is_trial(reading: &Reading<'_>) -> bool {
    if reading.is_later() || reading.words > LONGEST_TRIAL {
        return false;
    }
    let mut tries = false;
    let nothing_else = reading.sheets().all(|sheet| {
        let mut known = vec![false; sheet.tokens.len()];
        for at in 0..sheet.tokens.len() {
            LIST.look_up(&sheet.tokens, at, |said, length| {
                tries |= said == Said::Trial;
                if matches!(said, Said::Trial | Said::BesideTrial) {
                    known.iter_mut().skip(at).take(length).for_each(|known| *known = true);
                }
            });
        }
        sheet.tokens.iter().enumerate().zip(known).all(|((at, token), known)| match token.kind {
            _ if known => true,
            TokenKind::Mark(_) | TokenKind::Newline => true,
            TokenKind::Word => {
                token.classes.any(&[Class::Greeting, Class::Courtesy]) || thanks::is_line_of_names(sheet, at)
            }
            TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
        })
    });
    tries && nothing_else
}

/// Whether a first mail only asks to close a request, or takes a mail back: «закройте заявку № 5512», "disregard my previous email". None
/// of ours is known that it could mean, and there is nothing to ask.
pub(crate) fn closes(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    if reading.is_later() || reading.words > LONGEST_TRIAL || reading.words == 0 {
        return false;
    }
    let mut known = vec![false; sheet.tokens.len()];
    let (mut ends, mut closes) = (None, false);
    for at in 0..sheet.tokens.len() {
        LIST.look_up(&sheet.tokens, at, |said, length| {
            if said == Said::Ends {
                ends = Some(at);
            }
            closes |=
                said == Said::TakesBack || said == Said::Ticket && ends.is_some_and(|end| at - end <= NEAR);
            if !matches!(said, Said::Ends | Said::Ticket | Said::TakesBack) {
                return;
            }
            known.iter_mut().skip(at).take(length).for_each(|known| *known = true);
        });
    }
    const ELSE: &[Class] = &[
        Class::Errand,
        Class::Fault,
        Class::VagueFault,
        Class::Why,
        Class::ServiceThing,
        Class::Document,
        Class::Asks,
        Class::Gesture,
        Class::InterfaceNoun,
    ];
    // «Не закрывайте заявку 5512», but not «больше не нужно».
    let denies = |token: &Token| token.has(Class::Negation) && !token.has(Class::Withdrawal);
    let nothing_else =
        || {
            sheet.tokens.iter().zip(&known).all(|(token, known)| {
                *known || !token.classes.any(ELSE) && !denies(token) && !token.is_mark('?')
            })
        };
    closes && nothing_else()
}

/// The clause in which somebody is called in vain, if that is us: «не могу до вас дозвониться», but not «водитель не берёт трубку».
fn calls_in_vain(sheet: &Sheet<'_>, sentence: &Range<usize>, names_others: bool) -> Range<usize> {
    let says = |mut range: Range<usize>, what: Said| range.any(|at| LIST.says(&sheet.tokens, at, what));
    let reaches = sentence.clone().find(|at| says(*at..at + 1, Said::Reaches));
    let clause = reaches.map_or(0..0, |at| sheet.clause(sentence, at));
    let is_us = says(clause.clone(), Said::ToUs) || !names_others;
    if is_us && says(clause.clone(), Said::InVain) { clause } else { 0..0 }
}

/// What the words of a mail do.
#[derive(Default)]
struct Saying {
    /// A bit for each [`Said`].
    said: u32,
    complains_of_person: bool,
    /// A sentence tells how somebody behaved.
    rude_person: bool,
    /// A sentence tells that nobody came.
    kept_waiting: bool,
    /// The sentences of the body that chase, or tell of an earlier mail: bytes.
    chasing: Vec<Range<usize>>,
    /// The words of the body that name a request, each with its sentence: bytes.
    tickets: Vec<[Range<usize>; 2]>,
    /// A sentence asks how a request stands.
    of_ticket: bool,
    /// A sentence says since when he waits.
    waits_long: bool,
    /// A sentence says that he sent a letter.
    sent_letter: bool,
    /// A clause says that nobody of ours comes to the telephone.
    unreached: bool,
    /// A malfunction is told elsewhere.
    faulty: bool,
}

impl Saying {
    fn of(reading: &Reading<'_>) -> Self {
        let mut all = Self::default();
        for sheet in reading.sheets() {
            let mut complaint: Option<usize> = None;
            for sentence in &sheet.sentences {
                let mut said_here = 0;
                for at in sentence.clone() {
                    LIST.look_up(&sheet.tokens, at, |said, length| {
                        said_here |= said.bit();
                        if said == Said::Complains {
                            complaint = Some(at + length);
                        }
                        if said == Said::Ticket && sheet.place == Place::Body {
                            let word = sheet.span(at..at + length);
                            all.tickets.push([word, sheet.span(sentence.clone())]);
                        }
                        all.complains_of_person |=
                            said == Said::Person && complaint.is_some_and(|end| at < end + NEAR);
                    });
                }
                let here = |what: Said| said_here & what.bit() != 0;
                let length = || words(sheet.slice(sentence.clone()));
                all.of_ticket |= here(Said::Ticket)
                    && (here(Said::Waits)
                        || here(Said::Stands)
                        || here(Said::What) && length() <= SHORTEST_CHASE);
                all.rude_person |= here(Said::Person) && (here(Said::Rude) || here(Said::Absent));
                let is_own =
                    |token: &Token| matches!(token.form.as_str(), "наш" | "наши" | "мой" | "our" | "my");
                let own = || sheet.slice(sentence.clone()).iter().any(is_own);
                all.kept_waiting |= here(Said::Visitor) && here(Said::Absent) && !own();
                all.waits_long |= here(Said::Waits)
                    && here(Said::Period)
                    && !sheet.any(
                        sentence.clone(),
                        &[Class::Common, Class::Thing, Class::UnitNoun, Class::ElementNoun],
                    );
                all.sent_letter |= here(Said::Sent) && here(Said::Letter) && !here(Said::Others);
                let calls = if here(Said::Reaches) {
                    calls_in_vain(sheet, sentence, here(Said::Others))
                } else {
                    0..0
                };
                all.unreached |= !calls.is_empty();
                if (!calls.is_empty() || CHASING.into_iter().any(here)) && sheet.place == Place::Body {
                    all.chasing.push(sheet.span(sentence.clone()));
                }
                all.faulty |= [
                    sentence.start..calls.start.max(sentence.start),
                    calls.end.max(sentence.start)..sentence.end,
                ]
                .into_iter()
                .any(|rest| sheet.any(rest, &[Class::Fault, Class::VagueFault]));
                all.said |= said_here;
            }
        }
        all
    }

    /// Whether the element that we asked for is named: in more than a number beside the name of a request. (What the network alone sees
    /// has no value.)
    fn names_asked(&self, reading: &Reading<'_>, objects: &Finding) -> bool {
        let names = |found: &Evidence| {
            let is_number = !found.text.chars().any(is_alphabetic);
            found.place == Place::Body
                && !self.tickets.iter().any(|[word, sentence]| {
                    let around = if is_number { sentence } else { word };
                    around.start < found.span.end && found.span.start < around.end
                })
        };
        reading.asked.contains(&Field::Objects)
            && objects.value.is_some()
            && objects.evidence.iter().any(names)
    }

    /// Whether something that was taken for a hint of a description stands elsewhere than where he chases.
    fn tells_more(&self, description: &Finding) -> bool {
        let chases = |found: &Evidence| self.chasing.iter().any(|sentence| found.stands_in(sentence));
        !description.evidence.iter().all(chases)
    }

    /// Whether all that was taken for a description asks after a request: its status is no behaviour.
    fn all_of_tickets(&self, reading: &Reading<'_>, description: &Finding) -> bool {
        const MATTERS: &[Class] =
            &[Class::UnitNoun, Class::ElementNoun, Class::AccountNoun, Class::SimNoun, Class::ServiceThing];
        let asks_after =
            |found: &Evidence| self.tickets.iter().any(|[_, sentence]| found.stands_in(sentence));
        description.evidence.iter().all(asks_after)
            && !reading.body.tokens.iter().any(|token| token.classes.any(MATTERS))
    }

    fn says(&self, what: Said) -> bool {
        self.said & what.bit() != 0
    }
}
