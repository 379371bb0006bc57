use super::*;
use crate::mail::{Author, Mailbox};
use crate::request::{Concern, Finding, Language, PerField, RuleSettings, State as Found};
use crate::ticket::tests::ticket;
use Field::{Attachments, Description, Objects, Product, Steps};
use std::sync::LazyLock;

mod asks;
mod declined;
mod laws;
mod withdrawal;

/// Compiled once: rules are not cheap to make.
static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::new(RuleSettings::wialon()).unwrap());

const POLICY: Policy = Policy { max_asks: 2, confirm: true };

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn ivan() -> Mailbox {
    Mailbox { name: "Иван".to_owned(), address: address("ivan@alfa.test") }
}

/// Somebody else.
fn person(text: &str) -> &'static Mailbox {
    Box::leak(Box::new(Mailbox { name: String::new(), address: address(text) }))
}

fn mail() -> Mail {
    let mut mail = crate::mail::parse(b"");
    mail.author = Author::One(ivan());
    mail
}

/// A problem that supplies these fields.
fn supplies(fields: &[Field]) -> Request {
    let mut found: PerField<Finding> = PerField::default();
    for field in fields {
        found.get_mut(*field).state = Found::Present;
    }
    Request {
        kind: Kind::Problem,
        language: Some(Language::Russian),
        leaning: None,
        stance: Stance::Request,
        settles: false,
        agrees: false,
        corrections: Vec::new(),
        concern: None,
        fields: found,
        declined: PerField::default(),
        applies: PerField::from_fn(|_| true),
        continues: false,
    }
}

fn with_stance(stance: Stance) -> Request {
    let kind = if stance == Stance::Request { Kind::Problem } else { Kind::None };
    let applies = PerField::default();
    Request { stance, settles: stance == Stance::Withdrawal, kind, applies, ..supplies(&[]) }
}

/// One client's conversation, mail by mail.
struct Talk {
    ticket: Option<Ticket>,
    waiting: Option<Waiting>,
    hour: i64,
}

impl Talk {
    fn new() -> Self {
        Self { ticket: None, waiting: None, hour: 0 }
    }

    fn mail(&mut self, request: &Request, change: impl FnOnce(&mut Facts<'_>)) -> Reply {
        self.hour += 1;
        let (mail, author) = (mail(), ivan());
        let before = self.ticket.take();
        let mut facts = Facts {
            mail: &mail,
            author: &author,
            role: Role::Client(Standing::Unverified),
            request,
            language: Language::Russian,
            ticket: before.as_ref(),
            proof: None,
            linked: None,
            permission: Permission::Granted,
            arrived_at: DateTime::from_timestamp(1_700_000_000 + self.hour * 3600, 0).unwrap(),
            regulation: "1",
            house: &[],
            waiting: self.waiting,
            ask_lost: false,
            answer_asks: false,
        };
        change(&mut facts);
        let plan = plan(&facts, &RULES, &POLICY);
        if plan.replaces_waiting {
            self.waiting = None;
        }
        self.ticket = Some(plan.ticket);
        plan.reply
    }

    /// A mail, the letter it gets (`ask product steps`, `accept`, `silent`) and the state it leaves.
    fn check(&mut self, request: &Request, expect: &str) {
        self.check_with(request, |_| {}, expect);
    }

    fn check_with(&mut self, request: &Request, change: impl FnOnce(&mut Facts<'_>), expect: &str) {
        let answer = self.mail(request, change);
        let said = match &answer {
            Reply::Ask(fields) => {
                let names: Vec<&str> = fields.iter().map(Into::into).collect();
                format!("ask {}", names.join(" "))
            }
            Reply::Accept => "accept".to_owned(),
            Reply::Silent(_) => "silent".to_owned(),
        };
        let state = self.ticket.as_ref().unwrap().state;
        assert_eq!(format!("{said} → {state}"), expect, "mail {}: {}", self.hour, answer.why());
    }
}

#[test]
fn a_complete_request_is_accepted_and_open() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description, Objects, Steps]), "accept → open");
    assert_eq!(talk.ticket.unwrap().asks, 0);
}

