//! How letters end that never reach anybody: the same is told, whatever kept them.

use super::agents::{AGENT, bounce, from_agent};
use super::*;
use crate::memory_mailer::Memory;
use crate::whole_letter::WholeLetter;
use askback::outbox::mailer::SendOutcome;
use askback::store::{Letter, OutboxState};

/// Everything that a mailer can say of a letter that it did not deliver.
fn failures() -> [SendOutcome; 6] {
    let why = || "as planned".to_owned();
    [
        SendOutcome::Refused { why: why() },
        SendOutcome::Retry { why: why() },
        SendOutcome::Unreachable { why: why() },
        SendOutcome::LoginRefused { why: why() },
        SendOutcome::Unwelcome { why: why() },
        SendOutcome::Ambiguous { why: why() },
    ]
}

impl Office {
    /// All letters have been here for five days, and are due.
    fn age_letters(&self) {
        const DAYS: i64 = 5 * 24 * 3600 * 1000;
        let age = "UPDATE outbox SET created_at = created_at - ?1, due_at = due_at - ?1";
        let conn = rusqlite::Connection::open(self.database()).unwrap();
        assert!(conn.execute(age, [DAYS]).unwrap() > 0);
    }

    /// The only letter that waits is tried after five days, and this comes of it: it is given up.
    async fn give_up(&self, outcome: &SendOutcome) -> WholeLetter {
        let [letter] = <[WholeLetter; 1]>::try_from(self.waiting()).unwrap();
        self.age_letters();
        let memory = Memory::default();
        memory.answer(Some(outcome.clone()));
        self.deliver(memory).await;
        let ended = self.letters().into_iter().find(|ended| ended.id == letter.id).unwrap();
        let what = outcome.name();
        let in_doubt = matches!(outcome, SendOutcome::Ambiguous { .. });
        let expect = if in_doubt { OutboxState::Ambiguous } else { OutboxState::Refused };
        assert_eq!(ended.state, expect, "{what}");
        assert!(ended.last_error.ends_with("as planned"), "{what}: {}", ended.last_error);
        ended
    }

    fn times(&self, event: &str) -> usize {
        self.events().iter().filter(|what| *what == event).count()
    }
}

/// The words of clients who need no answer any more.
#[tokio::test]
async fn a_client_takes_his_request_back() {
    for words in ["Разобрались сами, вопрос можно закрыть, спасибо!", "Вопрос снят."]
    {
        let mut office = Office::with_ticket().await;
        let refers = "In-Reply-To: <m1@alfa.test>\r\n";
        let before = office.ticket(1);
        office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "Спасибо!")).await;
        assert_eq!(office.ticket(1), before, "thanks restart no clock");
        office.receive(&mail("ivan@alfa.test", "m3@alfa.test", refers, "Re", words)).await;
        assert!(office.ticket(1).is_withdrawn(), "{words}");
        let more = "Снова не строится отчёт, помогите.";
        office.receive(&mail("ivan@alfa.test", "m4@alfa.test", refers, "Re", more)).await;
        assert!(office.ticket(1).state == State::Open && !office.ticket(1).is_withdrawn());
    }
}

#[tokio::test]
async fn an_answer_that_will_never_go_out_is_told_whatever_kept_it() {
    let mut tried = 0;
    for outcome in failures() {
        let mut office = Office::with_ticket().await;
        let to = office.notice_address();
        office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
        office.give_up(&outcome).await;
        let (ticket, what) = (office.ticket(1), outcome.name());
        assert_eq!(
            (ticket.state, ticket.first_unanswered_at, ticket.answered_at),
            (State::Open, Some(ticket.opened_at), None),
            "{what}"
        );
        let in_doubt = matches!(outcome, SendOutcome::Ambiguous { .. });
        let ended = if in_doubt { "ambiguous" } else { "refused" };
        assert_eq!((office.times(ended), office.times("answer returned")), (1, 1), "{what}");
        assert_eq!(office.times("answered"), 0, "{what}");
        // That is what the clock tells agents by.
        let returned = office.store.read_now(|reader| reader.returned(TicketId(1))).unwrap().unwrap();
        assert!(returned.at > ticket.last_client_at, "{what}: {returned:?}");
        assert_eq!(returned.in_doubt, in_doubt, "{what}");
        tried += 1;
    }
    println!("{tried} ways in which an answer fails for good, each told");
    assert_eq!(tried, 6);
}

