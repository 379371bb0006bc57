//! The client registry in intake: strangers, colleagues, lists, and mails that a person lets in.

use super::{INCOMPLETE, Office, REST, mail};
use askback::intake::Desk;
use askback::mail::Address;
use askback::reply::SenderPolicy;
use askback::request::Language;
use askback::store::{MailId, Person};
use askback::ticket::{Disposition, Standing, State, TicketId};
use std::sync::Arc;

impl Office {
    /// Registers Alfa with its domain and a colleague elsewhere, and Beta with a person and a mailing list.
    pub(super) async fn register(&self) {
        let registered = self.store.write(0, |tx| {
            let (alfa, _) = tx.enter_organisation("Alfa", None)?;
            tx.enter_domain(alfa, "alfa.test")?;
            let person =
                |address: &str| Person { address: Address::parse(address).unwrap(), name: String::new() };
            tx.enter_person(alfa, &person("boss@elsewhere.test"))?;
            let (beta, _) = tx.enter_organisation("Beta", Some(true))?;
            tx.enter_person(beta, &person("petr@beta.test"))?;
            Ok(())
        });
        registered.await.unwrap();
    }

    fn with_policy(mut self, strangers: SenderPolicy) -> Self {
        self.desk = Arc::new(Desk { strangers, ..Self::desk() });
        self
    }
}

#[tokio::test]
async fn while_nobody_is_registered_everybody_is_answered() {
    let mut office = Office::new().await.with_policy(SenderPolicy::Quarantine);
    office.receive(&mail("who@ever.test", "m1@ever.test", "", "Report", INCOMPLETE)).await;
    assert_eq!(office.waiting().len(), 1);
    assert_eq!(office.ticket(1).standing, Standing::Unverified);
}

/// An organisation without a person or a domain registers nobody.
#[tokio::test]
async fn an_organisation_of_nobody_makes_nobody_a_stranger() {
    let mut office = Office::new().await.with_policy(SenderPolicy::Quarantine);
    let emptied = office.store.write(0, |tx| {
        let (alfa, _) = tx.enter_organisation("Alfa", None)?;
        tx.enter_domain(alfa, "alfa.test")?;
        tx.remove_domain("alfa.test")
    });
    assert!(emptied.await.unwrap());
    let row = office.receive(&mail("who@ever.test", "m1@ever.test", "", "Report", INCOMPLETE)).await;
    assert_eq!(row.disposition, Some(Disposition::Filed), "{}", row.why);
    assert_eq!(office.waiting().len(), 1);
    let entered = office.store.write(0, |tx| {
        let (alfa, _) = tx.enter_organisation("Alfa", None)?;
        tx.enter_person(
            alfa,
            &Person { address: Address::parse("ivan@x.test").unwrap(), name: String::new() },
        )
    });
    entered.await.unwrap();
    let row = office.receive(&mail("new@ever.test", "m2@ever.test", "", "Report", INCOMPLETE)).await;
    assert_eq!(row.disposition, Some(Disposition::Quarantined), "{}", row.why);
}

#[tokio::test]
async fn strangers_are_marked_or_quarantined_and_the_registered_answered() {
    for (policy, disposition) in
        [(SenderPolicy::Mark, Disposition::Filed), (SenderPolicy::Quarantine, Disposition::Quarantined)]
    {
        let mut office = Office::new().await.with_policy(policy);
        office.register().await;
        let row = office.receive(&mail("who@ever.test", "m1@ever.test", "", "Report", INCOMPLETE)).await;
        assert_eq!(row.disposition, Some(disposition), "{}", row.why);
        // A subdomain is another domain, a tag the same person.
        let row = office.receive(&mail("who@mail.alfa.test", "m2@ever.test", "", "Report", INCOMPLETE)).await;
        assert_eq!(row.disposition, Some(disposition), "{}", row.why);
        assert!(office.letters().is_empty());
        office.receive(&mail("ivan@alfa.test", "m3@alfa.test", "", "Report", INCOMPLETE)).await;
        office.receive(&mail("petr+x@beta.test", "m4@beta.test", "", "Report", INCOMPLETE)).await;
        let letters = office.letters();
        let to: Vec<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
        assert_eq!(to, ["ivan@alfa.test", "petr+x@beta.test"]);
        let tickets =
            office.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap();
        assert_eq!(tickets.last().unwrap().standing, Standing::Unverified, "no server vouches for him");
    }
}

