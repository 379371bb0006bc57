//! The way of a mail through the detectors.

use super::reading::Reading;
use super::rules::Rules;
use super::{
    Field, Finding, Kind, Level, PerField, Request, State, actions, attachments, description, kind, language,
    objects, product, stance, steps,
};
use crate::mail::Mail;

/// Reads what a mail asks for and supplies by itself. `asked` are the fields of our last list of questions in its
/// order, numbered from 1; empty if nothing was asked.
#[must_use]
pub fn read(mail: &Mail, asked: &[Field], rules: &Rules) -> Request {
    let reading = Reading::new(mail, asked, rules);
    let actions = actions::actions(&reading);
    let mut fields = PerField {
        product: product::find(&reading),
        description: description::find(&reading, &actions),
        objects: objects::find(&reading),
        steps: steps::find(&reading, &actions),
        attachments: attachments::find(&reading),
    };
    let stance = stance::read(&reading, &fields);
    let judged = kind::judge(&reading, &fields, stance);
    let objects_apply = kind::objects_apply(&reading, judged.kind, &fields.objects);
    for field in Field::ALL {
        let finding = fields.get_mut(field);
        if judged.kind == Kind::None {
            *finding = Finding::default();
        }
        if rules.level(field) == Level::Off {
            *finding = Finding { state: State::Off, ..Finding::default() };
        }
    }
    Request {
        kind: judged.kind,
        continues: judged.continues,
        language: language::read(&reading),
        stance,
        fields,
        objects_apply,
    }
}