/// A balancer that cuts the connection while the server looks for viruses: the client must not get it a hundred times.
#[tokio::test]
async fn an_answer_that_the_server_never_confirms_is_sent_three_times_and_told() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    let returned = |office: &Office| office.store.read_now(|reader| reader.returned(TicketId(1))).unwrap();
    let memory = Memory::default();
    for _ in 0..3 {
        memory.answer(Some(SendOutcome::Ambiguous { why: "as planned".to_owned() }));
    }
    for time in 1..=3 {
        assert_eq!(returned(&office), None, "before time {time}");
        let [letter] = <[WholeLetter; 1]>::try_from(office.waiting()).unwrap();
        let due = "UPDATE outbox SET due_at = 0 WHERE state = 'waiting'";
        rusqlite::Connection::open(office.database()).unwrap().execute(due, []).unwrap();
        let untried =
            |now: &Letter| now.id == letter.id && (now.attempts < time || now.state == OutboxState::Claimed);
        office.deliver_while(memory.clone(), untried).await;
    }
    assert_eq!((office.times("ambiguous"), office.times("answer returned")), (3, 1));
    assert!(office.waiting().is_empty() && returned(&office).unwrap().in_doubt);
    assert_eq!(office.ticket(1).state, State::Open);
    // A delivery report knows more.
    let letter = office.letters().into_iter().find(|letter| letter.kind == LetterKind::Answer).unwrap();
    office.receive(&bounce(letter.message_id.as_str(), 1)).await;
    assert!(!returned(&office).unwrap().in_doubt);
}

/// An office whose agent's answer has come back, or may have arrived; and that answer.
async fn answered_in_vain(in_doubt: bool) -> (Office, String) {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let answer = from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.");
    office.receive(&answer).await;
    if in_doubt {
        office.give_up(&SendOutcome::Ambiguous { why: "as planned".to_owned() }).await;
    } else {
        office.deliver(Memory::default()).await;
        let sent = office.letters().into_iter().find(|letter| letter.kind == LetterKind::Answer).unwrap();
        office.receive(&bounce(sent.message_id.as_str(), 1)).await;
    }
    (office, answer)
}

/// The same mail once more, as some programs send it: no second letter may have its Message-ID.
#[tokio::test]
async fn who_sends_an_answer_again_that_did_not_arrive_hears_that_it_stays_here() {
    for in_doubt in [false, true] {
        let (mut office, answer) = answered_in_vain(in_doubt).await;
        let before = office.letters().len();
        let row = office.receive(&format!("Resent-From: {AGENT}\r\n{answer}")).await;
        assert_eq!(
            (row.ticket, office.times("held back")),
            (Some(TicketId(1)), 1),
            "{in_doubt}: {}",
            row.why
        );
        let [told] = &office.letters()[before..] else { panic!("{in_doubt}") };
        let text = askback::mail::parse(&told.raw).text.full;
        assert!(
            told.to.as_str() == AGENT && text.contains("не дошло") && text.contains("Исправили."),
            "{text}"
        );
    }
}

