//! Clocks that jump, start in 1970, and change their time zone: nobody hears of one cause twice, nobody gets a storm, nothing
//! that is shown is negative.

use super::*;
use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// Most letters that one person gets in one run: five of their own, and one of tables.
const STORM: usize = 6;

#[derive(Clone, Debug)]
enum Step {
    /// So many minutes pass.
    Pass(i64),
    /// The clock is set: so many hours off the true time.
    Set(i64),
    /// It shows the first minutes of 1970.
    Epoch,
    /// The configuration names another time zone.
    Zone(usize),
    /// A request comes, complete or not.
    New(bool),
    /// The client of this ticket writes again.
    Writes(usize),
    /// An agent answers this ticket.
    Answered(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_i64..3000).prop_map(Step::Pass),
        // Hours back, days ahead.
        4 => prop_oneof![-200_i64..0, 0_i64..24, 24_i64..2000].prop_map(Step::Set),
        1 => Just(Step::Epoch),
        1 => (0_usize..3).prop_map(Step::Zone),
        4 => any::<bool>().prop_map(Step::New),
        2 => (0_usize..8).prop_map(Step::Writes),
        1 => (0_usize..8).prop_map(Step::Answered),
    ]
}

/// The clocks of the example's configuration in three time zones.
fn clocks() -> [Arc<Clock>; 3] {
    ["Europe/Moscow", "Asia/Vladivostok", "America/New_York"].map(|zone| {
        let text = include_str!("../../../../config.example.toml");
        let text = text.replace("#timezone = \"Europe/Moscow\"", &format!("timezone = \"{zone}\""));
        let mut clock = clock(&text);
        assert_eq!(clock.desk.calendar.zone().name(), zone);
        Arc::get_mut(&mut clock.desk).unwrap().language = Language::English;
        Arc::new(clock)
    })
}

/// What people have heard, by what stands in their letters.
#[derive(Default)]
struct Heard {
    causes: HashSet<(String, String, TicketId, DateTime<Utc>)>,
    digests: HashSet<(String, NaiveDate)>,
    letters: usize,
}

impl Heard {
    /// Takes the letters of one run in.
    fn take(&mut self, bench: &Bench, letters: &[WholeLetter], today: NaiveDate) {
        let mut each: BTreeMap<String, usize> = BTreeMap::new();
        for letter in letters {
            let to = letter.to.to_string();
            *each.entry(to.clone()).or_default() += 1;
            self.letters += 1;
            let mail = crate::mail::parse(&letter.raw);
            if let Some(own) = mail.subject.strip_prefix("askback: #") {
                let (number, news) = own.split_once(", ").unwrap();
                let cause = if news.starts_with("new") { "New" } else { "Incomplete" };
                self.hears(bench, &to, cause, number);
                continue;
            }
            let mut section = String::new();
            for line in mail.text.full.lines() {
                match line.strip_prefix("  #") {
                    Some(row) => {
                        assert!(!row.contains(" -"), "something negative is shown: {line}");
                        let number = row.split(' ').next().unwrap();
                        if section != "Digest" {
                            self.hears(bench, &to, &section, number);
                        }
                    }
                    // The digest comes last, with titles of its own.
                    None if line.starts_with(' ') || line.is_empty() || section == "Digest" => {}
                    None => {
                        // The headings begin differently, but for the two of what is overdue.
                        let words: Vec<&str> = line.split([' ', ':', ',']).collect();
                        section = if line.starts_with("Reaction") {
                            words[..3].join(" ")
                        } else {
                            words[0].to_owned()
                        };
                        if section == "Digest" {
                            assert!(self.digests.insert((to.clone(), today)), "{to}: two digests of {today}");
                        }
                    }
                }
            }
        }
        assert!(each.values().all(|letters| *letters <= STORM), "a storm: {each:?}");
    }

    fn hears(&mut self, bench: &Bench, to: &str, cause: &str, number: &str) {
        let id = TicketId(number.parse().unwrap());
        let clock = bench.store.read_now(|reader| reader.ticket(id)).unwrap().unwrap().last_client_at;
        let cause = (to.to_owned(), cause.to_owned(), id, clock);
        assert!(self.causes.insert(cause.clone()), "told twice: {cause:?}");
    }
}

