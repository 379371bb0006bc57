//! The way of a mail through the detectors: rules find and judge, then what was learned has its say.

use super::answers::declined;
use super::cues::{actions, outline, stance, thanks};
use super::fields::{attachments, description, objects, product, steps};
use super::learned::features::Ruled;
use super::learned::network::Rows;
use super::learned::trees;
use super::learned::weights;
use super::learned::weights::Weighed;
use super::reading::Reading;
use super::rules::Rules;
use super::verdict::Verdict;
use super::{Before, Field, Finding, Level, PerField, Request, Stance, State, kind};
use crate::mail::{Mail, Tap};
use strum::VariantArray as _;

/// Reads what a mail asks for and supplies by itself, in the light of what was `before` it in its conversation.
#[must_use]
pub fn read(mail: &Mail, before: Before<'_>, rules: &Rules) -> Request {
    let reading = Reading::new(mail, before, rules);
    let ruled = rule(&reading);
    let weighed = Weighed::new(&reading, &ruled);
    let mut verdict = Verdict::new(&reading, ruled, &weighed);
    for &field in Field::VARIANTS {
        if rules.level(field) == Level::Off {
            *verdict.fields.get_mut(field) = Finding { state: State::Off, ..Finding::default() };
        }
    }
    Request {
        kind: verdict.kind,
        continues: verdict.continues,
        language: reading.told,
        leaning: reading.leaning,
        stance: verdict.stance,
        settles: verdict.stance == Stance::Withdrawal && stance::settles(&reading),
        agrees: mail.tap == Some(Tap::Reaction) || thanks::only_agrees(&reading.body),
        concern: verdict.concern,
        declined: declined::declined(&reading, &verdict.fields),
        corrections: verdict.corrections,
        fields: verdict.fields,
        applies: verdict.applies,
    }
}

/// The names of all that a mail shows: what the weights are learned from.
#[must_use]
pub fn shown(mail: &Mail, before: Before<'_>, rules: &Rules) -> Vec<String> {
    let reading = Reading::new(mail, before, rules);
    let ruled = rule(&reading);
    weights::names(&reading, &ruled)
}

/// The number of each of [`super::Fact::all`], what the trees are learned from, and the rows of the names that the table
/// of weights has, what the network is learned from.
#[must_use]
pub fn weighed(mail: &Mail, before: Before<'_>, rules: &Rules) -> (Vec<f32>, Rows) {
    let reading = Reading::new(mail, before, rules);
    let ruled = rule(&reading);
    let weighed = Weighed::new(&reading, &ruled);
    (trees::facts(&reading, &ruled, &weighed), weighed.into_rows())
}

/// What the rules make of a mail.
fn rule(reading: &Reading<'_>) -> Ruled {
    let actions = actions::actions(reading);
    let fields = PerField {
        product: product::find(reading),
        description: description::find(reading, &actions),
        objects: objects::find(reading),
        steps: steps::find(reading, &actions),
        attachments: attachments::find(reading),
    };
    let stance = stance::read(reading, &fields);
    let judged = kind::judge(reading, &fields, stance);
    let objects_apply = kind::objects_apply(reading, judged.kind, &fields.objects);
    let signs = outline::signs(reading, &fields.product, &actions);
    Ruled { fields, actions, stance, judged, objects_apply, signs }
}