/// He reads of a colleague's answer, and whether his is needed, too.
#[tokio::test]
async fn who_sends_an_answer_again_that_did_not_arrive_hears_that_a_colleague_has_answered() {
    for in_doubt in [false, true] {
        let (mut office, answer) = answered_in_vain(in_doubt).await;
        let headers = "To: ivan@alfa.test\r\nCc: support@m2mail.ru\r\nIn-Reply-To: <m1@alfa.test>\r\n";
        office.receive(&from_agent("ag@m2mail.ru", "b1@m2mail.ru", headers, "Заменили трекер.")).await;
        assert_eq!(office.ticket(1).state, State::Answered, "{in_doubt}");
        let before = office.letters().len();
        office.receive(&format!("Resent-From: {AGENT}\r\n{answer}")).await;
        let [told] = &office.letters()[before..] else { panic!("{in_doubt}") };
        let text = askback::mail::parse(&told.raw).text.full;
        assert!(
            text.contains("с адреса ag@m2mail.ru уже ответили") && text.contains("Заменили трекер."),
            "{text}"
        );
    }
}

/// `askback outbox retry`.
#[tokio::test]
async fn a_refused_answer_that_is_sent_after_all_answers_the_request() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    let refused = office.give_up(&SendOutcome::Refused { why: "as planned".to_owned() }).await;
    assert_eq!(office.ticket(1).state, State::Open);
    assert!(office.store.write(0, move |tx| tx.retry_letter(refused.id, Utc::now())).await.unwrap());
    let memory = Memory::default();
    office.deliver(memory.clone()).await;
    assert_eq!(memory.delivered().len(), 1);
    assert_eq!(office.ticket(1).state, State::Answered);
}

#[tokio::test]
async fn a_question_that_will_never_go_out_asks_nobody_whatever_kept_it() {
    let mut tried = 0;
    // After an ambiguous outcome a question may be there, and the ticket stays the client's turn.
    for outcome in failures().into_iter().filter(|outcome| !matches!(outcome, SendOutcome::Ambiguous { .. }))
    {
        let mut office = Office::new().await;
        office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
        assert_eq!(office.ticket(1).state, State::Incomplete);
        office.give_up(&outcome).await;
        let (ticket, what) = (office.ticket(1), outcome.name());
        assert_eq!(office.times("refused"), 1, "{what}");
        assert_eq!((ticket.state, ticket.asked), (State::Open, Vec::new()), "{what}");
        tried += 1;
    }
    println!("{tried} ways in which a question fails for good, each told");
    assert_eq!(tried, 5);
}

#[tokio::test]
async fn an_answer_whose_bytes_the_disk_has_damaged_is_told_too() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    let damage =
        "UPDATE raw SET sha256 = zeroblob(32) WHERE id = (SELECT raw FROM outbox WHERE kind = 'answer')";
    assert_eq!(rusqlite::Connection::open(office.database()).unwrap().execute(damage, []).unwrap(), 1);
    office.deliver(Memory::default()).await;
    assert_eq!((office.times("refused"), office.times("answer returned")), (1, 1));
    assert_eq!(office.ticket(1).state, State::Open);
}

/// The mail server hangs with a question in hand, and an agent is faster.
#[tokio::test]
async fn a_question_that_an_agent_overtook_is_not_sent_after_his_answer() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let later = || Utc::now() + TimeDelta::hours(1);
    let claimed = office.store.write(0, move |tx| tx.claim_due(later(), 1)).await.unwrap();
    let headers = "To: ivan@alfa.test\r\nCc: support@m2mail.ru\r\nIn-Reply-To: <m1@alfa.test>\r\n";
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", headers, "Исправили.")).await;
    assert_eq!(office.ticket(1).state, State::Answered);
    let ask = claimed[0].letter.id;
    office.store.write(0, move |tx| tx.record_unreachable(ask, "it hung", Utc::now())).await.unwrap();
    let due = office.store.write(0, move |tx| tx.claim_due(later(), 10)).await.unwrap();
    assert!(due.is_empty(), "{due:?}");
    let ask = office.letters().remove(0);
    assert_eq!(ask.state, OutboxState::Cancelled);
    assert!(ask.last_error.starts_with("an agent answered"), "{}", ask.last_error);
    assert_eq!(office.ticket(1).asks, 0, "nobody was asked");
}

