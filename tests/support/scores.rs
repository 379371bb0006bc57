//! How well the detector does on labelled conversations.
#![allow(dead_code, reason = "the evaluation and the training of weights each use a part")]
#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures for people")]

use super::labelled::{Conversation, mail};
use askback::request::{Answers, Field, Kind, Request, Rules, State, read};
use std::fmt::Write as _;
use strum::VariantArray as _;

#[derive(Default, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) right: usize,
    pub(crate) extra: usize,
    pub(crate) lost: usize,
}

impl Count {
    pub(crate) fn f1(self) -> f64 {
        let wrong = (self.extra + self.lost) as f64;
        if self.right == 0 && wrong == 0.0 {
            1.0
        } else {
            2.0 * self.right as f64 / (2.0 * self.right as f64 + wrong)
        }
    }
    pub(crate) fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.extra).max(1) as f64
    }
    pub(crate) fn recall(self) -> f64 {
        self.right as f64 / (self.right + self.lost).max(1) as f64
    }
}

#[derive(Default)]
pub(crate) struct Scores {
    pub(crate) fields: [Count; 5],
    pub(crate) messages: usize,
    pub(crate) kinds: usize,
    pub(crate) exact: usize,
    pub(crate) wrong_asks: usize,
    pub(crate) missed_asks: usize,
    /// Wrong and missed asks of each field.
    pub(crate) asks: [Count; 5],
    /// Kinds taken for others: (gold, found, how often).
    pub(crate) confused: Vec<(Kind, Kind, usize)>,
    pub(crate) disagreements: String,
}

impl Scores {
    /// Adds the scores of other conversations.
    pub(crate) fn add(&mut self, other: Self) {
        for (mine, others) in [(&mut self.fields, other.fields), (&mut self.asks, other.asks)] {
            for (mine, other) in mine.iter_mut().zip(others) {
                mine.right += other.right;
                mine.extra += other.extra;
                mine.lost += other.lost;
            }
        }
        self.messages += other.messages;
        self.kinds += other.kinds;
        self.exact += other.exact;
        self.wrong_asks += other.wrong_asks;
        self.missed_asks += other.missed_asks;
        self.disagreements.push_str(&other.disagreements);
    }

    pub(crate) fn share(&self, count: usize) -> f64 {
        count as f64 / self.messages.max(1) as f64
    }
}

pub(crate) fn score(conversations: &[&Conversation], rules: &Rules) -> Scores {
    let mut scores = Scores::default();
    for conversation in conversations {
        let mut answers = Answers::default();
        let mut asked: Vec<Field> = Vec::new();
        for (number, message) in conversation.messages.iter().enumerate() {
            let mail = mail(message, number > 0);
            let request = read(&mail, answers.before(&asked, rules), rules);
            let kind = answers.kind_of(&request);
            answers.absorb(&request);
            asked = answers.missing(rules);
            scores.messages += 1;
            let mut wrongs = Vec::new();
            if kind == message.gold.kind {
                scores.kinds += 1;
            } else {
                match scores
                    .confused
                    .iter_mut()
                    .find(|(gold, found, _)| (*gold, *found) == (message.gold.kind, kind))
                {
                    Some((_, _, count)) => *count += 1,
                    None => scores.confused.push((message.gold.kind, kind, 1)),
                }
                wrongs
                    .push(format!("kind {kind:?} not {:?} (stance {:?})", message.gold.kind, request.stance));
            }
            for (count, field) in scores.fields.iter_mut().zip(Field::VARIANTS.iter().copied()) {
                let found = request.fields.get(field);
                match (found.state == State::Present, message.gold.get(field)) {
                    (true, true) => count.right += 1,
                    (true, false) => {
                        count.extra += 1;
                        wrongs.push(format!("extra {field} ({:?})", evidence(&request, field)));
                    }
                    (false, true) => {
                        count.lost += 1;
                        wrongs.push(format!(
                            "lost {} ({:?} {:?})",
                            field,
                            found.state,
                            evidence(&request, field)
                        ));
                    }
                    (false, false) => {}
                }
            }
            let wrong = asked.iter().filter(|field| !message.missing_after.contains(field)).count();
            let missed = message.missing_after.iter().filter(|field| !asked.contains(field)).count();
            for (count, field) in scores.asks.iter_mut().zip(Field::VARIANTS.iter().copied()) {
                match (asked.contains(&field), message.missing_after.contains(&field)) {
                    (true, true) => count.right += 1,
                    (true, false) => count.extra += 1,
                    (false, true) => count.lost += 1,
                    (false, false) => {}
                }
            }
            scores.exact += usize::from(wrong + missed == 0);
            scores.wrong_asks += usize::from(wrong > 0);
            scores.missed_asks += usize::from(missed > 0);
            if wrong + missed > 0 {
                wrongs.push(format!("asks {asked:?} not {:?}", message.missing_after));
            }
            if !wrongs.is_empty() {
                let body: String = mail.text.own().trim().chars().take(700).collect();
                let _ = writeln!(
                    scores.disagreements,
                    "--- {}#{number} {}\n{body}\n  * {}",
                    conversation.id,
                    message.subject,
                    wrongs.join("\n  * ")
                );
            }
        }
    }
    scores
}

fn evidence(request: &Request, field: Field) -> Vec<String> {
    request.fields.get(field).evidence.iter().map(|found| format!("{}: {}", found.cue, found.text)).collect()
}

pub(crate) fn show(name: &str, scores: &Scores) {
    println!("\n== {name}: {} messages", scores.messages);
    for ((count, asks), field) in scores.fields.iter().zip(&scores.asks).zip(Field::VARIANTS.iter().copied())
    {
        println!(
            "{:12} P {:.3} R {:.3} F1 {:.3}  (extra {}, lost {})  asks: right {}, wrong {}, missed {}",
            field,
            count.precision(),
            count.recall(),
            count.f1(),
            count.extra,
            count.lost,
            asks.right,
            asks.extra,
            asks.lost
        );
    }
    for (gold, found, count) in &scores.confused {
        println!("{gold:?} taken for {found:?}: {count}");
    }
    println!(
        "kind {:.3}  exact list {:.3}  wrong asks {:.3}  missed asks {:.3}",
        scores.share(scores.kinds),
        scores.share(scores.exact),
        scores.share(scores.wrong_asks),
        scores.share(scores.missed_asks)
    );
}
