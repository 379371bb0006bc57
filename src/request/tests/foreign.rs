//! Mails in languages that nothing here knows: nobody can tell what they lack.

use super::super::{Before, Concern, Field, Kind, Language, Stance, State};
use super::{RULES, asked_after, later, mail, mail_from, read, read_body};

const MAILS: [&str; 21] = [
    "Сәлеметсіз бе! Wialon Hosting жүйесінде 123 ABC 02 көлігі кешеден бері картада көрінбейді. Мониторинг бөлімін ашамын, көлікті \
     таңдаймын, бірақ соңғы хабарлама кеше келген.",
    "Қайырлы күн! Есеп шықпайды, көмектесіңіздерші.",
    "Salemetsiz be! Wialonga kire almai jatyrmyn, parol durys emes deidi. Komektesinizshi.",
    "Ассалому алайкум! Wialon тизимида 01 A 234 BC рақамли машина харитада кўринмаяпти. Илтимос, текшириб беринг.",
    "Assalomu alaykum, hisobot chiqmayapti, jadval bo'sh. Iltimos yordam bering.",
    "Саламатсызбы! Унаа картада көрүнбөй жатат, акыркы билдирүү кечээ келген. Текшерип бериңизчи.",
    "У Wialon Hosting не будуецца справаздача па аўтамабілі 1234 AB-7. Націскаю Выканаць, табліца пустая. Дапамажыце, калі ласка.",
    "Salam! 10-AB-123 nömrəli avtomobil xəritədə görünmür, zəhmət olmasa yoxlayın.",
    "არ მუშაობს, დამეხმარეთ",
    "Բարև Ձեզ: 12 AB 345 մեքենան չի երևում:",
    "Buna ziua, nu se genereaza raportul, va rog ajutati-ma",
    "Witam, nie moge sie zalogowac do systemu, wyskakuje komunikat \"Invalid user name or password\". Co robic?",
    "Dzień dobry, proszę o przesłanie faktury za październik na adres biuro@flota.example.",
    "Merhaba, sifremi unuttum, giris yapamiyorum. Kullanici adim filo_hakan.",
    "Hola, no funciona el reporte, ayuda por favor",
    "Bom dia, o sensor de combustível do caminhão QRS-4F56 mostra zero desde ontem.",
    "Guten Tag, bitte legen Sie einen neuen Benutzer bau_juergen an und schicken Sie mir das Passwort. Danke!",
    "Pozdrav, ne radi izvestaj za vozilo BG 123-AB. Otvorim Izvestaje i prazno je. Da li mozete da proverite?",
    "مرحبا، المركبة رقم 12345 لا تظهر على الخريطة",
    "你好，FMB920 设备无法连接服务器，请帮忙",
    "RAPOR ÇALIŞMIYOR YARDIM EDİN",
];

#[test]
fn what_is_in_an_unknown_language_is_for_a_person() {
    for body in MAILS {
        let request = read_body(body);
        assert_eq!(request.concern, Some(Concern::Foreign), "{body}");
        assert_ne!(request.kind, Kind::None, "{body}");
        assert_eq!((request.stance, request.language), (Stance::Request, None), "{body}");
        for field in [Field::Product, Field::Description, Field::Objects, Field::Steps] {
            assert_ne!(request.fields.get(field).state, State::Missing, "{body}: {field:?}");
        }
    }
    let named = read_body(MAILS[0]);
    assert_eq!(named.fields.product.value.as_deref(), Some("Wialon Hosting"));
    assert_eq!(named.fields.objects.state, State::Present);
}