const PART: &str = "Речь об объекте А123ВС77, шаблон «Поездки за сутки».";

/// The same with a client who is faster: he is asked for the rest, and that is the first question that reaches him.
#[tokio::test]
async fn a_question_that_the_client_overtook_counts_as_not_asked() {
    for refused in [false, true] {
        let mut office = Office::new().await;
        office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
        let later = || Utc::now() + TimeDelta::hours(1);
        let claimed = office.store.write(0, move |tx| tx.claim_due(later(), 1)).await.unwrap();
        let refers = "References: <m1@alfa.test>\r\n";
        office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re: Report", PART)).await;
        let ask = claimed[0].letter.id;
        let record = move |tx: &Tx<'_>| match refused {
            true => tx.record_refused(ask, "550 5.7.1 spam", Utc::now()),
            false => tx.record_retry(ask, "451 later", Utc::now()),
        };
        office.store.write(0, record).await.unwrap();
        let asked: Vec<_> = office.waiting().into_iter().map(|letter| letter.asked.clone()).collect();
        let ticket = office.ticket(1);
        assert_eq!((ticket.state, ticket.asks), (State::Incomplete, 1), "refused: {refused}");
        assert_eq!(asked, std::slice::from_ref(&ticket.asked));
        // A report that it did not arrive is no news.
        let id = claimed[0].letter.message_id.as_str();
        office.receive(&bounce(id, 1)).await;
        assert_eq!(office.ticket(1), ticket, "refused: {refused}");
    }
}

/// An agent's answer to an earlier mail is filed while the question about the last one waits, or is being sent.
#[tokio::test]
async fn a_question_that_an_older_answer_overtook_leaves_the_request_to_the_agents() {
    for claimed in [false, true] {
        let mut office = Office::new().await;
        let ago = TimeDelta::minutes;
        let first = mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE);
        office.receive_late(&first, ago(30)).await;
        office.send_all().await;
        let refers = "References: <m1@alfa.test>\r\n";
        office
            .receive_late(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re: Report", PART), ago(10))
            .await;
        let ask = office.waiting().remove(0);
        assert_eq!((ask.kind, office.ticket(1).asks), (LetterKind::Ask, 2));
        let (ask, later) = (ask.id, Utc::now() + TimeDelta::hours(1));
        if claimed {
            office.store.write(0, move |tx| tx.claim_due(later, 1)).await.unwrap();
        }
        let headers = "To: ivan@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\n";
        let answer = from_agent("support@m2mail.ru", "a1@m2mail.ru", headers, "Посмотрим.");
        office.receive_in("support (sent)", &answer, ago(20)).await;
        if claimed {
            // It may still go out: until that is known, it is the client's turn.
            assert_eq!(office.ticket(1).state, State::Incomplete);
            office.store.write(0, move |tx| tx.record_retry(ask, "451 later", Utc::now())).await.unwrap();
        }
        let ticket = office.ticket(1);
        assert_eq!((ticket.state, ticket.asks, ticket.asked), (State::Open, 1, Vec::new()), "{claimed}");
        assert_eq!(ticket.first_unanswered_at, Some(ticket.last_client_at), "{claimed}");
        assert!(ticket.agent_answered && office.waiting().is_empty(), "{claimed}");
    }
}

/// The same with an answer that askback sends on, and that never goes out.
#[tokio::test]
async fn a_question_that_an_answer_overtook_in_vain_leaves_the_request_to_the_agents() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    office.give_up(&SendOutcome::Refused { why: "as planned".to_owned() }).await;
    let ticket = office.ticket(1);
    assert_eq!((ticket.state, ticket.asks, ticket.asked), (State::Open, 0, Vec::new()));
    assert!(ticket.agent_answered);
}
