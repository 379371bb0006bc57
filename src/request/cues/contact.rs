//! What is done to reach us and with no product: something is sent, somebody is called.

use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::Token;

/// Whether all that a text says is that something is sent: «Отправляю», "Sending the screenshot".
pub(crate) fn only_sends(sheet: &Sheet<'_>) -> bool {
    let mut words = sheet.tokens.iter().filter(|token| token.is_word()).peekable();
    words.peek().is_some()
        && sheet.has(Class::Sending)
        && words.all(|token| {
            token.classes.any(&[
                Class::Sending,
                Class::AttachmentNoun,
                Class::Filler,
                Class::Greeting,
                Class::Courtesy,
                Class::Company,
            ])
        })
}

/// Whether a word of a clause dials a number: «набираю номер поддержки». That is done with a telephone.
pub(crate) fn dials(token: &Token, clause: &[Token]) -> bool {
    /// Who is called: us.
    const CALLED: &[&str] =
        &["поддержк", "техподдержк", "горяч", "вас", "вам", "ваш", "support", "hotline", "your"];
    /// Where numbers are typed as well.
    const FIELDS: &[&str] = &["поле", "поиск", "форм", "строк", "field", "search", "form", "box"];
    let any = |stems: &[&str]| clause.iter().any(|token| token.begins(stems));
    token.begins(&["набира", "набрал", "набер", "dial"]) && any(CALLED) && !any(FIELDS)
}

/// Whether a text tells a call, and nothing that is done with a product.
pub(crate) fn only_calls(sheet: &Sheet<'_>) -> bool {
    const DEEDS: &[Class] =
        &[Class::Gesture, Class::Operation, Class::Look, Class::Sending, Class::ActionNoun];
    let (mut calls, mut acts) = (false, false);
    for sentence in &sheet.sentences {
        let mut at = sentence.start;
        while at < sentence.end {
            let range = sheet.clause(sentence, at);
            let clause = sheet.slice(at..range.end);
            let call = clause.iter().any(|token| dials(token, clause));
            calls |= call;
            acts |= !call && clause.iter().any(|token| token.classes.any(DEEDS));
            at = range.end.max(at) + 1;
        }
    }
    calls && !acts
}
