//! Scores the request detector on labelled conversations: `make eval` prints the scores and every disagreement with
//! its evidence; `cargo test` holds the floors.
//!
//! `fixtures/requests/corpus.jsonl`: conversations with odd numbers were tuned on first, those with even numbers only at
//! the end. `fixtures/requests/own.jsonl`: five batches, each labelled before the detector saw it, tuned on afterwards.
//! What the detector scored on each batch when it first saw it (exact lists; wrong asks; missed asks; a share of the
//! messages) tells more about mails of strangers than the floors below:
//!
//! | batch | messages | kind | exact | wrong | missed |
//! | --- | --- | --- | --- | --- | --- |
//! | own, first (o001–o077) | 97 | 0.98 | 0.89 | 0.07 | 0.04 |
//! | own, second (o078–o133: services, questions, thanks) | 67 | 0.85 | 0.78 | 0.16 | 0.06 |
//! | own, third (o134–o153: made to mislead) | 24 | 0.71 | 0.58 | 0.33 | 0.08 |
//! | corpus, even half, before a look at it | 84 | 0.91 | 0.83 | 0.12 | 0.05 |
//! | own, fourth (o154–o185) | 41 | 0.93 | 0.78 | 0.17 | 0.07 |
//! | own, fifth (o186–o209) | 30 | 0.93 | 0.70 | 0.23 | 0.07 |
//! | strangers, by rules alone (h001–h141, written by somebody who had not seen the program) | 203 | 0.87 | 0.75 | 0.16 | 0.09 |
//!
//! | strangers (a, c: written by two others), by rules alone | 184 | 0.86 | 0.75 | 0.14 | 0.12 |
//! | the same, by the weights that had not learned from them | 184 | 0.92 | 0.82 | 0.09 | 0.10 |
//! | strangers (a051–a150), by rules alone | 150 | 0.84 | 0.67 | 0.21 | 0.14 |
//! | the same, by the weights that had not learned from them | 150 | 0.86 | 0.71 | 0.15 | 0.15 |
//! | strangers (b001–b150, a fourth writer; kept aside) | 233 | 0.91 | 0.75 | 0.12 | 0.14 |
//! | strangers (k, m, n, s: four more writers), before the weights learned from them | 1082 | 0.89 | 0.75 | 0.11 | 0.15 |
//! | contrast (q, r: short mails in threes, one thing changed), before it | 1865 | 0.89 | 0.69 | 0.17 | 0.16 |
//! | strangers (b001–b150), after it | 233 | 0.93 | 0.80 | 0.08 | 0.12 |
//! | writers (wg: ordinary mails, by one of eight more writers), by the weights that had learned from the other seven | 1255 | 0.97 | 0.89 | 0.03 | 0.08 |
//! | strangers (b001–b150), after all eight and with the senses of words | 233 | 0.96 | 0.86 | 0.09 | 0.06 |
//! | the same, with trees and six writers more (xi–xn) | 233 | 0.97 | 0.89 | 0.06 | 0.05 |
//! | strangers (ya–yf: six more writers, mostly ordinary mails), before anything learned from them | 5703 | 0.98 | 0.91 | 0.05 | 0.04 |
//! | strangers (b001–b150), after these too, asking only below 0.40 | 233 | 0.96 | 0.89 | 0.07 | 0.04 |
//! | writers (za–zn: fourteen more, a third of them off the ordinary), before anything learned from them | 13676 | 0.96 | 0.89 | 0.06 | 0.05 |
//! | writers (ua–ug: seven more), by what had learned from those, with a network, asking only below 0.25 | 6004 | 0.98 | 0.94 | 0.03 | 0.04 |
//! | an exam (ta–tc: three more, ordinary mails), by what had learned from all of these and seven more (va–vg) | 1067 | 0.99 | 0.97 | 0.02 | 0.01 |
//! | a second exam (sa–sc: three more, to stand beside the corpus), by the same | 621 | 0.99 | 0.94 | 0.02 | 0.04 |
//! | strangers (b001–b150), by the same | 233 | 0.96 | 0.91 | 0.04 | 0.05 |
//! | trade, first half (s…: short mails in contrasts, made to be hard), by the same | 345 | 0.94 | 0.80 | 0.17 | 0.04 |
//! | trade, second half (sf, sg in contrasts, sh as in a mailbox; three more), by the same | 650 | 0.97 | 0.93 | 0.05 | 0.02 |
//! | a third exam (i001–i200: one more, everyday mails), by the same | 261 | 1.00 | 0.98 | 0.01 | 0.02 |
//!
//! | strangers (b001–b150), by what has learned from the trade's mails, too | 233 | 0.97 | 0.91 | 0.03 | 0.06 |
//! | all three exams, by the same | 1949 | 0.99 | 0.96 | 0.02 | 0.02 |
//! | trade, third part (sv: conversations of an outside reader; the rules were mended after it), by the same | 283 | 0.99 | 0.96 | 0.02 | 0.02 |
//! | trade, fourth part (sj in contrasts: kinds of mails that he found misread), by the same | 303 | 0.97 | 0.87 | 0.11 | 0.02 |
//! | strangers (b001–b150), by what has learned from these, too | 233 | 0.97 | 0.90 | 0.04 | 0.06 |
//! | all three exams, by the same | 1949 | 0.99 | 0.96 | 0.02 | 0.02 |
//! | genres (offices, hardware, law and lists: four more writers), before anything learned from them | 1580 | 0.82 | 0.75 | 0.19 | 0.07 |
//! | what was kept aside of them, before and after | 288 | 0.83, 0.84 | 0.79, 0.79 | 0.15, 0.15 | 0.07, 0.06 |
//! | strangers (b001–b150), after it | 233 | 0.97 | 0.92 | 0.03 | 0.05 |
//! | genres, second part (ga–gd: four more writers), before anything learned from them | 2108 | 0.75 | 0.69 | 0.24 | 0.08 |
//! | offices (gx, gy: two more, kept aside), by the rules of then and by what had learned nothing of genres' second part | 465 | 0.91 | 0.87 | 0.10 | 0.04 |
//! | the same, after ten writers of genres (ga–gj), with pleas | 465 | 0.94 | 0.91 | 0.06 | 0.03 |
//! | what was kept aside of genres, after them | 288 | 0.87 | 0.83 | 0.08 | 0.09 |
//! | strangers (b001–b150), after them | 233 | 0.96 | 0.91 | 0.04 | 0.05 |
//! | all three exams, after them | 1949 | 0.99 | 0.96 | 0.02 | 0.03 |
//!
//! `fixtures/requests_unseen` (b and the exams) is kept aside: neither rules nor anything learned is made from it, and nobody reads
//! what is misread there, so only its scores are shown. It is the honest figure for mails of strangers, but for this: that
//! asking begins below 0.30 rather than 0.25 was chosen by looking at b and the first exam.
//!
//! Since the weights: `fixtures/requests/short.jsonl` (short mails, many made to mislead; what a later message says again
//! is labelled sparingly there), `strangers.jsonl`, `contrast.jsonl`, `writers.jsonl` (48 writers, 30,200
//! conversations), `trade.jsonl` (six more) and `genres.jsonl` (fourteen more).
//! All files teach, so what is printed here tells how well they are remembered. `make weights` tells how well mails are read
//! that nothing has learned from (each fifth left out in turn; the rules had been tuned on the corpus and on own): kind 0.96,
//! exact 0.91, wrong asks 0.039, missed asks 0.055 of 64,704 messages, one in fourteen of them with a plea added. A second reader, who saw only the guidelines, put 347 of 348
//! mails of the corpus and of ya–yf down for the same missing fields as their writers.
#![cfg(test)]

