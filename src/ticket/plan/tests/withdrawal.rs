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
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    let colleague = |facts: &mut Facts<'_>| facts.author = person("petr@alfa.test");
    talk.check_with(&with_stance(Stance::Withdrawal), colleague, "silent → open");
    assert!(!talk.ticket().is_withdrawn());
}

#[test]
fn a_number_alone_proves_no_withdrawal_nor_does_a_subject_whoever_vouches() {
    for (proof, standing, withdrawn) in [
        (Proof::SubjectNumber, Standing::Unverified, false),
        (Proof::SubjectNumber, Standing::Verified, true),
        (Proof::SameSubject, Standing::Unverified, false),
        (Proof::SameSubject, Standing::Verified, false),
    ] {
        for stance in [Stance::Withdrawal, Stance::Refusal] {
            let mut talk = Talk::new();
            talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
            let by_number = |facts: &mut Facts<'_>| {
                facts.proof = Some(proof);
                facts.role = Role::Client(standing);
            };
            talk.check_with(&with_stance(stance), by_number, "silent → open");
            let ticket = talk.ticket();
            let taken_back = withdrawn && stance == Stance::Withdrawal;
            assert_eq!((ticket.is_withdrawn(), ticket.no_more_asks), (taken_back, withdrawn), "{stance:?}");
        }
    }
    // Nor does somebody in copy.
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product]), "ask description objects steps → incomplete");
    let colleague = |facts: &mut Facts<'_>| facts.author = person("petr@alfa.test");
    talk.check_with(&with_stance(Stance::Withdrawal), colleague, "silent → open");
    assert!(!talk.ticket().no_more_asks);
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
