//! The grammatical form of a Russian or Ukrainian verb by its ending: who acts, and whether it was done.

/// What the form of a verb says about the actor.
/// The table of weights knows it by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Form {
    /// «нажимаю», «нажмём», «натискаємо».
    First,
    /// «нажал», «нажали».
    Past,
    /// «нажать».
    Infinitive,
    /// «нажмите».
    Imperative,
    /// «нажимает», «нажимают».
    Third,
    /// «нажав», «нажимая».
    Gerund,
    /// «нажимается», «открылся»: nobody in particular.
    Reflexive,
    /// «нажата», «открыт».
    Passive,
    /// «нажатии»: a noun.
    Noun,
}

/// The form of a folded Cyrillic word, Ukrainian included, that is known to have the stem of a verb.
pub(crate) fn russian(word: &str) -> Form {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    if ends(&["ся", "сь"]) {
        return if ends(&["юсь", "усь", "емся", "имся"]) {
            Form::First
        } else {
            Form::Reflexive
        };
    }
    if ends(&[
        "ние", "ния", "нию", "нием", "нии", "ний", "тие", "тия", "тию", "тием", "тии", "ка", "ке", "ку",
        "кой", "ки",
    ]) {
        return Form::Noun;
    }
    // Ukrainian: «створіть».
    if word.ends_with("іть") {
        return Form::Imperative;
    }
    if ends(&["ть", "ти", "чь"]) {
        return Form::Infinitive;
    }
    if ends(&["йте", "ьте", "ите"]) {
        return Form::Imperative;
    }
    if ends(&[
        "нн",
        "нный",
        "нная",
        "нные",
        "нного",
        "нных",
        "тый",
        "тая",
        "тые",
        "ан",
        "ана",
        "аны",
        "ано",
        "ен",
        "ена",
        "ены",
        "ено",
        "ыт",
        "ыта",
        "ыты",
        "ыто",
        "ят",
        "ята",
        "ято",
        "яты",
        "жат",
        "жата",
        "жато",
        "жаты",
    ]) && !ends(&["дят", "рят", "лят", "тят", "вят"])
    {
        return Form::Passive;
    }
    if ends(&["ла", "ли", "ло"]) || word.ends_with('л') {
        return Form::Past;
    }
    if ends(&["ю", "у", "ем", "им", "ам", "мо"]) {
        return Form::First;
    }
    if ends(&["ет", "ит", "ют", "ут", "ат", "ят", "ешь", "ишь", "є"]) {
        return Form::Third;
    }
    if ends(&["ая", "яя", "уя", "оя", "дя", "тя", "ав", "ив", "ыв", "ев", "ув", "вши"]) && word != "включая"
    {
        return Form::Gerund;
    }
    if ends(&["и", "й", "ь"]) {
        return Form::Imperative;
    }
    Form::Noun
}
