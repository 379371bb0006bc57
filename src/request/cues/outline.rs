//! How an English report is told: headings, lists, how its sentences open, what is code. Reports of software rarely have a word of
//! our field; that steps are told shows in these signs. Each sign is a name for the table of weights, see
//! [`Decision::PlainSteps`](crate::request::Decision::PlainSteps).

mod pieces;

use super::actions::Action;
use crate::request::reading::Reading;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use crate::request::{Finding, Language, State};
use pieces::{Piece, pieces};

/// So many sentences after a heading belong to it.
const UNDER_HEADING: usize = 8;

/// Commands that open a step.
const VERBS: &str = " access activate attach attempt bring browse build call change check choose clear click clone close collapse compile \
    configure connect copy create cut define delete deploy disable download drag edit enable enter execute exit expand \
    export fill get give go highlight hit hover import input insert install invoke issue launch load log login look make mark maximize merge \
    minimize mount move navigate open paste perform pick place press preview print publish pull push put quit refresh reload remove rename \
    replace reply resize restart rotate run save scroll search select send set share sign sort start stop submit surf swipe switch tap tick \
    toggle try turn type uncheck update upgrade upload use view visit wait write zoom ";
/// What may stand before such a command.
const BEFORE_VERB: &str = " again also and finally first just left next now please quickly right second simply so then third double ";
/// Who uses a program.
const USERS: &str = " i you we one user users people someone anyone client they ";
/// What stands between the user and what he did.
const BETWEEN: &str = " also am are can did do first had have just now simply then usually was will ";
/// What a user has or keeps running is where he is, not what he does.
const CONTEXT: &str = " build building installed installing run running upgraded upgrading updated use used using built updating upgrade ";

/// Words of our field that reports of other software rarely have, and how clients speak of what is ours: "your app".
const FIELD: &str = " calibration depot dispatcher driver drivers fleet fuel geofence geofences gps ignition km litre litres liter liters lorry lorries mileage \
    odometer portal refuelling ride rides sensor sensors sms speeding imei iccid tachograph immobilizer immobiliser telematics track tracker trackers tracking tracks trip trips truck \
    trucks your ";

