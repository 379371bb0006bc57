//! Lines that a program or a company adds: mobile footers, legal footers, virus scanners, banners of a gateway.

use super::line::{begins_with, head, lower, lower_start, word_count};
use crate::mail::characters::is_alphanumeric;

/// Programs and telephones that name themselves in a footer.
#[rustfmt::skip]
const PROGRAMS: [&str; 50] = [
    "iphone", "ipad", "ios", "android", "андроид", "айфон", "смартфон", "телефон", "мобильн", "планшет",
    "phone", "mobile", "samsung", "galaxy", "huawei", "honor", "xiaomi", "redmi", "realme", "outlook",
    "gmail", "mail.ru", "почты", "почта", "яндекс", "yandex", "rambler", "windows", "yahoo",
    "blackberry", "nokia", "proton", "spark", "k-9", "k9", "bluemail", "mymail", "thunderbird",
    "tablet", "device", "устройств", "boomerang", "aqua", "typeapp", "edison", "nine", "zimbra",
    "macbook", "spike", "органайзер",
];

/// «Отправлено с iPhone», "Get Outlook for iOS".
pub(super) fn is_mobile_footer(text: &str) -> bool {
    #[rustfmt::skip]
    const OPENINGS: [&str; 30] = [
        "отправлено с", "отправлено из", "отправлено через", "отправлено мо", "послано с", "написано с",
        "sent from", "sent via", "sent using", "sent with", "get outlook for", "get bluemail for", "скачать outlook",
        "получить outlook", "получите outlook", "загрузить outlook", "получить bluemail", "enviado d", "gesendet von",
        "надіслано з", "wysłane z", "wysłano z", "trimis d", "envoyé d", "inviato d", "odesláno z", "odoslané z",
        "verstuurd v", "skickat från", "sendt fra",
    ];
    // A footer denies nothing.
    const NEGATIONS: [&str; 3] = [" не ", " nicht", " kein"];
    if text.len() > 200 || word_count(text) > 14 {
        return false;
    }
    let text = text.trim_start_matches(['-', '—', '–', '*', '_', '[', '(', ' ']);
    let start = lower_start(text);
    let text = lower(text);
    let opens = || OPENINGS.iter().any(|opening| begins_with(&start, opening));
    let denies = || NEGATIONS.iter().any(|negation| text.contains(negation));
    // "Mail for Windows": alone it is a program's name only where such words open the line.
    let names = || text.contains("mail") || PROGRAMS.iter().any(|program| text.contains(program));
    (opens() && names() || is_sent_at_end(&text)) && !denies()
}

/// "Von meinem iPhone gesendet", "iPhone'umdan gönderildi": the verb ends the line. Sentences end with it, too, so before it stands "from"
/// with "my" or a name.
fn is_sent_at_end(text: &str) -> bool {
    const PASSIVE: [&str; 3] = [" wird ", " werden ", " wurde"];
    const FROM: [&str; 6] = ["dan", "den", "dən", "tan", "ten", "tən"];
    let text = text.trim_end_matches([']', ')', '*', '_', '.', ' ']);
    let Some((device, sent)) = text.rsplit_once(' ').filter(|_| word_count(text) <= 7) else { return false };
    match sent {
        "gesendet" => {
            device.starts_with("von mein")
                && PROGRAMS.iter().any(|program| device.contains(program))
                && !PASSIVE.iter().any(|verb| text.contains(verb))
        }
        "gönderildi" | "göndərilib" | "göndərildi" => {
            let mine = |from| device.strip_suffix(from).is_some_and(|of| of.ends_with(['m', '\'', '’', '-']));
            PROGRAMS.iter().any(|program| device.starts_with(program)) && FROM.iter().any(mine)
        }
        _ => false,
    }
}

/// Words of legal footers and scanner lines.
#[rustfmt::skip]
const LEGAL: [&str; 25] = [
    "конфиденц", "предназначен", "адресат", "по ошибке", "несанкционир", "оферт", "третьим лицам",
    "коммерческ", "confidential", "intended", "recipient", "in error", "privileged", "unauthori", "disclos",
    "liab", "virus", "вирус", "scanned", "проверен", "kaspersky", "avast", "legally", "proprietary",
    "ошибочно",
];

/// Whether a legal footer, a scanner line or a request to save paper begins with this line.
pub(super) fn opens_disclaimer(text: &str) -> bool {
    #[rustfmt::skip]
    const OPENINGS: [&str; 36] = [
        "настоящее сообщение", "настоящее электронное", "настоящее письмо", "данное сообщение",
        "данное письмо", "данное электронное", "это сообщение", "это письмо", "это электронное",
        "информация в этом", "информация, содержащаяся в", "содержание данного", "содержание настоящего",
        "сообщение и любые", "сообщение является конфиденц", "уведомление о конфиденц", "если вы получили",
        "this e-mail", "this email", "this message", "this communication", "this transmission",
        "the information contained", "the information in this", "the contents of this",
        "the content of this", "information in this", "disclaimer", "confidentiality notice",
        "confidentiality:", "notice:", "if you are not the intended", "письмо носит", "сообщение носит",
        "отправляя данное письмо", "отправляя это письмо",
    ];
    #[rustfmt::skip]
    const ALONE: [&str; 26] = [
        "virus-free", "без вирусов", "please consider the environment", "consider the environment",
        "think before you print", "save paper", "подумайте об окружающей", "подумайте о природе",
        "подумайте, прежде чем печатать", "подумайте, нужно ли", "берегите природу", "берегите лес",
        "сообщение проверено", "проверено антивирус", "проверено на вирус", "проверено касперск",
        "проверено kaspersky", "проверено dr.web", "не содержит вирус", "информация nod32",
        "информация от eset", "information from eset", "перед печатью подумайте", "подумайте об экологии",
        "сэкономьте бумагу", "экономьте бумагу",
    ];
    let start = lower_start(text.trim_start_matches(|c: char| !is_alphanumeric(c)));
    let start = ["внимание", "важно", "пожалуйста", "attention", "warning"]
        .iter()
        .find_map(|call| start.strip_prefix(call))
        .map_or(start.as_str(), |rest| rest.trim_start_matches(|c: char| !is_alphanumeric(c)));
    let opens = |phrases: &[&str]| phrases.iter().any(|phrase| begins_with(start, phrase));
    let text = head(text);
    opens(&ALONE)
        || opens(&OPENINGS) && legal_words(text) > 0
        || text.contains("intended recipient") && text.contains("confidential")
}

/// Whether a paragraph under a legal footer belongs to it.
pub(super) fn continues_disclaimer(text: &str) -> bool {
    legal_words(text) > 1
}

fn legal_words(text: &str) -> usize {
    let text = lower(text);
    LEGAL.iter().filter(|word| text.contains(**word)).count()
}

/// A warning that a mail gateway puts above a mail: "[EXTERNAL]", «Внимание! Внешний отправитель».
pub(super) fn is_banner(text: &str) -> bool {
    #[rustfmt::skip]
    const MARKS: [&str; 17] = [
        "external email", "external e-mail", "external mail", "external sender", "external message",
        "originated from outside", "outside of the organi", "outside of your organi", "outside your organi",
        "learn why this is important", "don't often get email", "внешний отправитель",
        "внешнего отправителя", "внешняя почта", "внешнее письмо", "из внешней", "нечасто получаете",
    ];
    if text.len() > 900 {
        return false;
    }
    let text = lower(text);
    let bare = text.trim_matches(|c: char| !is_alphanumeric(c));
    matches!(bare, "external" | "внешний" | "внешнее" | "ext") || MARKS.iter().any(|mark| text.contains(mark))
}