#[path = "support/labelled.rs"]
mod labelled;

#[path = "support/scores.rs"]
mod scores;

use askback::request::{Field, RuleSettings, Rules};
use labelled::{Conversation, load};
use scores::{Scores, score, show};
use strum::VariantArray as _;

/// Floors that the scores must not fall below, ceilings that wrong and missed asks must not exceed.
struct Floors {
    f1: f64,
    kind: f64,
    exact: f64,
    wrong: f64,
    missed: f64,
}

fn hold(name: &str, scores: &Scores, floors: &Floors) {
    for (count, field) in scores.fields.iter().zip(Field::VARIANTS.iter().copied()) {
        assert!(count.f1() >= floors.f1, "{name}: {field} has F1 {:.3}", count.f1());
    }
    assert!(scores.share(scores.kinds) >= floors.kind, "{name}: kind");
    assert!(scores.share(scores.exact) >= floors.exact, "{name}: exact list");
    assert!(scores.share(scores.wrong_asks) <= floors.wrong, "{name}: wrong asks");
    assert!(scores.share(scores.missed_asks) <= floors.missed, "{name}: missed asks");
}

fn is_odd(conversation: &Conversation) -> bool {
    conversation.id.ends_with(['1', '3', '5', '7', '9'])
}

#[test]
fn corpus_scores_do_not_fall() {
    let rules = Rules::new(RuleSettings::wialon()).unwrap();
    let conversations = load(include_str!("../fixtures/requests/corpus.jsonl"));
    assert_eq!(conversations.len(), 110);
    let (odd, even): (Vec<&Conversation>, Vec<&Conversation>) =
        conversations.iter().partition(|each| is_odd(each));
    let (odd, even) = (score(&odd, &rules), score(&even, &rules));
    show("corpus, odd half", &odd);
    println!("{}", odd.disagreements);
    show("corpus, even half", &even);
    println!("{}", even.disagreements);
    let floors = Floors { f1: 0.97, kind: 0.97, exact: 0.95, wrong: 0.02, missed: 0.04 };
    hold("odd half", &odd, &floors);
    hold("even half", &even, &floors);
}

