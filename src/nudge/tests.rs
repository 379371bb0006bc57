mod doubt;
mod floods;
mod laws;
mod quoted;
mod said;
mod turns;

use super::*;
use crate::calendar::Hours;
use crate::mail::Mailbox;
use crate::request::Language;
use crate::ticket::TicketId;
use crate::ticket::agent::HeldBack;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use strum::VariantArray as _;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// Weekdays from 9 to 18, Moscow.
fn calendar() -> Calendar {
    let day = Hours::new(vec!["09:00-18:00".parse().unwrap()]).unwrap();
    let week = std::array::from_fn(|index| if index < 5 { day.clone() } else { Hours::CLOSED });
    Calendar::new(chrono_tz::Tz::Europe__Moscow, week, BTreeMap::new()).unwrap()
}

/// All causes there are, as they are looked at in working time.
fn due<'a>(
    tickets: &'a [TicketFacts],
    mails: &'a [MailFacts],
    calendar: &Calendar,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Vec<Nudge<'a>> {
    if calendar.is_open(now) { causes(tickets, mails, calendar, policy, now) } else { Vec::new() }
}

fn policy() -> Policy {
    let of = |cause| {
        let people: &[&str] = if cause == Cause::Escalated {
            &["head@desk.test"]
        } else {
            &["olga@desk.test", "petr@desk.test"]
        };
        (cause, people.iter().map(|person| address(person)).collect())
    };
    Policy {
        client_silent: "8h".parse().unwrap(),
        soon_percent: 75,
        escalate_after: "4h".parse().unwrap(),
        recipients: Cause::VARIANTS.iter().copied().map(of).collect(),
    }
}

fn facts(number: u32, state: State, last_client_at: DateTime<Utc>) -> TicketFacts {
    let client = "dispatcher@long-haul-transport.example";
    let client = Mailbox { name: String::new(), address: address(client) };
    let subject = "Не строится отчёт по поездкам за прошлую неделю";
    let opened = Ticket::opened(&client, subject, Language::Russian, "1", last_client_at);
    TicketFacts {
        ticket: Ticket { id: TicketId(number), state, ..opened },
        missing: Vec::new(),
        reaction: "1d".parse().unwrap(),
        asked: None,
        heard: false,
        escalated_before: None,
        returned: None,
        colleague: false,
    }
}

fn returned(at: DateTime<Utc>) -> Option<Returned> {
    Some(Returned { at, in_doubt: false, why: String::new(), words: String::new() })
}

/// The causes at `now` and whether they are news, without the digest.
#[track_caller]
fn check(facts: &TicketFacts, now: &str, expect: &[(Cause, Weight)]) {
    let tickets = std::slice::from_ref(facts);
    let nudges = due(tickets, &[], &calendar(), &policy(), at(now));
    let told: Vec<_> = nudges
        .iter()
        .filter(|nudge| nudge.key.cause != Cause::Digest)
        .map(|nudge| (nudge.key.cause, nudge.weight))
        .collect();
    assert_eq!(told, expect, "{now}");
}

