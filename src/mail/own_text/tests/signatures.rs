//! Signatures, mobile and legal footers, banners; and what must not be taken for one.

use super::check;

#[test]
fn signatures_with_a_mark() {
    for signature in [
        "--\nИван Петров\nдиспетчер ООО «Ромашка»\n+7 (495) 000-11-22",
        "-- \nС уважением,\nИван Петров        mailto:ivan@b.test",
        "—\nИван Петров, +7 900 000-11-22",
        "_____________\nИван Петров\nглавный инженер",
        "С уважением,\nИван Петров",
        "Құрметпен,\nНұрлан Ахметов\nЖШС «Логистик»",
        "Хөрмәт белән, Айрат",
        "Ҳурмат билан,\nЖаҳонгир",
        "Saygılarımla,\nMehmet Yılmaz",
        "Z poważaniem,\nKrzysztof Wiśniewski\nTel.: +48 22 555 12 34",
        "З павагай,\nАлесь Кавалёў",
        "Saludos cordiales,\nJosé García",
        "Надіслано з iPhone",
        "Wysłane z iPhone'a",
        "iPhone'umdan gönderildi",
        "Android cihazımdan gönderildi.",
        "Outlook'tan gönderildi",
        "iPhone-dan göndərilib",
        "Von meinem iPhone gesendet",
        "Von meinem Samsung Galaxy Smartphone gesendet.",
        "С/у Иван Петров",
        "С уважением,\nИван Петров\nтел. 8 918 123-45-67, г/н А777АА123",
        "С уважением, Иван Петров",
        "с уважением саша",
        "С ув., Иван",
        "С уважением, служба эксплуатации",
        "С наилучшими пожеланиями,\nМарина\n\nООО «Ромашка» — партнёр Wialon\nг. Казань, ул. Мира, д. 5\nwww.romashka.test",
        "Best regards,\nJohn Smith\nFleet Manager | Acme Ltd\nM: +44 20 7946 0000",
        "Kind regards\n\nJohn",
        "BR,\nJohn",
        "Cheers, Rui",
        "Всего доброго!\nАнна",
        "Regards\nTomasz Wrona",
        "Mit freundlichen Grüßen / Kind regards\nHelena Brandt",
    ] {
        let signature: String = signature
            .lines()
            .map(|line| if line.is_empty() { "\n".into() } else { format!("s|{line}\n") })
            .collect();
        check(&format!("o|Не строится отчёт по КамАЗ 17.\n\n{signature}"));
        check(&format!(
            "o|Не строится отчёт по КамАЗ 17.\n\n{signature}\na|04.03.2024 10:15, Поддержка пишет:\nq|> Что?\n"
        ));
    }
}

#[test]
fn names_without_a_mark() {
    for signature in [
        "Илья",
        "Марина Кольцова",
        "Жанна Игоревна, группа учёта ГСМ",
        "Терехов П.А., отдел диспетчеризации",
        "Главный бухгалтер\nСомова Т.И.",
        "Отдел закупок МУП «Теплосеть»",
        "Директор ООО «Вектор»\nСидоров А.А.",
        "Gareth Pugh | Transport Manager | Welsh Quarry Co\nGPS trackers and telematics",
        "Lerato\nSavannah Trucks (Pty) Ltd",
        "Ирина Вяземская\nРуководитель транспортного отдела\n[cid:image001.png@01DA44AB.0C1F3D20]",
        "Иван Петров\n+7 900 000-11-22\nivan@b.test",
    ] {
        let signature: String = signature.lines().map(|line| format!("s|{line}\n")).collect();
        check(&format!("o|Добрый день!\no|Не строится отчёт по КамАЗ 17.\n\n{signature}"));
        check(&format!("o|Не строится отчёт по КамАЗ 17. Спасибо!\n{signature}"));
    }
}

#[test]
fn who_gives_his_full_name_and_how_to_reach_him_signs_right_below_an_answer() {
    for signature in [
        "Иванов Пётр ООО Вектор +7 912 345-67-89",
        "Иванов П.С. т. 8-912-345-67-89",
        "Иванов Пётр Сергеевич, начальник отдела ООО Вектор, ivanov@vector.test",
        "Пётр Иванов, диспетчер\nООО «Вектор»",
        "John Smith\nFleet manager, Acme Ltd",
    ] {
        let signature: String = signature.lines().map(|line| format!("s|{line}\n")).collect();
        check(&format!("o|1. Хостинг\no|2. Камаз 45\n{signature}"));
    }
    // These may be answers.
    check("o|Wialon Hosting\no|Иванов Пётр\n");
    check("o|Wialon Hosting\no|Иванов Пётр, диспетчер\n");
    check("o|Wialon Hosting\n\no|Водитель Иванов Пётр\n");
    check("o|Создайте пользователя\no|Иванов Пётр ООО Вектор +7 912 345-67-89\n");
}