#[test]
fn what_is_missing_is_asked_once_more_and_then_a_person_takes_over() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Description]), "ask product objects steps → incomplete");
    talk.check(&supplies(&[Product]), "ask objects steps → incomplete");
    talk.check(&supplies(&[Objects]), "silent → open");
    talk.check(&supplies(&[]), "silent → open");
    assert_eq!(talk.ticket.unwrap().asks, 2);
}

#[test]
fn answers_accumulate() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    talk.check(&supplies(&[Objects, Steps, Attachments]), "accept → open");
    talk.check(&supplies(&[]), "silent → open");
}

#[test]
fn a_yes_reopens_only_what_has_asked() {
    let yes = Request { agrees: true, ..with_stance(Stance::Courtesy) };
    for (asks, state) in [(true, "open"), (false, "answered")] {
        let mut talk = Talk::new();
        talk.ticket = Some(Ticket { state: State::Answered, ..ticket(1, "ivan@alfa.test") });
        let asked = |facts: &mut Facts<'_>| facts.answer_asks = asks;
        talk.check_with(&yes, asked, &format!("silent → {state}"));
    }
}

#[test]
fn thanks_change_nothing() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    let before = talk.ticket.clone();
    talk.check(&with_stance(Stance::Courtesy), "silent → incomplete");
    assert_eq!(talk.ticket, before);
    for state in [State::Answered, State::Closed] {
        let mut talk = Talk::new();
        talk.ticket = Some(Ticket { state, ..ticket(1, "ivan@alfa.test") });
        let before = talk.ticket.clone();
        for stance in [Stance::Courtesy, Stance::Withdrawal] {
            talk.check(&with_stance(stance), &format!("silent → {state}"));
        }
        assert_eq!(talk.ticket, before);
        talk.check(&supplies(&[Objects]), "silent → open");
    }
}

#[test]
fn a_promise_leaves_it_the_client_s_turn() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    talk.check(&with_stance(Stance::Promise), "silent → incomplete");
    talk.check(&supplies(&[Description, Objects, Steps]), "accept → open");
}

#[test]
fn a_chase_is_for_a_person_and_leaves_the_questions_standing() {
    let chase = Request { concern: Some(Concern::Progress), ..supplies(&[]) };
    let mut talk = Talk::new();
    talk.check(&chase, "silent → open");
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    talk.check(&chase, "silent → open");
    assert_eq!(talk.ticket.as_ref().map(|ticket| ticket.asked.as_slice()), Some([Objects, Steps].as_slice()));
    // Our question that still waits goes out all the same.
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    talk.waiting = Some(Waiting::Ask);
    talk.check(&chase, "silent → incomplete");
    // One that no longer fits does not; nobody can dispute or answer what he never saw.
    let brings = Request { concern: Some(Concern::Progress), ..supplies(&[Objects]) };
    talk.check(&brings, "silent → open");
    let ticket = talk.ticket.as_ref().unwrap();
    assert_eq!((talk.waiting, ticket.asks, ticket.asked.as_slice()), (None, 0, [].as_slice()));
}

#[test]
fn who_complains_of_a_person_or_writes_an_unknown_language_is_asked_nothing() {
    let mut talk = Talk::new();
    talk.check(&Request { concern: Some(Concern::Conduct), ..supplies(&[]) }, "silent → open");
    talk.check(&supplies(&[Product]), "silent → open");
    // Nor told that nothing is missing.
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    let foreign = Request { concern: Some(Concern::Foreign), ..supplies(&[Objects, Steps]) };
    talk.check(&foreign, "silent → open");
}

#[test]
fn after_a_refusal_a_withdrawal_or_a_dispute_nothing_is_asked_any_more() {
    for stance in [Stance::Refusal, Stance::Withdrawal, Stance::AlreadySaid] {
        let mut talk = Talk::new();
        talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
        talk.check(&with_stance(stance), "silent → open");
        talk.check(&supplies(&[Description]), "silent → open");
    }
}

#[test]
fn a_dispute_stops_the_ask_that_waits_even_without_permission() {
    for stance in [Stance::Refusal, Stance::Withdrawal, Stance::AlreadySaid] {
        let mut talk = Talk::new();
        talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
        talk.waiting = Some(Waiting::Ask);
        let deny = |facts: &mut Facts<'_>| facts.permission = Permission::Denied("a limit".to_owned());
        talk.check_with(&with_stance(stance), deny, "silent → open");
        assert_eq!(talk.waiting, None, "{stance:?}");
    }
}