#[tokio::test]
async fn whom_a_server_vouches_for_is_registered() {
    let mut office = Office::new().await;
    office.desk = Arc::new(Desk { authserv_id: Some("mx.m2mail.ru".to_owned()), ..Office::desk() });
    office.register().await;
    let vouched = "Authentication-Results: mx.m2mail.ru; dmarc=pass header.from=alfa.test\r\n";
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", vouched, "Report", INCOMPLETE)).await;
    assert_eq!(office.ticket(1).standing, Standing::Registered);
}

#[tokio::test]
async fn an_agent_is_no_stranger() {
    let mut office = Office::new().await.with_policy(SenderPolicy::Quarantine);
    office.register().await;
    let agent = office.desk.agents[0].clone();
    let row = office.receive(&mail(agent.as_str(), "a1@m2mail.ru", "", "Note", "Посмотрите, коллеги")).await;
    assert_ne!(row.disposition, Some(Disposition::Quarantined), "{}", row.why);
}

#[tokio::test]
async fn a_colleague_joins_and_the_letter_stays_the_client_s() {
    let mut office = Office::new().await;
    office.register().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let ask = office.waiting().remove(0);
    office.send_all().await;
    let reply = format!("In-Reply-To: <{}>\r\n", ask.message_id);
    let row = office.receive(&mail("boss@elsewhere.test", "m2@elsewhere.test", &reply, "Re: x", REST)).await;
    assert_eq!(row.ticket, Some(TicketId(1)), "{}", row.why);
    assert_eq!(office.ticket(1).client.as_str(), "ivan@alfa.test");
    assert!(office.letters().iter().all(|letter| letter.to.as_str() == "ivan@alfa.test"));
    // Of another organisation, with the same proof: no.
    let row = office.receive(&mail("petr@beta.test", "m3@beta.test", &reply, "Re: x", REST)).await;
    assert_ne!(row.ticket, Some(TicketId(1)), "{}", row.why);
}

#[tokio::test]
async fn an_allowed_list_is_answered() {
    let mut office = Office::new().await;
    office.register().await;
    let list = "List-Id: <fleet.beta.test>\r\n";
    office.receive(&mail("petr@beta.test", "m1@beta.test", list, "Report", INCOMPLETE)).await;
    assert_eq!(office.waiting().len(), 1);
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", list, "Report", INCOMPLETE)).await;
    assert_eq!(office.waiting().len(), 1, "Alfa's mails do not come through lists");
}

#[tokio::test]
async fn a_released_mail_is_filed_like_any_other() {
    let mut office = Office::new().await.with_policy(SenderPolicy::Quarantine);
    office.register().await;
    let row = office.receive(&mail("who@ever.test", "m1@ever.test", "", "Report", INCOMPLETE)).await;
    assert_eq!(row.disposition, Some(Disposition::Quarantined));
    let several = office.receive(&mail("a@x.test, b@x.test", "d@x.test", "", "x", INCOMPLETE)).await;
    assert_eq!(several.disposition, Some(Disposition::Quarantined));
    let (first, second) = (row.id, several.id);
    let released =
        office.store.write(0, move |tx| tx.release_mail(first).and_then(|()| tx.release_mail(second)));
    released.await.unwrap();
    // The next mail brings intake to them.
    office.receive(&mail("ivan@alfa.test", "m3@alfa.test", "", "Report", INCOMPLETE)).await;
    let row = |id: MailId| office.store.read_now(|reader| reader.mail(id)).unwrap().unwrap();
    assert_eq!(row(first).disposition, Some(Disposition::Filed), "{}", row(first).why);
    assert_eq!(office.ticket(row(first).ticket.unwrap().0).state, State::Incomplete);
    assert_eq!(row(second).disposition, Some(Disposition::Filed), "{}", row(second).why);
    assert!(
        office.letters().iter().all(|letter| !letter.to.as_str().ends_with("@x.test")),
        "nobody knows whose"
    );
}

