//! A client who takes his request back.

use super::*;

impl Talk {
    fn ticket(&self) -> &Ticket {
        self.ticket.as_ref().unwrap()
    }
}

#[test]
fn a_withdrawal_stands_until_the_client_writes_more_than_thanks() {
    for more in [Stance::Request, Stance::Promise, Stance::Refusal, Stance::AlreadySaid] {
        let mut talk = Talk::new();
        talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
        assert!(!talk.ticket().is_withdrawn());
        talk.check(&with_stance(Stance::Withdrawal), "silent → open");
        let withdrawn = talk.ticket().clone();
        assert!(withdrawn.is_withdrawn());
        talk.check(&with_stance(Stance::Courtesy), "silent → open");
        assert_eq!(*talk.ticket(), withdrawn);
        talk.check(&with_stance(Stance::Withdrawal), "silent → open");
        assert!(talk.ticket().is_withdrawn(), "he says so again");
        talk.check(&with_stance(more), "silent → open");
        assert!(!talk.ticket().is_withdrawn(), "{more:?}");
    }
    // One that is found late is words of his, too.
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    talk.hour += 9;
    talk.check(&with_stance(Stance::Withdrawal), "silent → open");
    talk.hour -= 5;
    talk.check(&supplies(&[Steps]), "silent → open");
    assert!(!talk.ticket().is_withdrawn());
}

#[test]
fn nobody_else_withdraws_it_and_a_first_mail_neither() {
    let mut talk = Talk::new();
    talk.check(&with_stance(Stance::Withdrawal), "silent → open");
    assert!(!talk.ticket().is_withdrawn());
    let colleague = address("petr@alfa.test");
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    let answer = {
        let (before, mail, request) = (talk.ticket.take(), mail(), with_stance(Stance::Withdrawal));
        let at = before.as_ref().unwrap().last_client_at + TimeDelta::hours(1);
        plan(
            &Facts {
                mail: &mail,
                author: &colleague,
                author_name: "",
                role: Role::Client(Standing::Unverified),
                request: &request,
                language: Language::Russian,
                ticket: before.as_ref(),
                by_number: false,
                linked: None,
                permission: Permission::Granted,
                arrived_at: at,
                regulation: "1",
                house: &[],
                waiting: None,
                ask_lost: false,
            },
            &RULES,
            &POLICY,
        )
    };
    assert!(answer.ticket.state == State::Open && !answer.ticket.is_withdrawn());
}

#[test]
fn a_reopening_undoes_it() {
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    talk.check(&with_stance(Stance::Withdrawal), "silent → open");
    let ticket = talk.ticket();
    let reopened_at = Some(ticket.last_client_at + TimeDelta::days(9));
    assert!(!Ticket { reopened_at, ..ticket.clone() }.is_withdrawn());
}