/// The signs that a mail shows, each with how often: of a first English mail that names no `product`, no signs of others.
pub(crate) fn signs(
    reading: &Reading<'_>,
    product: &Finding,
    actions: &[Action],
) -> Vec<(&'static str, usize)> {
    if !may_be_plain(reading, product) {
        return Vec::new();
    }
    let pieces = pieces(&reading.body);
    let sentences: Vec<&[Token]> = pieces.iter().filter_map(Piece::sentence).collect();
    let subject = reading.subject.as_ref().map_or(&[][..], |subject| &subject.tokens);
    let count = |shows: fn(&[Token]) -> bool| sentences.iter().filter(|sentence| shows(sentence)).count();
    let with_subject = |shows: fn(&[Token]) -> bool| count(shows) + usize::from(shows(subject));
    let of = |kind: fn(&Piece<'_>) -> bool| pieces.iter().filter(|piece| kind(piece)).count();
    // Sentences are in the order of the text, so that a long log costs no more than its length.
    let told = |action: &&Action| {
        let at = reading.body.token(action.at).map_or(0, |token| token.span.start);
        let after = sentences
            .partition_point(|sentence| sentence.first().is_some_and(|first| first.span.start <= at));
        let sentence = after.checked_sub(1).and_then(|index| sentences.get(index));
        sentence.and_then(|sentence| sentence.last()).is_some_and(|last| at <= last.span.end)
    };
    let (heading_told, heading_words, heading_empty) = headings(&pieces);
    vec![
        ("heading and steps", heading_told),
        ("heading and words", heading_words),
        ("heading and nothing", heading_empty),
        ("list", count(is_item)),
        ("list of steps", count(|sentence| is_item(sentence) && opens_with_verb(sentence))),
        ("command", count(opens_with_verb)),
        ("command with an element", count(|sentence| opens_with_verb(sentence) && handles(sentence))),
        ("when a user", with_subject(when_user)),
        ("when doing", with_subject(when_doing)),
        ("user tries", with_subject(tries)),
        ("user did", count(user_did)),
        ("user has", count(user_has)),
        ("gerund", count(opens_with_gerund)),
        ("menu path", count(menu_path)),
        ("subject when", usize::from(any(subject, " when after while if on "))),
        (
            "example",
            count(|sentence| any(sentence, " example instance sample snippet testcase following attached ")),
        ),
        (
            "wish",
            with_subject(|sentence| {
                any(
                    sentence,
                    " should would could feature allow improve suggest enhancement proposal propose idea ",
                )
            }),
        ),
        (
            "at random",
            count(|sentence| {
                any(
                    sentence,
                    " sometimes randomly random intermittent intermittently occasionally sporadic sporadically suddenly ",
                )
            }),
        ),
        (
            "source",
            count(|sentence| {
                any(
                    sentence,
                    " method methods class function functions line null patch code attribute attributes interface implementation javadoc documentation docs typo ",
                )
            }),
        ),
        (
            "seen and expected",
            count(|sentence| {
                opens_with(sentence, " actual expected observed ", " result results behavior behaviour ")
            }),
        ),
        ("code", of(|piece| matches!(piece, Piece::Code))),
        ("log", of(|piece| matches!(piece, Piece::Log))),
        ("shell", of(|piece| matches!(piece, Piece::Shell))),
        ("action", actions.iter().filter(told).count()),
        (
            "result",
            count(|sentence| {
                sentence.iter().any(|token| token.classes.any(&[Class::Fault, Class::Shows, Class::Error]))
            }),
        ),
    ]
}

/// The sentences of a body that people wrote: no code, no log, nothing typed in a shell.
pub(crate) fn prose<'a>(body: &'a Sheet<'_>) -> impl Iterator<Item = &'a [Token]> {
    pieces(body).into_iter().filter_map(|piece| piece.sentence())
}

/// Whether a mail is a first English one that names no product.
fn may_be_plain(reading: &Reading<'_>, product: &Finding) -> bool {
    !reading.is_later() && product.state != State::Present && reading.language == Language::English
}

/// A mail of fewer words is no report that is laid out.
const SHORTEST: usize = 12;

/// Whether such a mail has no word of our field either: how it is told must say the steps.
pub(crate) fn is_plain(reading: &Reading<'_>, product: &Finding) -> bool {
    let ours = |token: &Token| token.has(Class::UnitNoun) || among(&token.form, FIELD);
    reading.words >= SHORTEST
        && may_be_plain(reading, product)
        && !reading.sheets().any(|sheet| sheet.tokens.iter().any(ours))
}

/// Whether signs show a recipe by themselves: steps under their heading, a list of them, many commands or actions.
pub(crate) fn is_recipe(signs: &[(&'static str, usize)]) -> bool {
    let count = |sign: &str| signs.iter().find(|(name, _)| *name == sign).map_or(0, |(_, count)| *count);
    count("heading and steps") >= 1
        || count("list of steps") >= 2
        || count("command") >= 3
        || count("action") >= 3
}

/// Headings of steps: those with steps below, those with other words, those with nothing.
fn headings(pieces: &[Piece<'_>]) -> (usize, usize, usize) {
    let (mut told, mut words, mut nothing) = (0, 0, 0);
    for (at, piece) in pieces.iter().enumerate() {
        let Some(rest) = piece.sentence().and_then(after_heading) else { continue };
        let below = pieces
            .iter()
            .skip(at + 1)
            .take_while(|piece| !piece.sentence().is_some_and(opens_next_part))
            .take(UNDER_HEADING);
        let (mut shown, mut denied, mut said) =
            (opens_with_verb(rest) || handles(rest), is_denial(rest), words_and_addresses(rest));
        for piece in below {
            match piece {
                Piece::Sentence(sentence) => {
                    denied |= is_denial(sentence);
                    shown |= opens_with_verb(sentence) || handles(sentence) || user_did(sentence);
                    said += words_and_addresses(sentence);
                }
                Piece::Code | Piece::Shell => shown = true,
                Piece::Log => {}
            }
        }
        if shown || said >= 3 && !denied {
            told += 1;
        } else if said > 0 && !denied {
            words += 1;
        } else {
            nothing += 1;
        }
    }
    (told, words, nothing)
}

/// How many words a sentence has; "1.Open" is one.
fn words_and_addresses(sentence: &[Token]) -> usize {
    sentence.iter().filter(|token| token.is_word() || token.kind == TokenKind::Address).count()
}

/// "n/a", "not sure", "see above", "happens at random", and what a form says itself.
fn is_denial(sentence: &[Token]) -> bool {
    any(sentence, " none unknown random randomly unsure na sporadic possible pattern ")
        || pairs(sentence, |first, second| {
            matches!(
                (first, second),
                ("not" | "i'm", "sure")
                    | ("not", "known" | "reproducible")
                    | ("don't" | "do" | "not", "know" | "have" | "not")
                    | ("see", "above" | "title" | "subject" | "description" | "summary")
                    | ("no", "steps" | "idea" | "clue" | "reliable")
                    | ("tell" | "show", "us")
            )
        })
        || sentence.windows(3).any(
            |three| matches!(three, [n, slash, a] if n.form == "n" && slash.is_mark('/') && a.form == "a"),
        )
        || any(sentence, " can't cannot couldn't unable not ")
            && sentence.iter().any(|token| token.form.starts_with("reproduc"))
}

/// "Steps to Reproduce:", "To reproduce", "STR", "What did you do?": what stands behind it in its sentence.
fn after_heading(sentence: &[Token]) -> Option<&[Token]> {
    let from = sentence.iter().position(Token::is_word)?;
    let sentence = sentence.get(from..)?;
    let form = |at: usize| sentence.get(at).map_or("", |token| token.form.as_str());
    let again =
        |form: &str| ["reproduc", "repro", "replicat", "recreat"].iter().any(|stem| form.starts_with(stem));
    let length = match (form(0), form(1), form(2)) {
        ("steps", "to" | "for", third) if again(third) => 3,
        ("how" | "way" | "steps", "to", third) if again(third) => 3,
        ("to", second, _) if again(second) => 2,
        ("steps", _, _) if sentence.len() <= 4 => sentence.len(),
        ("str" | "repro" | "reproduce" | "reproduction" | "reproducing", _, _) if sentence.len() <= 5 => {
            sentence.len()
        }
        ("test", "case", _) if sentence.len() <= 4 => sentence.len(),
        ("what", "did" | "were" | "i", "you" | "i" | "did") if sentence.len() <= 12 => sentence.len(),
        _ => return None,
    };
    sentence.get(length..)
}

/// "Actual Results:", "The current behavior", "Anything else we need to know?".
fn opens_next_part(sentence: &[Token]) -> bool {
    const PARTS: &str = " actual expected observed current what reproducible reproducibility additional environment version anything \
        workaround software system configuration platform notes ";
    opens_with(sentence, PARTS, "") || opens_with(sentence, " the ", PARTS)
}

/// Whether the first word is one of `first`, and the second, if `second` has any, one of those.
fn opens_with(sentence: &[Token], first: &str, second: &str) -> bool {
    let mut words = sentence.iter().filter(|token| token.is_word());
    words.next().is_some_and(|word| among(&word.form, first))
        && (second.is_empty() || words.next().is_some_and(|word| among(&word.form, second)))
}

/// Whether a word is in a list of words with a space around each. By bytes: to search for each space takes longer.
fn among(word: &str, list: &str) -> bool {
    !word.is_empty() && list.as_bytes().split(|byte| *byte == b' ').any(|each| each == word.as_bytes())
}

fn any(sentence: &[Token], list: &str) -> bool {
    sentence.iter().any(|token| among(&token.form, list))
}

/// Whether two neighbours are so.
fn pairs(sentence: &[Token], mut are: impl FnMut(&str, &str) -> bool) -> bool {
    sentence.windows(2).any(|pair| matches!(pair, [first, second] if are(&first.form, &second.form)))
}

/// "1. Open the file", "- press Enter", "Step 3: type".
fn is_item(sentence: &[Token]) -> bool {
    match sentence {
        [step, ..] if step.form == "step" => true,
        [address, ..] if address.kind == TokenKind::Address => is_numbered(&address.form),
        [number, mark, ..] if number.kind == TokenKind::Number => {
            number.form.len() <= 2
                && (matches!(mark.kind, TokenKind::Mark('.' | ')' | ':')) || mark.case == Case::Capital)
        }
        [mark, next, ..] => matches!(mark.kind, TokenKind::Mark('-' | '*' | '•' | '+' | '#')) && next.spaced,
        [] | [_] => false,
    }
}

/// "1.open" without a space.
fn is_numbered(form: &str) -> bool {
    form.split_once('.')
        .is_some_and(|(number, _)| number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a sentence is a command: "Then click Save".
fn opens_with_verb(sentence: &[Token]) -> bool {
    let mut rest = sentence;
    while let [first, after @ ..] = rest {
        let skipped = match first.kind {
            TokenKind::Word => {
                among(&first.form, BEFORE_VERB)
                    || first.form == "step"
                    || is_item(sentence) && among(&first.form, USERS)
            }
            TokenKind::Mark(_) | TokenKind::Number => true,
            TokenKind::Address | TokenKind::Mailbox | TokenKind::Newline => false,
        };
        if !skipped {
            let noun = after.first().is_none_or(|next| {
                among(&next.form, " is are was were has does fails failed doesn't isn't will should of ")
                    || next.is_mark('=')
                    || matches!(next.kind, TokenKind::Mark(':' | '(' | '.' | '/')) && !next.spaced
            });
            let form = if is_numbered(&first.form) {
                first.form.rsplit('.').next().unwrap_or_default()
            } else {
                &first.form
            };
            return among(form, VERBS)
                && !(noun && after.len() > 1 || after.is_empty() && !is_item(sentence));
        }
        rest = after;
    }
    false
}

/// Whether a sentence has a gesture and a part of an interface, or two gestures.
fn handles(sentence: &[Token]) -> bool {
    let gestures = sentence.iter().filter(|token| token.has(Class::Gesture)).count();
    gestures >= 2 || gestures == 1 && sentence.iter().any(|token| token.has(Class::InterfaceNoun))
}

/// "when I open", "if a user", "once you".
fn when_user(sentence: &[Token]) -> bool {
    const WHEN: &str = " when whenever if once after while until before time soon as ";
    pairs(sentence, |when, user| among(when, WHEN) && among(user, USERS))
        || sentence.windows(3).any(|three| {
            matches!(three, [when, article, user]
                if among(&when.form, WHEN) && among(&article.form, " a the ") && among(&user.form, USERS))
        })
}

/// "when opening", "after saving", "by clicking"; not "when running", which tells where one is.
fn when_doing(sentence: &[Token]) -> bool {
    pairs(sentence, |when, doing| {
        among(when, " when after while upon by on before ")
            && doing.ends_with("ing")
            && !among(doing, CONTEXT)
            && !among(
                doing,
                " being having working looking testing nothing something anything everything debugging ",
            )
    })
}

/// "I try to", "trying to", "attempting to".
fn tries(sentence: &[Token]) -> bool {
    sentence.iter().enumerate().any(|(at, token)| {
        among(&token.form, " try tried trying attempt attempted attempting tries attempts ")
            && (at <= 1
                || (1..=3).any(|back| {
                    at.checked_sub(back).and_then(|before| sentence.get(before)).is_some_and(|before| {
                        among(&before.form, USERS) || among(&before.form, " i'm we're when ")
                    })
                }))
    })
}

/// Whether a user with a verb for what he does is told, and whether it is only what he has or runs.
fn user_verb(sentence: &[Token], context: bool) -> bool {
    sentence.iter().enumerate().any(|(at, user)| {
        among(&user.form, USERS)
            && sentence.iter().skip(at + 1).find(|token| !among(&token.form, BETWEEN)).is_some_and(|verb| {
                verb.classes.any(&[Class::Gesture, Class::Operation, Class::Sending])
                    && among(&verb.form, CONTEXT) == context
                    || context && among(&verb.form, CONTEXT)
                    || !context
                        && among(&verb.form, " typed went put gave wrote made tapped define defined write ")
            })
    })
}

fn user_did(sentence: &[Token]) -> bool {
    user_verb(sentence, false)
}

fn user_has(sentence: &[Token]) -> bool {
    user_verb(sentence, true)
}

/// "Clicking Save throws", "Opening a file freezes".
fn opens_with_gerund(sentence: &[Token]) -> bool {
    sentence.iter().find(|token| token.is_word()).is_some_and(|first| {
        first.form.ends_with("ing")
            && first.classes.any(&[Class::Gesture, Class::Operation, Class::ActionNoun])
            && !among(&first.form, CONTEXT)
    })
}

/// "File > Save", "Slide → Transition", "Admin->Forms".
fn menu_path(sentence: &[Token]) -> bool {
    sentence.iter().enumerate().any(|(at, token)| {
        matches!(token.kind, TokenKind::Mark('>' | '→'))
            && at > 0
            && sentence.first().is_some_and(|first| !first.is_mark('<'))
            && sentence.get(at + 1).is_some_and(|next| next.is_word() && next.case != Case::Lower)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse;
    use crate::request::Before;
    use crate::request::rules::Rules;
    use crate::request::settings::RuleSettings;

    /// How often a report shows a sign.
    fn shows(body: &str, sign: &str) -> usize {
        let mail = parse(format!("Subject: bug\r\n\r\n{}", body.replace('\n', "\r\n")).as_bytes());
        let rules = Rules::new(RuleSettings::wialon()).expect("the shipped settings hold");
        let reading = Reading::new(&mail, Before::default(), &rules);
        let actions = crate::request::cues::actions::actions(&reading);
        signs(&reading, &Finding::default(), &actions)
            .iter()
            .find(|(name, _)| *name == sign)
            .map_or(0, |(_, count)| *count)
    }

    #[test]
    fn a_heading_counts_by_what_stands_below() {
        assert_eq!(
            shows(
                "Steps to Reproduce:\n1. Open a file\n2. Press Ctrl+S\n\nActual Results:\nfrozen",
                "heading and steps"
            ),
            1
        );
        assert_eq!(
            shows(
                "Steps to Reproduce:\n1.\n2.\n3.\n\nActual Results:\nPress any key is shown",
                "heading and nothing"
            ),
            1
        );
        assert_eq!(
            shows(
                "Steps to Reproduce: not sure, happens randomly.\n\nThe window flickers.",
                "heading and nothing"
            ),
            1
        );
        assert_eq!(shows("Steps to reproduce: n/a, but it is slow.", "heading and nothing"), 1);
        assert_eq!(shows("Steps to reproduce\n1.Send a link\n2. n/a\n", "list of steps"), 1);
        assert_eq!(shows("To reproduce\n```\nmain()\n```", "heading and steps"), 1);
    }

    #[test]
    fn commands_open_their_sentence() {
        assert_eq!(shows("Please open the editor. Then press Enter: click Save.", "command"), 3);
        assert_eq!(
            shows("- Run it\n2) type a word\n\nOpen is a verb. The click fails. Load = 3", "command"),
            2
        );
        assert_eq!(shows("1. Open the file\n2. I close it\n3. crash", "list of steps"), 2);
    }

    #[test]
    fn code_and_logs_tell_nothing() {
        let code = "It fails.\n```\nopen the file\nclick()\n```\n{code}\nset(x);\n{code}";
        assert_eq!((shows(code, "command"), shows(code, "code")), (0, 3));
        assert_eq!(
            shows(
                "import javax.persistence.Entity;\nopen -a -b file\n[exec] run it\nme@here ~ % run it",
                "command"
            ),
            0
        );
        let log = "2021/03/02 11:04:51 open failed\n\tat org.example.Form.open(Form.java:88)\n$ run it";
        assert_eq!((shows(log, "log"), shows(log, "shell")), (2, 1));
        assert_eq!((shows(log, "command"), shows(log, "user did")), (0, 0));
    }

    #[test]
    fn what_a_user_does_is_not_what_he_runs() {
        assert_eq!(shows("When I click Save nothing is saved", "when a user"), 1);
        assert_eq!(shows("It crashes after closing a tab", "when doing"), 1);
        assert_eq!(shows("It crashes when running on Windows", "when doing"), 0);
        assert_eq!(shows("I just opened two tabs", "user did"), 1);
        assert_eq!(
            (shows("I am running version 3", "user did"), shows("I am running version 3", "user has")),
            (0, 1)
        );
        assert_eq!(shows("I'm trying to log in", "user tries"), 1);
        assert_eq!(shows("Choose Slide > Transition > Wipe", "menu path"), 1);
    }
}
