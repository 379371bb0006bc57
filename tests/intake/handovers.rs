//! Agents who forward a client's mail with words of their own above it, by the mail programs that do not say outright that it
//! is a forward; and agents' replies that look alike.

use super::*;
use askback::request::{self, Field};

const AGENT: &str = "engineers@m2mail.ru";
const CLIENT: &str = "ryumina@avtobaza5.test";
const WORDS: &str = "В Wialon Hosting с утра не строится отчёт по поездкам: открываю вкладку Отчёты, жму Выполнить, вместо \
                     таблицы пустая страница.";
const TO_US: &str = "To: support@m2mail.ru\r\n";

/// An agent's mail: `subject` and the other headers, the media type of its body, the body with `\n`.
fn from_agent(subject: &str, headers: &str, kind: &str, body: &str) -> String {
    format!(
        "From: Олег <{AGENT}>\r\nMessage-ID: <f1@m2mail.ru>\r\n{headers}Subject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: {kind}; charset=utf-8\r\n\r\n{}\r\n",
        body.replace('\n', "\r\n")
    )
}

/// What Outlook in Russian writes: the agent's words, the header block of a mail from `author`, that mail.
fn outlook(above: &str, author: &str) -> String {
    format!(
        "{above}\n\nОт: Светлана Рюмина <{author}>\nОтправлено: 26 ноября 2026 г. 15:02\nКому: {AGENT}\nТема: Не строится \
         отчёт\n\n{WORDS}"
    )
}

fn forwards() -> Vec<(&'static str, &'static str, String)> {
    let apple = |marks: &str, marker: &str, header: &str| {
        let lines = format!("{header}\n\n{WORDS}");
        let lines: Vec<String> =
            lines.lines().map(|line| format!("{marks}{line}").trim_end().to_owned()).collect();
        format!("Прошу завести.\n\n{marker}\n{}\n", lines.join("\n"))
    };
    let russian = format!(
        "\nОт: Светлана Рюмина <{CLIENT}>\nТема: Не строится отчёт\nДата: 26 ноября 2026 г. в 15:02:00 GMT+3\nКому: {AGENT}"
    );
    let english = format!(
        "\nFrom: Светлана Рюмина <{CLIENT}>\nSubject: Report\nDate: 26 November 2026 at 15:02:00 GMT+3\nTo: {AGENT}"
    );
    let (begin, начало) = ("Begin forwarded message:", "Начало переадресованного сообщения:");
    let plain = "text/plain";
    vec![
        ("Outlook", plain, outlook("Прошу завести.", CLIENT)),
        (
            "Outlook in English",
            plain,
            format!(
                "Прошу завести.\n\nFrom: Светлана Рюмина <{CLIENT}>\nSent: Thursday, November 26, 2026 3:02 PM\nTo: {AGENT}\n\
                 Subject: Report\n\n{WORDS}"
            ),
        ),
        (
            "Outlook in HTML",
            "text/html",
            format!(
                "<div class=\"WordSection1\"><p class=\"MsoNormal\">Прошу завести.</p><p class=\"MsoNormal\">&nbsp;</p><div><div \
                 style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\"><p class=\"MsoNormal\"><b>От:</b> \
                 Светлана Рюмина &lt;{CLIENT}&gt; <br><b>Отправлено:</b> 26 ноября 2026 г. 15:02<br><b>Кому:</b> {AGENT}<br>\
                 <b>Тема:</b> Не строится отчёт</p></div></div><p class=\"MsoNormal\">&nbsp;</p><p class=\"MsoNormal\">{WORDS}\
                 </p></div>"
            ),
        ),
        ("Apple Mail", plain, apple("> ", &format!("> {начало}"), &russian)),
        ("Apple Mail, header quoted", plain, apple("> ", начало, &russian)),
        ("Apple Mail, nothing quoted", plain, apple("", начало, &russian)),
        ("Apple Mail in English", plain, apple("> ", &format!("> {begin}"), &english)),
        ("Apple Mail in English, header quoted", plain, apple("> ", begin, &english)),
        ("Apple Mail in English, nothing quoted", plain, apple("", begin, &english)),
        (
            "Apple Mail in HTML",
            "text/html",
            format!(
                "<div>Прошу завести.<br><div><br><blockquote type=\"cite\"><div>{начало}</div><br><div><b>От: </b>Светлана Рюмина \
                 &lt;<a href=\"mailto:{CLIENT}\">{CLIENT}</a>&gt;<br></div><div><b>Тема: </b><b>Не строится отчёт</b><br></div>\
                 <div><b>Дата: </b>26 ноября 2026 г. в 15:02:00 GMT+3<br></div><div><b>Кому: </b>{AGENT}<br></div><br>\
                 <div>{WORDS}</div></blockquote></div></div>"
            ),
        ),
    ]
}