#[test]
fn only_our_questions_can_be_disputed() {
    let mut talk = Talk::new();
    talk.check(
        &Request { stance: Stance::AlreadySaid, ..supplies(&[Product]) },
        "ask description objects steps → incomplete",
    );
}

#[test]
fn once_an_agent_has_written_no_machine_asks() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    talk.ticket.as_mut().unwrap().agent_answered = true;
    talk.check(&supplies(&[Description]), "silent → open");
}

#[test]
fn an_agent_s_own_request_is_like_a_client_s_but_that_nobody_asks_him() {
    let mut talk = Talk::new();
    let agent = |facts: &mut Facts<'_>| facts.role = Role::Agent;
    talk.check_with(&supplies(&[Product]), agent, "silent → open");
    talk.ticket.as_mut().unwrap().state = State::Answered;
    talk.check_with(&with_stance(Stance::Courtesy), agent, "silent → answered");
    talk.check_with(&supplies(&[Description]), agent, "silent → open");
}

#[test]
fn without_permission_it_is_the_agents_turn() {
    let mut talk = Talk::new();
    let deny = |facts: &mut Facts<'_>| facts.permission = Permission::Denied("a limit".to_owned());
    talk.check_with(&supplies(&[Product]), deny, "silent → open");
    assert_eq!(talk.ticket.unwrap().asked, []);
}

#[test]
fn a_second_mail_within_the_grace_period_takes_the_letter_s_place() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description, Objects]), "ask steps → incomplete");
    talk.waiting = Some(Waiting::Ask);
    talk.check(&supplies(&[Steps]), "accept → open");
    assert_eq!((talk.waiting, talk.ticket.as_ref().unwrap().asks), (None, 0));
    talk.waiting = Some(Waiting::Accept);
    talk.check(&supplies(&[Attachments]), "accept → open");
}

#[test]
fn an_answer_that_brings_nothing_is_not_asked_the_same_again_unless_he_never_saw_the_question() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    talk.check(&supplies(&[Objects]), "ask steps → incomplete");
    talk.waiting = Some(Waiting::Ask);
    talk.check(&supplies(&[Attachments]), "ask steps → incomplete");
    assert_eq!(talk.ticket.as_ref().unwrap().asks, 2);

    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    talk.check(&supplies(&[]), "silent → open");
    // What he writes next may still answer.
    assert_eq!(talk.ticket.as_ref().unwrap().asked, [Objects, Steps]);
    talk.check(&supplies(&[Objects]), "silent → open");
    assert_eq!(talk.ticket.unwrap().asked, []);
}

#[test]
fn a_question_that_never_arrived_is_asked_again_when_the_client_writes() {
    let lost = |facts: &mut Facts<'_>| facts.ask_lost = true;
    let returned = |talk: &mut Talk| {
        let ticket = talk.ticket.as_mut().unwrap();
        (ticket.state, ticket.asks, ticket.asked) = (State::Open, ticket.asks - 1, Vec::new());
    };
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    returned(&mut talk);
    let chase = Request { concern: Some(Concern::Progress), ..supplies(&[]) };
    talk.check_with(&chase, lost, "silent → open");
    talk.check_with(&with_stance(Stance::AlreadySaid), lost, "ask objects steps → incomplete");
    talk.check(&supplies(&[Objects]), "ask steps → incomplete");
    // The second one is lost as well: he has seen one.
    returned(&mut talk);
    talk.check_with(&supplies(&[]), lost, "ask steps → incomplete");
    assert_eq!(talk.ticket.as_ref().unwrap().asks, 2);
    returned(&mut talk);
    let mut complete = Talk { ticket: talk.ticket.clone(), ..Talk::new() };
    complete.check_with(&supplies(&[Steps]), lost, "accept → open");
    // Once a person has taken over, nobody asks.
    for (agent_answered, state) in [(true, State::Open), (false, State::Closed), (false, State::Answered)] {
        let ticket = Ticket { agent_answered, state, ..talk.ticket.clone().unwrap() };
        let mut talk = Talk { ticket: Some(ticket), ..Talk::new() };
        talk.check_with(&supplies(&[]), lost, "silent → open");
    }
}