#[test]
fn what_is_nearly_all_known_is_no_unknown_language() {
    for body in [
        "не работает",
        "Не працуе",
        "Қайырлы таң! Трекер на машине 777 ABA 02 молчит со вчерашнего вечера. Перезагружали, не помогло. Wialon Hosting.",
        "Сәлеметсіз бе! Не строится отчет по машине 345 KLA 05, нажимаю Выполнить и пусто. Рахмет",
        "Здравствуйте, у геозоны «Қосымша алаң» қате, пересчитайте площадь, пожалуйста",
        "Hello, merhaba. Our vehicle 35 GH 789 is offline since morning, can you please check? Teşekkürler",
        "Dear Sirs, fuel report is not make for vehicle 06 DEF 456. I am opening Reports and press Execute, but it is come empty.",
        "The café van and our Škoda went offline near the façade",
        "Zdravstvuyte, u menya ne stroitsya otchet po mashine 777, nazhimayu vypolnit i nichego",
        "net svyazi s mashinoj 4471",
        "Трактор Джон Дір мовчить третю добу, дзвонили механіку – живлення є, блимає зелений світлодіод.",
        "Чому поїздки розбиваються на шматки? Стоянка рахується навіть якщо двигун заведений.",
        "Утопили трекер в солярке, он теперь чихает, кашляет и врёт",
        "Снегоуборщик 412: щётка крутится, а в отчёте моточасы не капают",
        // A legal notice, or the same once more, in another language.
        "Hello, the report is empty for vehicle 123.\nBest regards\nHans Müller\nMüller GmbH\nDiese E-Mail enthält vertrauliche \
         Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.",
        "Не строится отчёт по машине 123.\nС уважением,\nАйдос\nБұл хат пен оған тіркелген файлдар құпия ақпаратты қамтуы мүмкін және тек \
         адресатқа арналған. Егер сіз бұл хатты қателесіп алсаңыз, оны жойыңыз.",
        // Lists of names.
        "Не могут войти пользователи: ivanov, petrov, sidorov, kuznetsov, smirnov, popov, lebedev, kozlov",
        "Users cannot log in: jsmith, mbrown, kwilson, pdavies, tevans, rjones, awalker, hgreen",
        "Прошу удалить водителей: иванов, петров, сидоров, кузнецов, смирнов, попов, лебедев, козлов",
        "Создайте геозоны: балашиха, мытищи, пушкино, реутов, люберцы, подольск, видное",
    ] {
        assert_ne!(read_body(body).concern, Some(Concern::Foreign), "{body}");
    }
    // What programs write tells no language, and files and names tell none.
    let log = "2026-03-05 10:11:12 ERROR com.gurtam.lib.Report - report execution failed for item 12345\n"
        .repeat(20);
    assert_eq!(
        read_body(&format!("Rapor boş geliyor, ne yapmalıyım?\n{log}")).concern,
        Some(Concern::Foreign)
    );
    assert_eq!(read_body(&log).concern, None);
    let named = later(&[Field::Objects]);
    assert_eq!(
        read(&mail("Re: request", "2. jones, sorensen, oyelaran, wrona"), named, &RULES).concern,
        None
    );
    assert_eq!(read_body("Mohammed Al-Rashid, Łódź, Müller GmbH").concern, None);
    for names in [
        "ivanov, petrov, sidorov, kuznetsov, smirnov",
        "sarah, mike, tunde, chidi, ngozi, emeka",
        "ИВАНОВ\nПЕТРОВ\nСИДОРОВ\nКУЗНЕЦОВ\nСМИРНОВ\nПОПОВ\nЛЕБЕДЕВ",
        "lager süd",
        "№5 қазақстан көшесі",
    ] {
        let before = later(&[Field::Objects]);
        assert_eq!(read(&mail("Re: request", names), before, &RULES).concern, None, "{names}");
    }
}

#[test]
fn the_language_nearest_to_an_unknown_one_goes_by_its_letters() {
    let leaning =
        |name: &str, body: &str| read(&mail_from(name, "", body), Before::default(), &RULES).leaning;
    for (name, body, language) in [
        ("Aigul", MAILS[1], Language::Russian),
        ("Nurlan", MAILS[2], Language::English),
        ("Нурлан", MAILS[2], Language::Russian),
        ("Giorgi", MAILS[8], Language::English),
        ("Tomek", MAILS[11], Language::English),
        ("Ola", MAILS[12], Language::English),
        ("Milan", MAILS[17], Language::English),
        ("Ahmed", MAILS[18], Language::English),
    ] {
        assert_eq!(leaning(name, body), Some(language), "{name}: {body}");
    }
}

#[test]
fn an_answer_in_an_unknown_language_is_not_asked_about_again() {
    assert_eq!(
        asked_after(&["Hi, in Wialon Hosting the track of 34 ABC 123 is missing since yesterday."]),
        [Field::Steps]
    );
    for answer in [
        "İzlemeyi açıyorum, aracı seçiyorum, rota çizilmiyor",
        "Otwieram Monitoring, wybieram pojazd, na mapie nie ma śladu",
        "Мониторингті ашамын, көлікті таңдаймын, ештеңе көрінбейді",
    ] {
        let first = "Hi, in Wialon Hosting the track of 34 ABC 123 is missing since yesterday.";
        assert_eq!(asked_after(&[first, answer]), [], "{answer}");
    }
}

#[test]
fn thanks_beside_words_that_nobody_knows_are_no_mere_thanks() {
    let later = |body: &str| {
        let before = Before { asked: &[], kind: Some(Kind::Problem), all_told: true };
        read(&mail("Re: request", body), before, &RULES).stance
    };
    for body in
        ["Danke, geht aber immer noch nicht", "Gracias, sigue igual", "teşekkürler ama hala çalışmıyor"]
    {
        assert_eq!(later(body), Stance::Request, "{body}");
    }
    for body in ["спасибо рустам ака", "thanks jane and priya kumar"] {
        assert_eq!(later(body), Stance::Courtesy, "{body}");
    }
    assert_eq!(later("Отмена рустам ака"), Stance::Withdrawal);
    assert_eq!(later("позже пришлю анатолий викторович сергеев"), Stance::Promise);
    for body in ["Danke!", "Merci", "Рахмет!", "Спасибо, всё хорошо", "Thanks, Łukasz", "Дякую, все працює!"]
    {
        assert_eq!(later(body), Stance::Courtesy, "{body}");
    }
}
