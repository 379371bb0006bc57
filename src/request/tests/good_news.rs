use super::super::{Before, Field, Kind, Stance};
use super::{RULES, later, mail, read};

const ASKED: [Field; 2] = [Field::Product, Field::Steps];

fn stance(body: &str) -> Stance {
    let before = later(&ASKED);
    read(&mail("Re: ask", body), before, &RULES).stance
}

#[test]
fn good_news_of_an_element_takes_the_request_back() {
    for body in [
        "Машина Р 880 СО 58 снова видна, спасибо",
        "Р 880 СО 58 вышла на связь",
        "Машину нашли, она в Wialon была в другой группе",
        "Отчет построился",
        "Нажал ещё раз и отчет построился",
        "Wialon. Р 880 СО 58 появилась",
        "Wialon. KX19 ABC is back online now.",
        "Wialon. Forget KX19 ABC, driver unplugged it.",
        "KX19 ABC came back, thanks",
    ] {
        assert_eq!(stance(body), Stance::Withdrawal, "{body}");
    }
    for body in [
        "Машина Р 880 СО 58 снова видна, но трек пустой",
        "Р 880 СО 58 вышла на связь на час и опять пропала",
        "Р 880 СО 58 не вышла на связь",
        "Машину нашли, а отчет не строится",
        "В Wialon появилась ошибка 6",
        "Wialon, появилось окно с текстом",
        "Р 880 СО 58 появилась, а Р 881 СО 58 нет",
        "KX19 ABC is back online, KX20 DEF is not",
        "Wialon. Is KX19 ABC back online?",
        "Машина нашлась, отключите её от мониторинга",
    ] {
        assert_ne!(stance(body), Stance::Withdrawal, "{body}");
    }
}

#[test]
fn what_is_seen_found_or_back_may_be_the_malfunction() {
    for asked in [&[][..], &ASKED, &[Field::Description]] {
        for body in [
            "Ночные поездки вернулись.",
            "The night trips are back in the report.",
            "После обновления в отчёте появились поездки за ночь.",
            "Теперь наши машины видны другому клиенту.",
            "Someone else's truck showed up in our account.",
            "Водитель нашёл трекер в бардачке, кабель перерезан.",
        ] {
            let heard = read(&mail("Re: ask", body), later(asked), &RULES).stance;
            assert_ne!(heard, Stance::Withdrawal, "{body}");
        }
    }
}

#[test]
fn a_first_mail_of_good_news_is_no_request() {
    let kind = |body: &str| read(&mail("", body), Before::default(), &RULES).kind;
    assert_eq!(kind("Спасибо, машина Р 880 СО 58 появилась в виалоне"), Kind::None);
    assert_ne!(kind("Машина Р 880 СО 58 появилась в виалоне дважды"), Kind::None);
}

#[test]
fn a_part_of_success_or_a_fact_is_more_than_thanks() {
    let before = Before { asked: &[], kind: Some(Kind::Problem), all_told: true };
    for body in [
        "Спасибо, появилась одна из двух",
        "Спасибо, машина завтра в 9 уезжает в рейс",
        "Хорошо, машина будет на базе в 10",
        "Ждем счет",
        "Ждем вашего монтажника",
        "Спасибо, хотя толку мало",
        "Спасибо, заработало наполовину",
        "Thanks, one of them is visible",
        "Ok, the van is at the base at 9",
    ] {
        let heard = read(&mail("Re: ask", body), before, &RULES).stance;
        assert_eq!(heard, Stance::Request, "{body}");
    }
    for body in
        ["Спасибо, ждём", "Спасибо, ждем вас завтра", "Хорошо, спасибо, до завтра", "Ok, waiting. Thanks!"]
    {
        let idle = read(&mail("Re: ask", body), before, &RULES).stance;
        assert!(matches!(idle, Stance::Courtesy | Stance::Withdrawal), "{body}: {idle:?}");
    }
}