async fn live_through(steps: &[Step]) -> Heard {
    let (bench, clocks) = (Bench::new(), clocks());
    let (mut truth, mut shown, mut zone) = (at("2026-05-14T06:00:00Z"), None, 0);
    let mut off = TimeDelta::zero();
    let (mut tickets, mut heard) = (Vec::new(), Heard::default());
    for step in steps {
        match step {
            Step::Pass(minutes) => truth += TimeDelta::minutes(*minutes),
            Step::Set(hours) => (off, shown) = (TimeDelta::hours(*hours), None),
            Step::Epoch => shown = Some(DateTime::UNIX_EPOCH + TimeDelta::minutes(370)),
            Step::Zone(other) => zone = *other,
            Step::New(complete) => {
                let state = if *complete { State::Open } else { State::Incomplete };
                tickets.push(bench.open(state, &truth.to_rfc3339()).await);
            }
            Step::Writes(_) | Step::Answered(_) if tickets.is_empty() => {}
            Step::Writes(nth) => {
                let id = tickets[nth % tickets.len()];
                truth += TimeDelta::seconds(1);
                let write = move |tx: &Tx<'_>| {
                    let ticket = tx.ticket(id)?.unwrap();
                    tx.update_ticket(&Ticket { last_client_at: truth, state: State::Open, ..ticket })
                };
                bench.write(write).await;
            }
            Step::Answered(nth) => {
                let id = tickets[nth % tickets.len()];
                let write = move |tx: &Tx<'_>| {
                    let ticket = tx.ticket(id)?.unwrap();
                    tx.update_ticket(&Ticket { answered_at: Some(truth), state: State::Answered, ..ticket })
                };
                bench.write(write).await;
            }
        }
        let now = shown.unwrap_or(truth + off);
        let today = now.with_timezone(&clocks[zone].desk.calendar.zone()).date_naive();
        for _ in 0..2 {
            let letters = bench.tick_by(&clocks[zone], now).await;
            heard.take(&bench, &letters, today);
        }
    }
    heard
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nobody_hears_of_one_cause_twice(steps in proptest::collection::vec(step(), 5..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(live_through(&steps));
    }
}

/// The property above, on a course in which much is told: it would be worth nothing if nobody heard of anything.
#[tokio::test]
async fn a_life_with_many_jumps() {
    let mut steps = Vec::new();
    for (n, hours) in (0..12).zip(0_i64..) {
        steps.extend([Step::New(n % 3 != 0), Step::Pass(400), Step::Set(24 * hours), Step::Zone(n % 3)]);
        steps.extend([Step::Writes(n), Step::Pass(600), Step::Set(-hours), Step::Pass(400)]);
        steps.extend([Step::Epoch, Step::Pass(300), Step::Set(0), Step::Pass(130)]);
    }
    let heard = live_through(&steps).await;
    let causes: HashSet<&str> = heard.causes.iter().map(|(_, cause, _, _)| cause.as_str()).collect();
    println!(
        "clock: {} steps, {} letters, {} causes told once each, {} digests; kinds: {causes:?}",
        steps.len(),
        heard.letters,
        heard.causes.len(),
        heard.digests.len()
    );
    assert!(causes.len() >= 4 && heard.causes.len() >= 20, "{causes:?}");
}

#[tokio::test]
async fn a_time_zone_that_changes_tells_nothing_again() {
    let bench = Bench::new();
    let clocks = clocks();
    for hour in 0..6 {
        bench.open(State::Open, &format!("2026-05-13T0{hour}:00:00Z")).await;
    }
    let mut heard = Heard::default();
    // Two days, in each hour of which the operator changes his mind.
    for hour in 0..48 {
        let now = at("2026-05-14T00:00:00Z") + TimeDelta::hours(hour);
        for clock in &clocks {
            let letters = bench.tick_by(clock, now).await;
            heard.take(&bench, &letters, now.with_timezone(&clock.desk.calendar.zone()).date_naive());
        }
    }
    assert!(heard.letters > 0 && heard.digests.len() <= 3, "{:?}", heard.digests);
}