/// A mail of our own address that fails DMARC: once it is let in it is filed, but answers nobody in an agent's name.
#[tokio::test]
async fn a_released_mail_from_our_own_address_is_filed_and_sends_nothing() {
    let mut office = Office::new().await;
    office.desk = Arc::new(Desk { authserv_id: Some("mx.m2mail.ru".to_owned()), ..Office::desk() });
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    office.send_all().await;
    let failed = "Authentication-Results: mx.m2mail.ru; dmarc=fail header.from=m2mail.ru\r\n";
    let extra = |more: &str| format!("{failed}{more}");
    let answers = extra("In-Reply-To: <m1@alfa.test>\r\nCc: ivan@alfa.test\r\n");
    let notice = extra(&format!("In-Reply-To: <m1@alfa.test>\r\nCc: {}\r\n", office.notice_address()));
    let forged = [answers, notice, failed.to_owned(), extra("Reply-To: petr@beta.test\r\n")];
    let mut ids = Vec::new();
    for (number, extra) in forged.iter().enumerate() {
        let raw = mail("support@m2mail.ru", &format!("o{number}@x.test"), extra, "Re: Report", "Сделали.");
        let row = office.receive(&raw).await;
        assert_eq!(row.disposition, Some(Disposition::Quarantined), "{}", row.why);
        ids.push(row.id);
    }
    let (letters, released) = (office.letters().len(), ids.clone());
    office.store.write(0, move |tx| released.iter().try_for_each(|id| tx.release_mail(*id))).await.unwrap();
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "X: y\r\n", "Report", INCOMPLETE)).await;
    let row = |id: &MailId| office.store.read_now(|reader| reader.mail(*id)).unwrap().unwrap();
    let became: Vec<_> = ids.iter().map(|id| (row(id).disposition.unwrap(), row(id).ticket)).collect();
    let (filed, automatic) = (Disposition::Filed, Disposition::Automatic);
    let (first, petr) = (Some(TicketId(1)), Some(TicketId(2)));
    assert_eq!(became, [(filed, first), (filed, first), (automatic, None), (filed, petr)]);
    assert_eq!(office.ticket(1).state, State::Incomplete, "nobody has answered");
    assert_eq!(office.ticket(2).client.as_str(), "petr@beta.test", "whom a form of our site names");
    assert_eq!(office.letters().len(), letters);
}

#[tokio::test]
async fn who_sends_a_log_alone_is_answered_in_his_organisation_s_language() {
    const LOG: &str =
        "{\"error\":4,\"reason\":\"VALIDATE_PARAMS\"}\r\nat com.example.Client.execute(Client.java:55)\r\n";
    let mut office = Office::new().await;
    office.register().await;
    let other = match office.desk.language {
        Language::Russian => ("Hello, our report is empty, please help me", Language::English),
        Language::English => ("Добрый день, у нас пустой отчёт, помогите", Language::Russian),
    };
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "1", other.0)).await;
    office.receive(&mail("olga@alfa.test", "m2@alfa.test", "", "2", LOG)).await;
    office.receive(&mail("who@ever.test", "m3@ever.test", "", "3", LOG)).await;
    let languages = [1, 2, 3].map(|number| office.ticket(number).language);
    assert_eq!(languages, [other.1, other.1, office.desk.language]);
}

#[tokio::test]
async fn a_few_latin_words_are_english_only_of_whom_nothing_else_is_known() {
    let mut office = Office::new().await;
    let russian = "Добрый день, у нас пустой отчёт, помогите";
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "1", russian)).await;
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", "", "2", "4471 offline")).await;
    office.receive(&mail("jm@ever.test", "m3@ever.test", "", "3", "4471 offline")).await;
    let languages = [1, 2, 3].map(|number| office.ticket(number).language);
    assert_eq!(languages, [Language::Russian, Language::Russian, Language::English]);
}

#[tokio::test]
async fn a_reply_to_what_is_not_here_is_for_the_agents_and_gets_no_questions() {
    let mut office = Office::new().await;
    let row = office
        .receive(&mail(
            "ivan@alfa.test",
            "m1@alfa.test",
            "",
            "RE: Ваше обращение 1204",
            "всё ещё не работает",
        ))
        .await;
    assert_eq!(row.disposition, Some(Disposition::Filed), "{}", row.why);
    assert!(office.letters().is_empty(), "{}", row.why);
    assert_eq!(office.ticket(1).state, State::Open);
    // What he names later goes to the person who has taken it.
    let named = mail(
        "ivan@alfa.test",
        "m2@alfa.test",
        "References: <m1@alfa.test>\r\n",
        "Re: 1204",
        "Камаз А123ВС77",
    );
    office.receive(&named).await;
    assert!(office.letters().is_empty());
    // A new matter under an old subject is asked about as ever.
    let new =
        mail("olga@beta.test", "m1@beta.test", "", "Re: Акт за апрель", "Камаз А123ВС77 не выходит на связь");
    let row = office.receive(&new).await;
    assert_eq!(office.letters().len(), 1, "{}", row.why);
}

#[tokio::test]
async fn a_chase_is_for_the_agents_and_gets_no_questions() {
    let mut office = Office::new().await;
    let row = office
        .receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "102", "когда будет ответ по заявке № 102"))
        .await;
    assert_eq!(row.disposition, Some(Disposition::Filed), "{}", row.why);
    assert!(office.letters().is_empty(), "{}", row.why);
    assert_eq!(office.ticket(1).state, State::Open);
}