#[test]
fn own_scores_do_not_fall() {
    let rules = Rules::new(RuleSettings::wialon()).unwrap();
    let conversations = load(include_str!("../fixtures/requests/own.jsonl"));
    assert!(conversations.len() >= 60);
    let own = score(&conversations.iter().collect::<Vec<_>>(), &rules);
    show("own", &own);
    println!("{}", own.disagreements);
    let floors = Floors { f1: 0.96, kind: 0.98, exact: 0.96, wrong: 0.02, missed: 0.04 };
    hold("own", &own, &floors);
}

#[test]
fn unseen_scores_do_not_fall() {
    let rules = Rules::new(RuleSettings::wialon()).unwrap();
    let files = [
        (
            "unseen strangers",
            include_str!("../fixtures/requests_unseen/strangers.jsonl"),
            150,
            Floors { f1: 0.94, kind: 0.95, exact: 0.89, wrong: 0.05, missed: 0.065 },
        ),
        (
            "unseen exam",
            include_str!("../fixtures/requests_unseen/exam.jsonl"),
            1100,
            Floors { f1: 0.95, kind: 0.97, exact: 0.95, wrong: 0.03, missed: 0.04 },
        ),
        (
            "unseen everyday",
            include_str!("../fixtures/requests_unseen/everyday.jsonl"),
            200,
            Floors { f1: 0.95, kind: 0.97, exact: 0.95, wrong: 0.02, missed: 0.03 },
        ),
        (
            "unseen genres",
            include_str!("../fixtures/requests_unseen/genres.jsonl"),
            220,
            Floors { f1: 0.86, kind: 0.84, exact: 0.80, wrong: 0.11, missed: 0.10 },
        ),
        (
            "unseen offices",
            include_str!("../fixtures/requests_unseen/offices.jsonl"),
            360,
            // Few of them have attachments, so that a mail taken for none weighs much there.
            Floors { f1: 0.74, kind: 0.91, exact: 0.88, wrong: 0.08, missed: 0.05 },
        ),
    ];
    for (name, json, count, floors) in files {
        let conversations = load(json);
        assert_eq!(conversations.len(), count);
        let scores = score(&conversations.iter().collect::<Vec<_>>(), &rules);
        show(name, &scores);
        hold(name, &scores, &floors);
    }
}

/// Mails of the trade's everyday, two thirds of them short and in contrasts.
#[test]
fn trade_scores_do_not_fall() {
    let rules = Rules::new(RuleSettings::wialon()).unwrap();
    let conversations = load(include_str!("../fixtures/requests/trade.jsonl"));
    assert!(conversations.len() >= 860);
    let scores = score(&conversations.iter().collect::<Vec<_>>(), &rules);
    show("trade", &scores);
    println!("{}", scores.disagreements);
    let floors = Floors { f1: 0.96, kind: 0.98, exact: 0.96, wrong: 0.02, missed: 0.02 };
    hold("trade", &scores, &floors);
}

#[test]
fn other_scores_do_not_fall() {
    let rules = Rules::new(RuleSettings::wialon()).unwrap();
    let files = [
        ("short", include_str!("../fixtures/requests/short.jsonl"), 400, 1, 0.93),
        ("strangers", include_str!("../fixtures/requests/strangers.jsonl"), 1100, 1, 0.96),
        ("genres", include_str!("../fixtures/requests/genres.jsonl"), 5200, 1, 0.88),
        ("contrast", include_str!("../fixtures/requests/contrast.jsonl"), 1800, 1, 0.92),
        ("writers, every fortieth", include_str!("../fixtures/requests/writers.jsonl"), 30_200, 40, 0.96),
    ];
    for (name, json, least, part, f1) in files {
        let conversations = load(json);
        assert!(conversations.len() >= least);
        let scores = score(&conversations.iter().step_by(part).collect::<Vec<_>>(), &rules);
        show(name, &scores);
        println!("{}", scores.disagreements);
        let floors = Floors { f1, kind: 0.95, exact: 0.88, wrong: 0.07, missed: 0.06 };
        hold(name, &scores, &floors);
    }
}