#[test]
fn a_signature_may_stand_alone_below_a_quote_that_has_been_answered() {
    let quote = "q|> Какой объект?\no|Газель 17\nq|> Поддержка, +7 900 000-22-33\n\n";
    check(&format!(
        "{quote}s|Павел Громов
s|технический специалист
s|Мониторинг Wialon, +7 900 000-11-22
"
    ));
    check(&format!("{quote}o|Заранее спасибо!\ns|Павел\n"));
    // Answers, for all that is known.
    check(
        "q|> Какой объект?\no|Газель 17\nq|> На кого записан?\n\no|Павел Громов\no|механик, +7 900 000-11-22\n",
    );
    check(&format!("{quote}o|Павел\n"));
    check("q|> Кому открыть доступ\n\no|Павел Громов\no|механик, +7 900 000-11-22\n");
}

#[test]
fn lines_that_are_no_signature() {
    for text in [
        "o|Какой объект не виден:\n\no|КамАЗ 17\n",
        "o|Прошу создать пользователей\n\no|Иванов Иван\no|Петров Пётр\n",
        "o|Прошу создать пользователя\n\no|Иванов Иван Иванович\n",
        "o|Добрый день!\n\no|Иванов Иван\n",
        "o|Илья\n",
        "o|Не видно машины.\n\no|Газель Некст\n",
        "o|Не видно машины.\n\no|К123МН 77\n",
        "o|Не видно машины.\n\no|Спасибо!\n",
        "o|Не видно машины, позвоните.\no|+7 900 000-11-22\n",
        "o|Спасибо, жду ответа по К123МН\n",
        "o|Спасибо, и ещё посмотрите Газель 17\n",
        "o|Что делаю:\no|- открываю отчёт\no|- жму Выполнить\no|- пусто\n",
        "o|Офис: г. Казань, ул. Мира, д. 5, геозона не строится.\n",
        "o|Водитель Иванов, тел. 8 900 000-11-22, не виден на карте.\no|Почему?\n",
        "o|С уважением отношусь к вашей работе, но отчёт не строится.\n",
        "o|Best of all would be a new report.\n",
        "o|Отправлено с тарировкой 12 сообщений, пришло 3.\n",
        "o|Приложение на телефоне молчит.\no|Отправлено с iPhone, но письмо не дошло.\n",
        "o|Проблема с объектом\no|--\no|Газель А123ВС\no|--\no|отчёт «Пробег»\n",
        "o|Прошу прислать соглашение о конфиденциальности.\n",
        "o|Der Link wird auf das iPhone nicht gesendet.\n",
        "o|Mails werden nicht gesendet.\n",
        "o|Von meinem iPhone nicht gesendet\n",
        "o|Von meinem Telefon werden SMS doppelt gesendet\n",
        "o|Es wird keine E-Mail gesendet\n",
        "o|Alarme an mein Telefon gesendet\n",
        "o|SMS telefona gönderildi\n",
        "o|SMS telefonumdan gönderildi\n",
        "o|Telefon dün gönderildi\n",
        "o|Mail yanlış adrese gönderildi\n",
        "o|Это сообщение об ошибке появляется при входе.\n",
        "o|Прошу выставить счёт на\n\no|ООО «Вектор»\n",
        "o|Просим сменить контактное лицо\n\no|Сидоров Пётр\no|+7 900 000-11-22\n",
        "o|Таблица такая.\n\no|Объект | Пробег | Отчёт\no|Газель | 100 | 200\n",
        "o|Спасибо, Иван\n",
        "o|Первый отчёт пуст.\no|--\no|Второй отчёт по К123МН 77 тоже.\n",
        "o|Первый отчёт пуст.\n\no|---\n\no|Второй отчёт строится, но без пробега.\n",
        "o|Truck 5 is offline since Monday.\n\no|Wialon Hosting\n\ns|John\n",
        "o|These are offline.\n\no|Platform Nimbus.\ns|John\n",
    ] {
        check(text);
    }
}

#[test]
fn words_under_a_signature_are_heard() {
    check(
        "
o|Не строится отчёт.

s|С уважением,
s|Иван

o|P.S. Объект КамАЗ 17, забыл указать.
",
    );
    check(
        "
o|Не строится отчёт.

s|--
s|Иван Петров
s|диспетчер

o|Да, объект КамАЗ 17.
",
    );
    check(
        "
o|Не строится отчёт.

s|Best regards,
s|John

o|I open Reports, choose the template, press Execute and get nothing.

s|Best regards,
s|John
",
    );
    check(
        "
o|Не строится отчёт.

s|С уважением, Иван
o|У нас и карта с утра белая
",
    );
    check(
        "
o|Не строится отчёт.

s|--
s|Иван
o|Машина К123МН 77 тоже не видна
",
    );
    check(
        "
s|С уважением,
s|Иван
o|Добрый день! Не строится отчёт.
",
    );
}

