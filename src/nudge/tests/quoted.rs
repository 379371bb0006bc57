use super::*;

#[test]
fn a_notice_that_nothing_marks_as_a_quote_is_cut_off_or_found() {
    let (calendar, policy, now) = (calendar(), policy(Language::Russian), at("2026-05-15T12:00:00Z"));
    let tickets = [facts(5, State::Open, at("2026-05-15T11:00:00Z"))];
    let nudges = due(&tickets, &[], &calendar, &policy, now);
    let all = notices(&nudges, &tickets, &calendar, &policy, correspondence(), now);
    let notice = all.iter().find(|notice| notice.reply_to.is_some()).unwrap().text.as_str();
    let check = |reply: &str, known: Option<&str>, expect: Option<&str>| {
        assert_eq!(without_notice(reply, reply, known).as_deref(), expect, "{reply}");
    };
    let answer = "Исправили.\nПроверьте.";
    let pasted = format!("{answer}\n\n{notice}");
    check(answer, Some(notice), Some(answer));
    check(answer, None, Some(answer));
    check(&pasted, Some(notice), Some(answer));
    // Broken anew, or not quoted to its end.
    check(
        &format!("{answer}\n\n{}", notice.replace(" ваши слова", "\n   ваши слова")),
        Some(notice),
        Some(answer),
    );
    check(pasted.split_once("Клиент:").unwrap().0, Some(notice), Some(answer));
    // Words of his below it, or a notice that nobody knows.
    check(&format!("{pasted}\nИ ещё: перезапустите."), Some(notice), None);
    check(&pasted, None, None);
    check(&format!("{answer}\n\nКлиент: a@b.example\n\nКлиент пишет:\n\nПомогите."), Some(notice), None);
    // What he says himself of clients and letters.
    let own = "Клиент пишет нам: ответьте на это письмо, и мы закроем обращение.";
    check(own, Some(notice), Some(own));
    // Each letter of one request, in both languages, is found without being known.
    for language in [Language::Russian, Language::English] {
        let text = letters(&tickets, &[], language, "2026-05-15T12:00:00Z");
        let (_, body) = text.split_once("\n\n").unwrap();
        check(&format!("{answer}\n\n{body}"), None, None);
    }
}
