//! What the client says that he cannot tell.

use super::*;

#[test]
fn what_the_client_cannot_tell_is_missing_and_never_asked_again() {
    let declines = |declined: &[Field], supplied: &[Field]| {
        let declined = PerField::from_fn(|field| declined.contains(&field));
        Request { declined, ..supplies(supplied) }
    };
    let mut talk = Talk::new();
    talk.check(&supplies(&[Description]), "ask product objects steps → incomplete");
    talk.check(&declines(&[Steps], &[Product]), "ask objects → incomplete");

    let mut talk = Talk::new();
    talk.check(&supplies(&[Description]), "ask product objects steps → incomplete");
    talk.check(&declines(&[Product, Steps], &[Objects]), "silent → open");
    // He may find it out all the same, and answer by its number.
    assert_eq!(talk.ticket.as_ref().unwrap().asked, [Product, Objects, Steps]);
    talk.check(&supplies(&[Product]), "silent → open");
    assert_eq!(talk.ticket.unwrap().answers.missing(&RULES), [Steps]);

    // Nobody declines what he has not read, nor for somebody else.
    let mut talk = Talk::new();
    talk.check(&supplies(&[Product, Description]), "ask objects steps → incomplete");
    talk.waiting = Some(Waiting::Ask);
    talk.check(&declines(&[Objects], &[Attachments]), "ask objects steps → incomplete");
    let mut talk = Talk::new();
    talk.check(&supplies(&[Description]), "ask product objects steps → incomplete");
    let oleg = |facts: &mut Facts<'_>| facts.author = person("oleg@alfa.test");
    talk.check_with(&declines(&[Steps], &[Product]), oleg, "silent → open");
    assert_eq!(talk.ticket.unwrap().answers.declined, PerField::default());

    // However many asks are left.
    let mut talk = Talk::new();
    talk.check(&supplies(&[Description]), "ask product objects steps → incomplete");
    talk.check(&declines(&[Steps], &[Product]), "ask objects → incomplete");
    talk.ticket.as_mut().unwrap().asks = 1;
    talk.check(&supplies(&[Objects]), "silent → open");
}