impl Office {
    /// What agents are shown of ticket 1, white space made one; whether the mail names the product and the steps.
    fn shown(&self) -> (String, bool) {
        let messages = self.store.read_now(|reader| reader.messages(TicketId(1))).unwrap();
        let (message, fields) = &messages[0];
        let present = |field| fields.get(field).state == request::State::Present;
        let words = message.own_text.split_whitespace().filter(|word| *word != ">").collect::<Vec<_>>();
        (words.join(" "), present(Field::Product) && present(Field::Steps))
    }
}

#[tokio::test]
async fn a_forward_with_words_above_it_is_the_client_s_by_any_mail_program() {
    let mut wrong = Vec::new();
    let forwards = forwards();
    for (program, kind, body) in &forwards {
        let mut office = Office::new().await;
        let row = office.receive(&from_agent("FW: Не строится отчёт", TO_US, kind, body)).await;
        let ticket = office.ticket(1);
        let found = (row.ticket, ticket.state, ticket.client.as_str(), ticket.client_name.as_str());
        let (shown, understood) = office.shown();
        if found != (Some(TicketId(1)), State::Open, CLIENT, "Светлана Рюмина")
            || shown != format!("Прошу завести. {WORDS}")
            || !understood
            || !office.letters().is_empty()
        {
            wrong.push(format!("{program}: {found:?} {shown}; understood: {understood}; {}", row.why));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(forwards.len(), 10);
}

#[tokio::test]
async fn the_subject_or_missing_references_say_that_it_is_a_forward() {
    let body = outlook("Звонила трижды, машины стоят.", CLIENT);
    let refers = format!("{TO_US}In-Reply-To: <c1@avtobaza5.test>\r\nReferences: <c1@avtobaza5.test>\r\n");
    for (subject, headers, client) in [
        ("Fwd: Не строится отчёт", &*refers, CLIENT),
        ("Пересл.: Не строится отчёт", &refers, CLIENT),
        ("Перес: Не строится отчёт", &refers, CLIENT),
        ("FW: Re: Не строится отчёт", TO_US, CLIENT),
        ("Не строится отчёт", TO_US, CLIENT),
        // A reply, whatever stands below.
        ("Re: Не строится отчёт", &refers, AGENT),
        ("Re: FW: Не строится отчёт", TO_US, AGENT),
        ("Не строится отчёт", &refers, AGENT),
    ] {
        let mut office = Office::new().await;
        let row = office.receive(&from_agent(subject, headers, "text/plain", &body)).await;
        assert_eq!(office.ticket(1).client.as_str(), client, "{subject}; {headers}; {}", row.why);
        assert!(office.letters().iter().all(|letter| letter.to.as_str() != CLIENT), "{subject}");
    }
}

#[tokio::test]
async fn a_forward_of_our_own_words_hands_nothing_over() {
    for author in [AGENT, "support@m2mail.ru", "olga"] {
        let mut office = Office::new().await;
        let body = outlook("Прошу завести.", author);
        let row = office.receive(&from_agent("FW: Не строится отчёт", TO_US, "text/plain", &body)).await;
        assert_eq!(office.ticket(1).client.as_str(), AGENT, "{author}; {}", row.why);
    }
}

/// What an agent writes to the client is an answer, however it begins.
#[tokio::test]
async fn an_answer_to_the_client_with_support_in_copy_hands_nothing_over() {
    let headers = format!(
        "To: {CLIENT}\r\nCc: support@m2mail.ru\r\nIn-Reply-To: <c1@avtobaza5.test>\r\nReferences: <c1@avtobaza5.test>\r\n"
    );
    for (subject, above) in [
        ("RE: Не строится отчёт", "Светлана, пересоздали шаблон отчёта, теперь он строится."),
        ("RE: Не строится отчёт", "Проверьте, пожалуйста."),
        ("RE: Не строится отчёт", "Ответ ниже."),
        ("FW: Не строится отчёт", "Светлана, пересоздали шаблон отчёта, теперь он строится."),
    ] {
        let mut office = Office::new().await;
        let row = office.receive(&from_agent(subject, &headers, "text/plain", &outlook(above, CLIENT))).await;
        let ticket = office.ticket(1);
        assert_eq!((ticket.client.as_str(), ticket.state), (CLIENT, State::Answered), "{above}; {}", row.why);
    }
}

#[tokio::test]
async fn a_mail_that_belongs_to_a_ticket_opens_no_other() {
    for subject in ["Re: Report", "FW: Report", "Report"] {
        let mut office = Office::new().await;
        office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
        let headers = format!("{TO_US}In-Reply-To: <m1@alfa.test>\r\n");
        let body = outlook("Займусь завтра с утра.", "ivan@alfa.test");
        let row = office.receive(&from_agent(subject, &headers, "text/plain", &body)).await;
        assert_eq!(row.ticket, Some(TicketId(1)), "{subject}; {}", row.why);
        assert_eq!(
            office
                .store
                .read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>())
                .unwrap()
                .len(),
            1,
            "{subject}"
        );
        let messages = office.store.read_now(|reader| reader.messages(TicketId(1))).unwrap();
        assert_eq!(
            messages[1].0.own_text.trim(),
            "Займусь завтра с утра.",
            "{subject}: a note is the agent's"
        );
    }
}
