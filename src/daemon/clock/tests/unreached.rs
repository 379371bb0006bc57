use super::*;

impl Bench {
    /// The server refuses all letters that wait, or takes them.
    async fn settle(&self, now: &str, refuses: bool) -> usize {
        let now = at(now);
        self.write(move |tx| {
            let claimed = tx.claim_due(now, 100)?;
            for letter in claimed.iter().map(|claimed| &claimed.letter) {
                if refuses && letter.to.as_str() == AGENTS {
                    tx.record_refused(letter.id, "550 5.1.1 no such user\u{1b}[31m", now)?;
                } else {
                    tx.record_sent(letter.id, "250 ok", now)?;
                }
            }
            Ok(claimed.len())
        })
        .await
    }
}

const HEAD: &str = "ag@m2mail.ru";

#[tokio::test]
async fn whom_notices_do_not_reach_the_head_hears_of() {
    let bench = Bench::undelivered();
    bench.open(State::Open, "2026-05-14T06:00:00Z").await;
    let new = |ticket| format!("{AGENTS}: askback: № {ticket}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T06:01:00Z").await, [new(1)]);
    assert_eq!(bench.settle("2026-05-14T06:01:01Z", true).await, 1);

    let lost = format!("{HEAD}: askback: извещения для {AGENTS} не доходят");
    assert_eq!(bench.tick("2026-05-14T06:02:00Z").await, [lost.as_str()]);
    let text = crate::mail::parse(&bench.letters().pop().unwrap().raw).text.full;
    assert!(text.contains("550 5.1.1 no such user") && !text.contains('\u{1b}'), "{text}");
    // Nobody is told twice of one cause, so this letter is where the head hears of what the agent was to hear.
    assert!(text.contains("- askback: № 1, новое от клиента: Отчёт"), "{text}");
    assert_eq!(bench.settle("2026-05-14T06:02:01Z", true).await, 1);
    assert_eq!(bench.tick("2026-05-14T06:03:00Z").await, [""; 0], "once");

    // More is refused on the same day: the head knows it.
    bench.open(State::Open, "2026-05-14T06:04:00Z").await;
    assert_eq!(bench.tick("2026-05-14T06:05:00Z").await, [new(2)]);
    bench.settle("2026-05-14T06:05:01Z", true).await;
    assert_eq!(bench.tick("2026-05-14T06:06:00Z").await, [""; 0]);
    let unreached = |now| {
        let agents = &bench.clock.desk.agents;
        bench.store.read_now(|reader| reader.unreached(agents, at(now))).unwrap()
    };
    let [one] = &*unreached("2026-05-14T06:06:00Z") else { panic!("nobody") };
    assert_eq!((one.to.as_str(), one.notices), (AGENTS, 2));
    // Once the operator has taken the address away, it is nobody's trouble.
    let others = [Address::parse(HEAD).unwrap()];
    let left = bench.store.read_now(|reader| reader.unreached(&others, at("2026-05-14T06:06:00Z"))).unwrap();
    assert_eq!(left, []);

    // And still on the next: once more, until one gets through.
    let morning = bench.tick("2026-05-15T06:03:00Z").await;
    assert!(morning.contains(&lost), "{morning:?}");
    let texts: Vec<String> =
        bench.letters().iter().map(|letter| crate::mail::parse(&letter.raw).text.full).collect();
    let again = texts.iter().rfind(|text| text.contains("не принимает")).unwrap();
    assert!(again.contains("№ 2, новое") && !again.contains("№ 1, новое"), "only what is new: {again}");
    bench.settle("2026-05-15T06:04:00Z", true).await;
    assert!(!bench.tick("2026-05-15T06:05:00Z").await.contains(&lost));
    bench.open(State::Open, "2026-05-15T06:06:00Z").await;
    assert_eq!(bench.tick("2026-05-15T06:07:00Z").await, [new(3)]);
    bench.settle("2026-05-15T06:07:01Z", false).await;
    assert_eq!(unreached("2026-05-15T06:08:00Z"), []);
    // What comes back has reached nobody.
    for letter in bench.letters() {
        bench
            .write(move |tx| tx.mark_bounced(letter.id, "mailbox is full", at("2026-05-15T06:09:00Z")))
            .await;
    }
    assert_eq!(unreached("2026-05-15T06:10:00Z").len(), 1);
    let week_later = bench.tick("2026-05-22T06:05:00Z").await;
    assert!(!week_later.contains(&lost), "{week_later:?}");
}

#[tokio::test]
async fn a_refused_notice_that_is_sent_after_all_has_reached_him() {
    let bench = Bench::undelivered();
    bench.open(State::Open, "2026-05-14T06:00:00Z").await;
    bench.tick("2026-05-14T06:01:00Z").await;
    bench.settle("2026-05-14T06:01:01Z", true).await;
    bench.open(State::Open, "2026-05-14T06:04:00Z").await;
    bench.tick("2026-05-14T06:05:00Z").await;
    bench.settle("2026-05-14T06:05:01Z", true).await;
    let refused = bench.letters().into_iter().find(|letter| letter.state == OutboxState::Refused).unwrap();
    let unreached = || {
        let agents = &bench.clock.desk.agents;
        bench.store.read_now(|reader| reader.unreached(agents, at("2026-05-14T08:00:00Z"))).unwrap().len()
    };
    assert_eq!(unreached(), 1);
    // The first of the two.
    assert!(bench.write(move |tx| tx.retry_letter(refused.id, at("2026-05-14T07:00:00Z"))).await);
    bench.settle("2026-05-14T07:00:01Z", false).await;
    assert_eq!(unreached(), 0);
}

#[tokio::test]
async fn of_a_notice_that_may_not_have_arrived_the_head_hears_too() {
    let bench = Bench::undelivered();
    bench.open(State::Open, "2026-05-14T06:00:00Z").await;
    bench.tick("2026-05-14T06:01:00Z").await;
    let doubtful = at("2026-05-14T06:01:01Z");
    let letter = bench
        .write(move |tx| {
            let letter = tx.claim_due(doubtful, 1)?.remove(0).letter.id;
            tx.record_ambiguous(letter, "no answer to the dot", doubtful)?;
            Ok(letter)
        })
        .await;
    let unreached = || {
        let agents = &bench.clock.desk.agents;
        bench.store.read_now(|reader| reader.unreached(agents, at("2026-05-14T08:00:00Z"))).unwrap()
    };
    assert_eq!(unreached().iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), [AGENTS]);
    let lost = format!("{HEAD}: askback: извещения для {AGENTS} не доходят");
    assert_eq!(bench.tick("2026-05-14T06:02:00Z").await, [lost]);
    let text = crate::mail::parse(&bench.letters().pop().unwrap().raw).text.full;
    for part in
        ["no answer to the dot", "подтверждает, что принял", "- askback: № 1, новое от клиента: Отчёт"]
    {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    // Nobody but him has it: he may get it twice.
    assert!(bench.write(move |tx| tx.retry_letter(letter, at("2026-05-14T07:00:00Z"))).await);
    bench.settle("2026-05-14T07:00:01Z", false).await;
    assert_eq!(unreached(), []);
}