#[test]
fn an_open_ticket_grows_urgent_in_working_time() {
    use Weight::{News, Old};
    // Thursday, 15:00 in Moscow, in the regulation's one working day.
    let ticket = facts(1, State::Open, at("2026-05-14T12:00:00Z"));
    check(&ticket, "2026-05-14T12:00:01Z", &[(Cause::AgentsTurn, News)]);
    check(&ticket, "2026-05-14T15:00:00Z", &[]);
    check(&ticket, "2026-05-15T09:44:59Z", &[(Cause::AgentsTurn, News)]);
    check(&ticket, "2026-05-15T09:45:00Z", &[(Cause::ReactionSoon, News)]);
    check(&ticket, "2026-05-15T12:00:00Z", &[(Cause::Overdue, News)]);
    check(&ticket, "2026-05-16T12:00:00Z", &[]);
    check(&ticket, "2026-05-18T07:00:00Z", &[(Cause::Overdue, News), (Cause::Escalated, News)]);
    check(&ticket, "2026-05-18T12:00:01Z", &[(Cause::Overdue, Old), (Cause::Escalated, News)]);
    check(&ticket, "2027-05-18T12:00:00Z", &[(Cause::Overdue, Old), (Cause::Escalated, Old)]);
    let came_back = TicketFacts { returned: returned(at("2026-05-14T12:30:00Z")), ..ticket.clone() };
    let both = [(Cause::AgentsTurn, News), (Cause::Returned, News)];
    check(&came_back, "2026-05-14T12:30:01Z", &both);
    let long_ago = TicketFacts { returned: returned(at("2026-05-14T11:30:00Z")), ..ticket.clone() };
    check(&long_ago, "2026-05-14T12:30:01Z", &[(Cause::AgentsTurn, News)]);
    // Reopened by hand long after: the clock begins anew. By an answer that came back: it is told as that.
    let mut reopened = facts(1, State::Open, at("2026-05-04T12:00:00Z"));
    reopened.ticket.reopened_at = Some(at("2026-05-14T12:00:00Z"));
    check(&reopened, "2026-05-14T12:00:01Z", &[(Cause::AgentsTurn, News)]);
    check(&reopened, "2026-05-15T12:00:00Z", &[(Cause::Overdue, News)]);
    reopened.returned = returned(at("2026-05-14T12:00:00Z"));
    check(&reopened, "2026-05-14T12:00:01Z", &[(Cause::Returned, News)]);
    let incomplete = TicketFacts { missing: vec![Field::Steps], ..ticket };
    let asked = |asks| {
        let ticket = Ticket { asks, ..incomplete.ticket.clone() };
        TicketFacts { ticket, ..incomplete.clone() }
    };
    check(&asked(0), "2026-05-14T12:00:01Z", &[(Cause::AgentsTurn, News)]);
    check(&asked(1), "2026-05-14T12:00:01Z", &[(Cause::NotAskedAgain, News)]);
}

#[test]
fn a_client_is_silent_since_the_ask_or_his_promise() {
    let wrote = facts(1, State::Incomplete, at("2026-05-14T07:00:00Z"));
    let asked = TicketFacts { asked: Some(Asked::At(at("2026-05-14T08:00:00Z"))), ..wrote.clone() };
    let promised = TicketFacts { asked: Some(Asked::At(at("2026-05-14T06:00:00Z"))), ..wrote.clone() };
    for (facts, silent_from) in
        [(wrote, "2026-05-15T06:00:00Z"), (asked, "2026-05-15T07:00:00Z"), (promised, "2026-05-15T06:00:00Z")]
    {
        let before = (at(silent_from) - TimeDelta::seconds(1)).to_rfc3339();
        check(&facts, &before, &[]);
        check(&facts, silent_from, &[(Cause::ClientSilent, Weight::News)]);
    }
    for state in [State::Answered, State::Closed] {
        check(&facts(1, state, at("2026-05-14T07:00:00Z")), "2026-05-15T12:00:00Z", &[]);
    }
}

/// Words of the client himself.
fn of_client(text: &str) -> Said {
    Said { by: None, text: text.to_owned() }
}

impl From<Said> for Unanswered {
    fn from(said: Said) -> Self {
        Self { said: vec![said], earlier: 0 }
    }
}

static NONE_HELD_BACK: HeldBackAnswers = HeldBackAnswers { number: 0, tickets: Vec::new() };

/// A client who writes the same whatever it is about.
fn correspondence() -> Correspondence<'static> {
    Correspondence {
        unanswered: &|_| of_client("Добрый день!\nНе строится отчёт.\u{202e}\u{1b}[31m\n").into(),
        is_known: &|_| false,
        facts: &|_| None,
        reply_to: &|ticket, to| {
            Address::parse(&format!("support+{}.0-{}@desk.test", ticket.id, to.local())).ok()
        },
        is_news: &|_, _| true,
        programs: 0,
        program_mails: &[],
        held_back: &NONE_HELD_BACK,
        mails: &[],
    }
}