#[test]
fn mobile_footers() {
    for footer in [
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты Mail",
        "Отправлено из Почты Mail для Android",
        "Отправлено из Яндекс.Почты для мобильных",
        "-- \ns|Отправлено из мобильного приложения Яндекс Почты",
        "Отправлено с моего Samsung Galaxy",
        "Отправлено из Outlook для iOS",
        "Получить Outlook для Android <https://aka.ms/x>",
        "Get Outlook for iOS<https://aka.ms/x>",
        "Sent from my iPhone",
        "Sent from Mail for Windows",
        "Sent from Yahoo Mail on Android",
        "Отправлено с мобильного устройства",
    ] {
        check(&format!("o|Не вижу машину 17\n\ns|{footer}\n"));
        check(&format!(
            "s|{footer}\n\na|4 марта 2024 г., в 10:15, Поддержка <s@b.test> написал(а):\nq|> Что?\n\no|Отвечаю снизу: машина 17.\n"
        ));
    }
}

#[test]
fn legal_footers_and_scanners() {
    for footer in [
        "Настоящее сообщение и любые приложения к нему предназначены исключительно для адресата.",
        "Это электронное сообщение может содержать конфиденциальную информацию.\nd|Если вы получили его по ошибке, удалите его.",
        "This e-mail is confidential. If you are not the intended recipient, please delete it.",
        "This message and any attachments are intended only for the use\nd|of the addressee and may contain privileged information.",
        "CONFIDENTIALITY NOTICE: this message may be privileged.",
        "ВНИМАНИЕ! Это письмо и все вложения являются конфиденциальными.",
        "Virus-free. www.avast.com",
        "Без вирусов. www.avast.ru",
        "This email has been checked for viruses by Avast antivirus software.",
        "Это письмо проверено на вирусы программой Kaspersky.",
        "Please consider the environment before printing this e-mail.",
        "Пожалуйста, подумайте об окружающей среде, прежде чем распечатывать это письмо.",
        "Сэкономьте бумагу, не печатайте это письмо без необходимости.",
        "Проверено Касперским",
        "Не содержит вирусов.\nd|www.avast.ru",
        "__________ Информация NOD32 1.1234 (20261126) __________\n\nd|Это сообщение проверено Антивирусной системой NOD32.",
        "Внимание! Письмо носит конфиденциальный характер.",
        "Отправляя данное письмо, компания не берёт на себя обязательств. Переписка не является офертой.",
    ] {
        check(&format!("o|Не вижу машину 17.\n\nd|{footer}\n"));
        check(&format!(
            "o|Не вижу машину 17.\n\ns|С уважением,\ns|Иван\n\nd|{footer}\n\no|P.S. Wialon Hosting.\n"
        ));
    }
}

#[test]
fn gateway_banners_stand_above() {
    for banner in [
        "[EXTERNAL]",
        "[Внешний отправитель]",
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "Внимание! Письмо от внешнего отправителя. Не открывайте вложения.",
        "You don't often get email from a@b.test. Learn why this is important",
    ] {
        check(&format!("d|{banner}\n\no|Не вижу машину 17.\n"));
    }
}

#[test]
fn premises_and_numbers_of_a_register_stand_in_a_signature() {
    for line in [
        "Unit 4 Crossgate Park",
        "Unit 4, Crossgate Park",
        "UNIT 4 CROSSGATE PARK",
        "Unit 3B",
        "Unit 12-14 Mill Lane",
        "TRN: 100234567800003",
        "VAT No. 310123456700003",
        "VAT registration number 310123456700003",
        "ОГРНИП 304500116000157",
        "ИНН 500100732259, ОГРНИП 304500116000157",
    ] {
        check(&format!(
            "o|The Wialon report does not open.\n\ns|Kind regards,\ns|John Smith\ns|Smith Haulage Ltd\ns|{line}\ns|Leeds LS9 0PS\n"
        ));
        check(&format!(
            "o|The Wialon report does not open.\n\ns|--\ns|John Smith\ns|Smith Haulage Ltd\ns|{line}\n"
        ));
    }
    for line in [
        "Unit 4 is offline since morning",
        "Unit TRK-12",
        "Unit 123 offline",
        "Unit: 4",
        "UNIT 4 OFFLINE",
        "Unit KX19 ABC",
        "352093081234567",
        "IMEI 352093081234567",
        "Машина с имей 352093081234567",
    ] {
        check(&format!("o|The Wialon report does not open.\n\ns|Kind regards,\ns|John Smith\n\no|{line}\n"));
    }
}