#[test]
fn the_letter_that_waits_stays_if_nothing_may_take_its_place_and_it_is_still_true() {
    let deny = |facts: &mut Facts<'_>| facts.permission = Permission::Denied("a limit".to_owned());
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description, Objects]), "ask steps → incomplete");
    talk.waiting = Some(Waiting::Ask);
    talk.check_with(&supplies(&[Attachments]), deny, "silent → incomplete");
    assert_eq!(talk.waiting, Some(Waiting::Ask));
    talk.check_with(&supplies(&[Steps]), deny, "silent → open");
    assert_eq!(talk.waiting, None);
}

/// «Время реакции отсчитывается с момента последнего сообщения»: whatever letter waits, and though no other may go out.
#[test]
fn a_mail_that_no_letter_may_answer_is_heard_beside_the_letter_that_waits() {
    let deny = |facts: &mut Facts<'_>| facts.permission = Permission::Denied("a limit".to_owned());
    for (first, first_letter, waiting, state) in [
        (vec![Product, Description, Objects, Steps], "accept → open", Waiting::Accept, "open"),
        (vec![Product, Description, Objects], "ask steps → incomplete", Waiting::Ask, "incomplete"),
    ] {
        let mut talk = Talk::new();
        talk.check(&supplies(&first), first_letter);
        talk.waiting = Some(waiting);
        let before = talk.ticket.clone().unwrap();
        talk.check_with(&supplies(&[Attachments]), deny, &format!("silent → {state}"));
        assert_eq!(talk.waiting, Some(waiting), "it is still true");
        let ticket = talk.ticket.as_ref().unwrap();
        assert_eq!(
            ticket.last_client_at,
            before.last_client_at + TimeDelta::hours(1),
            "the clock runs from here"
        );
        assert_eq!(ticket.first_unanswered_at, before.first_unanswered_at);
        assert_eq!(ticket.answers.found.get(Attachments).state, Found::Present, "and it is not lost");
        assert_eq!((ticket.asks, &ticket.asked), (before.asks, &before.asked));
        // A chase is no more than that, permitted or not.
        let heard = talk.ticket.clone();
        let chase = Request { concern: Some(Concern::Progress), ..supplies(&[]) };
        talk.check_with(&chase, deny, &format!("silent → {state}"));
        talk.check_with(&with_stance(Stance::Courtesy), deny, &format!("silent → {state}"));
        assert_eq!((talk.waiting, &talk.ticket), (Some(waiting), &heard));
    }
}

#[test]
fn thanks_do_not_cancel_a_letter_that_waits() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    talk.waiting = Some(Waiting::Ask);
    talk.check(&with_stance(Stance::Courtesy), "silent → incomplete");
    assert_eq!((talk.waiting, talk.ticket.unwrap().asks), (Some(Waiting::Ask), 1));
}

/// Anybody can write a number into a subject and a client's address into From.
#[test]
fn a_number_alone_brings_nobody_in_unless_its_sender_is_vouched_for() {
    let colleague = address("petr@alfa.test");
    let mut mail = mail();
    mail.cc.push(Mailbox { name: String::new(), address: colleague.clone() });
    let mail: &'static Mail = Box::leak(Box::new(mail));
    for (by_number, standing, comes_in) in [
        (true, Standing::Unverified, false),
        (true, Standing::Verified, true),
        (true, Standing::Registered, true),
        (false, Standing::Unverified, true),
    ] {
        let mut talk = Talk::new();
        talk.mail(&supplies(&[Product]), |_| {});
        talk.mail(&supplies(&[Steps]), |facts| {
            let proof = if by_number { Proof::SubjectNumber } else { Proof::Reference };
            (facts.mail, facts.proof, facts.role) = (mail, Some(proof), Role::Client(standing));
        });
        let participants = talk.ticket.unwrap().participants;
        assert_eq!(participants.contains(&colleague), comes_in, "{by_number} {standing:?}");
    }
}