fn notices_in(
    language: Language,
    nudges: &[Nudge<'_>],
    tickets: &[TicketFacts],
    now: DateTime<Utc>,
) -> Vec<Notice> {
    let (calendar, policy) = (&calendar(), &policy());
    let facts = |id| tickets.iter().find(|facts| facts.ticket.id == id).cloned();
    let mails = Correspondence { facts: &facts, ..correspondence() };
    notices(nudges, &waiting(tickets), &Run { language, calendar, policy, correspondence: mails, now })
        .notices
}

/// Tickets as a digest sees them.
fn waiting(tickets: &[TicketFacts]) -> Vec<Waiting> {
    let waiting = |TicketFacts { ticket, reaction, colleague, .. }: &TicketFacts| Waiting {
        id: ticket.id,
        state: ticket.state,
        moments: ticket.moments(),
        reaction: *reaction,
        client: ticket.client.clone(),
        colleague: *colleague,
    };
    tickets.iter().map(waiting).collect()
}

/// Notices of all that is due, as if nothing had been told, joined for a snapshot.
fn letters(tickets: &[TicketFacts], mails: &[MailFacts], language: Language, now: &str) -> String {
    let (calendar, policy) = (calendar(), policy());
    let nudges = due(tickets, mails, &calendar, &policy, at(now));
    let notices = notices_in(language, &nudges, tickets, at(now));
    let reply_to = |notice: &Notice| notice.reply_to.as_ref().map(|to| format!("Reply-To: {to}\n"));
    let show = |notice: &Notice| {
        let Notice { to, subject, text, .. } = notice;
        format!("To: {to}\nSubject: {subject}\n{}\n{text}", reply_to(notice).unwrap_or_default())
    };
    notices
        .iter()
        .filter(|notice| notice.to.as_str() != "petr@desk.test")
        .map(show)
        .collect::<Vec<_>>()
        .join("\n")
}

fn a_busy_desk() -> (Vec<TicketFacts>, Vec<MailFacts>) {
    let mut hostile = facts(104, State::Open, at("2026-05-15T11:00:00Z"));
    hostile.ticket.subject = "Срочно\r\nBcc: all@desk.test\u{202e}\u{1b}[31m".to_owned();
    hostile.ticket.client = address("a@b.example");
    let mut used_up = facts(7, State::Open, at("2026-05-15T10:30:00Z"));
    used_up.ticket.answers.found.product = crate::request::Answer {
        state: crate::request::State::Present,
        value: Some("Wialon Hosting".to_owned()),
    };
    (used_up.ticket.asks, used_up.missing, used_up.ticket.subject) = (2, vec![Field::Steps], String::new());
    let tickets = vec![
        facts(1, State::Open, at("2026-05-14T07:00:00Z")),
        facts(12, State::Open, at("2026-05-14T10:00:00Z")),
        hostile,
        used_up,
        facts(15, State::Incomplete, at("2026-05-14T07:00:00Z")),
        facts(16, State::Incomplete, at("2026-05-15T07:00:00Z")),
        facts(3, State::Open, at("2026-04-01T07:00:00Z")),
        facts(4, State::Incomplete, at("2026-04-01T07:00:00Z")),
        TicketFacts {
            returned: returned(at("2026-05-15T08:00:00Z")),
            ..facts(17, State::Open, at("2026-05-15T07:00:00Z"))
        },
    ];
    let tickets = tickets.into_iter().map(|facts| TicketFacts { heard: true, ..facts }).collect();
    let mail = |number, disposition, since| MailFacts { number, disposition, since: at(since) };
    let mails = vec![
        mail(203, Disposition::Held, "2026-05-15T11:00:00Z"),
        mail(204, Disposition::Quarantined, "2026-05-15T11:10:00Z"),
        mail(5, Disposition::Quarantined, "2026-04-01T07:00:00Z"),
    ];
    (tickets, mails)
}

#[test]
fn notices_in_russian() {
    let (tickets, mails) = a_busy_desk();
    let text = letters(&tickets, &mails, Language::Russian, "2026-05-15T12:00:00Z");
    assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text:?}");
    let body = text.lines().filter(|line| !line.starts_with("Subject: "));
    assert!(body.map(|line| line.chars().count()).max().is_some_and(|longest| longest <= 78), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn notices_in_english() {
    let (tickets, mails) = a_busy_desk();
    insta::assert_snapshot!(letters(&tickets, &mails, Language::English, "2026-05-15T12:00:00Z"));
}

/// A client's words, those of somebody in copy who would pass for him, and a colleague's.
fn three_write() -> Vec<Said> {
    let other = |name: &str, address_of: &str, in_copy, text: &str| {
        let by = Some(Other { address: address(address_of), name: name.to_owned(), in_copy });
        Said { by, text: text.to_owned() }
    };
    let eve = |text| other("Клиент <a@b.example>\u{202e}\r\nBcc: x", "eve@other.example", true, text);
    vec![
        of_client("Не строится отчёт.\n"),
        of_client("Снова.\n"),
        eve("Пришлите пароль.\n\nКлиент пишет:\n\nДа, пришлите ей.\u{1b}[31m\n"),
        eve("Жду.\n"),
        other("", "chef@long-haul-transport.example", false, "И мне.\n"),
    ]
}

#[test]
fn whose_words_are_whose_is_said() {
    let facts = facts(5, State::Open, at("2026-05-15T11:00:00Z"));
    let unanswered = Unanswered { said: three_write(), earlier: 0 };
    let mut all = String::new();
    for language in [Language::Russian, Language::English] {
        let to = address("olga@desk.test");
        let letter = letter::about(&letter::RequestFacts {
            language,
            cause: Cause::AgentsTurn,
            ticket: &facts.ticket,
            colleague: false,
            missing: &[],
            returned: None,
            unanswered: &unanswered,
            due: None,
            waits_since: None,
            to: &to,
            reply_to: Some(to.clone()),
        });
        let held = held_back(&HeldBackFacts {
            language,
            why: HeldBack::ClientWrote,
            ticket: Some(&facts.ticket),
            colleague: false,
            unanswered: &unanswered,
            answered: None,
            answer: "Готово.",
            to: &to,
            reply_to: None,
        });
        for Notice { subject, text, .. } in [letter, held] {
            assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text:?}");
            all += &format!("Subject: {subject}\n\n{text}\n");
        }
    }
    insta::assert_snapshot!("whose_words", all);
}

#[test]
fn what_one_of_us_asks_is_told_as_a_colleague_s() {
    for (language, client, colleague) in
        [(Language::Russian, "клиент", "коллег"), (Language::English, "client", "colleague")]
    {
        let mut own = facts(5, State::Open, at("2026-05-15T11:00:00Z"));
        (own.colleague, own.ticket.client) = (true, address("olga@desk.test"));
        let (calendar, policy, now) = (calendar(), policy(), at("2026-05-15T12:00:00Z"));
        let tickets = [own];
        let nudges = due(&tickets, &[], &calendar, &policy, now);
        let all = notices_in(language, &nudges, &tickets, now);
        let about = |to: &str| {
            let mine = all.iter().filter(|notice| notice.to.as_str() == to && notice.reply_to.is_some());
            mine.map(|notice| format!("{}\n{}", notice.subject, notice.text).to_lowercase())
                .collect::<Vec<_>>()
        };
        // She knows it; the digest has it all the same.
        assert_eq!(about("olga@desk.test"), Vec::<String>::new());
        assert!(all.iter().any(|notice| notice.to.as_str() == "olga@desk.test" && notice.text.contains('5')));
        let petrs = about("petr@desk.test");
        let [letter] = petrs.as_slice() else { panic!("{petrs:?}") };
        assert!(letter.contains(colleague) && !letter.contains(client), "{letter}");
    }
}

#[test]
fn nobody_is_told_how_to_answer_himself() {
    let mut own = facts(5, State::Open, at("2026-05-14T07:00:00Z"));
    (own.colleague, own.ticket.client, own.heard) = (true, address("olga@desk.test"), true);
    let (calendar, policy, now) = (calendar(), policy(), at("2026-05-15T12:00:00Z"));
    let tickets = [own];
    let mut nudges = due(&tickets, &[], &calendar, &policy, now);
    nudges.retain(|nudge| nudge.key.cause == Cause::Overdue);
    assert_eq!(nudges.len(), 1);
    let all = notices_in(Language::Russian, &nudges, &tickets, now);
    let olgas = all.iter().find(|notice| notice.to.as_str() == "olga@desk.test").unwrap();
    assert!(olgas.text.contains("olga@desk.test") && !olgas.text.contains("support+5"), "{}", olgas.text);
    let petrs = all.iter().find(|notice| notice.to.as_str() == "petr@desk.test").unwrap();
    assert!(petrs.text.contains("support+5"), "{}", petrs.text);
}

/// What an agent reads whose answer was not sent on, for each reason.
fn held_back_letter(language: Language, why: HeldBack) -> Notice {
    let mut ticket = facts(17, State::Open, at("2026-05-15T11:00:00Z")).ticket;
    ticket.client_name = "Иван Петров".to_owned();
    let answered =
        Answered { by: address("petr@desk.test"), text: "Исправлено вчера.".to_owned() };
    held_back(&HeldBackFacts {
        language,
        why,
        ticket: (why != HeldBack::NoTicket).then_some(&ticket),
        colleague: false,
        unanswered: &of_client("Нашли сами, вопрос снят.\n").into(),
        answered: (why == HeldBack::Answered).then_some(&answered),
        answer: if why == HeldBack::NoWords {
            ""
        } else {
            "Здравствуйте!\nИсправили, проверьте.\u{1b}[31m"
        },
        to: &address("olga@desk.test"),
        reply_to: None,
    })
}

fn held_back_letters(language: Language) -> String {
    let letter = |why| {
        let Notice { subject, text, .. } = held_back_letter(language, why);
        format!("Subject: {subject}\n\n{text}")
    };
    HeldBack::VARIANTS.iter().copied().map(letter).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_answer_that_is_held_back_is_told_in_russian() {
    let text = held_back_letters(Language::Russian);
    assert!(text.lines().all(|line| line.chars().count() <= 92), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn an_answer_that_is_held_back_is_told_in_english() {
    insta::assert_snapshot!(held_back_letters(Language::English));
}

/// The letter of tables as a program shows it that shows HTML: the same rows, nothing remote, nothing of a mail unescaped.
#[test]
fn tables_are_html_too() {
    let (mut tickets, mails) = a_busy_desk();
    tickets[0].ticket.subject = "<img src=http://x.test/p.png>&\"'".to_owned();
    let (calendar, policy, now) = (calendar(), policy(), at("2026-05-15T12:00:00Z"));
    let nudges = due(&tickets, &mails, &calendar, &policy, now);
    let sent = notices_in(Language::Russian, &nudges, &tickets, now);
    let tables: Vec<_> = sent.iter().filter(|notice| notice.html.is_some()).collect();
    assert!(!tables.is_empty());
    for notice in &tables {
        let html = notice.html.as_ref().unwrap();
        assert!(!html.contains("<img") && !html.contains("src=\"") && !html.contains("url("), "{html}");
        let cells = |row: &str| row.split_whitespace().take(3).map(str::to_owned).collect::<Vec<_>>();
        for row in notice.text.lines().filter(|line| line.starts_with("  №")) {
            for cell in cells(row) {
                assert!(html.contains(&cell), "{cell} of {row} in {html}");
            }
        }
    }
    let longest = tables.iter().filter_map(|notice| notice.html.as_ref()).max_by_key(|html| html.len());
    insta::assert_snapshot!(longest.unwrap());
}

#[test]
fn nothing_to_say_is_no_letter() {
    assert_eq!(letters(&[], &[], Language::Russian, "2026-05-15T12:00:00Z"), "");
    let (tickets, mails) = a_busy_desk();
    assert_eq!(letters(&tickets, &mails, Language::Russian, "2026-05-16T12:00:00Z"), "");
}

#[test]
fn a_thousand_tickets_are_one_short_letter() {
    let tickets: Vec<_> = (1..=1000).map(|n| facts(n, State::Open, at("2026-05-15T11:00:00Z"))).collect();
    let text = letters(&tickets, &[], Language::English, "2026-05-15T12:00:00Z");
    assert!(text.contains("Subject: askback: 1000 new\n"), "{text}");
    assert!(text.contains("  … and more: 960\n"), "{text}");
    assert!(text.lines().count() < 100);
}

#[test]
fn the_end_of_a_login_is_told_in_both_languages() {
    let to = address("olga@desk.test");
    let mut all = String::new();
    for &language in Language::VARIANTS {
        let notice = login_ends(language, "support", "02.12.2026 15:00", &to);
        assert!(notice.text.lines().all(|line| line.chars().count() < 90), "{}", notice.text);
        all.push_str(&format!("{}\n{}", notice.subject, notice.text));
    }
    insta::assert_snapshot!("login_ends", all);
}