#[test]
fn a_colleague_in_cc_adds_to_the_ticket_but_gets_no_letter_and_brings_nobody_in() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    let mut copied = mail();
    copied.cc = vec![person("stranger@beta.test").clone()];
    let copied: &'static Mail = Box::leak(Box::new(copied));
    let change = |facts: &mut Facts<'_>| (facts.mail, facts.author) = (copied, person("petr@alfa.test"));
    talk.check_with(&supplies(&[Description, Objects]), change, "silent → open");
    let ticket = talk.ticket.unwrap();
    assert_eq!(ticket.client, address("ivan@alfa.test"));
    assert_eq!(ticket.participants, [], "only the client brings people in");
    assert_eq!(ticket.answers.missing(&RULES), [Steps]);
}

#[test]
fn whom_the_client_copies_takes_part_but_never_the_house() {
    let mut talk = Talk::new();
    let mut copied = mail();
    let mailbox = |text: &str| Mailbox { name: String::new(), address: address(text) };
    copied.to = vec![mailbox("support@m2m.test")];
    copied.cc = vec![mailbox("petr@alfa.test"), mailbox("agent@m2m.test"), mailbox("support+1-abc@m2m.test")];
    let house = [address("support@m2m.test"), address("agent@m2m.test")];
    let change = |facts: &mut Facts<'_>| {
        facts.mail = Box::leak(Box::new(copied));
        facts.house = Box::leak(Box::new(house));
    };
    talk.mail(&supplies(&[Product]), change);
    assert_eq!(talk.ticket.unwrap().participants, [address("petr@alfa.test")]);
}

#[test]
fn what_is_no_request_gets_no_letter() {
    let mut talk = Talk::new();
    let request = Request { kind: Kind::None, applies: PerField::default(), ..supplies(&[]) };
    talk.check(&request, "silent → open");
}

#[test]
fn an_ask_that_a_promise_leaves_waiting_counts() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Description]), "ask product objects steps → incomplete");
    talk.waiting = Some(Waiting::Ask);
    talk.check(&with_stance(Stance::Promise), "silent → incomplete");
    assert_eq!((talk.waiting.take(), talk.ticket.as_ref().unwrap().asks), (Some(Waiting::Ask), 1));
    talk.check(&supplies(&[Product]), "ask objects steps → incomplete");
    talk.check(&supplies(&[Objects]), "silent → open");
}

#[test]
fn a_mail_that_is_found_late_is_news_and_waits_since_it_came() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description, Objects, Steps]), "accept → open");
    let told = talk.ticket.as_ref().unwrap().last_client_at;
    for (minutes, earlier) in [(0, 0), (4, 4), (2, 4)] {
        let before = talk.ticket.as_ref().unwrap().last_client_at;
        let came = told - TimeDelta::minutes(minutes);
        talk.check_with(&supplies(&[]), |facts| facts.arrived_at = came, "silent → open");
        let ticket = talk.ticket.as_ref().unwrap();
        assert!(ticket.last_client_at > before && ticket.last_client_at < told + TimeDelta::seconds(1));
        assert_eq!(ticket.first_unanswered_at, Some(told - TimeDelta::minutes(earlier)));
    }
}

#[test]
fn a_mail_from_before_a_reopening_is_news_and_due_from_then_on() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description, Objects, Steps]), "accept → open");
    let came = talk.ticket.as_ref().unwrap().last_client_at + TimeDelta::minutes(5);
    let reopened = came + TimeDelta::hours(2);
    talk.ticket.as_mut().unwrap().reopened_at = Some(reopened);
    for moment in [1, 2] {
        talk.check_with(&supplies(&[]), |facts| facts.arrived_at = came, "silent → open");
        let ticket = talk.ticket.as_ref().unwrap();
        assert_eq!(ticket.turn_since(), reopened + TimeDelta::milliseconds(moment), "told anew");
        assert!(ticket.last_client_at - came < TimeDelta::milliseconds(2), "when he wrote stays true");
    }
    let later = reopened + TimeDelta::hours(1);
    talk.check_with(&supplies(&[]), |facts| facts.arrived_at = later, "silent → open");
    let ticket = talk.ticket.as_ref().unwrap();
    assert_eq!((ticket.turn_since(), ticket.last_client_at), (later, later));
}
