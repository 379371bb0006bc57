use super::*;

fn check(html: &str, expect: &str) {
    assert_eq!(to_text(html, 1 << 20, &mut Vec::new()), expect, "{html}");
}

#[test]
fn blocks_become_lines() {
    check("<div>one</div><div>two<br>three</div>tail", "one\ntwo\nthree\ntail");
    check("<p>one</p>\n<p>two</p>", "one\n\ntwo");
    check(
        "<p class=MsoNormal>one</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>two</p>",
        "one\n\ntwo",
    );
    check("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo");
    check("a<br><br><br><br>b", "a\n\nb");
    check("one<hr>two", "one\n---\ntwo");
    check("<h1>Title</h1>text", "Title\n\ntext");
    check("<p>one<p>two<div>three</div>", "one\n\ntwo\n\nthree");
}

#[test]
fn white_space_collapses_and_entities_are_read() {
    check("  a \n\t b&nbsp;c &lt;d&gt; &laquo;e&raquo; &#8211; &amp;x", "a b c <d> «e» – &x");
    check("<b>a</b> <i>b</i>", "a b");
    check("<span>a</span><span>b</span>", "ab");
    check("<pre>a  b\n\n  c</pre>", "a  b\n\n  c");
    check("so\u{ad}ft&#8203;hyphen", "softhyphen");
}

#[test]
fn what_is_not_shown_is_dropped() {
    check(
        "<html><head><title>T</title><style>p{}</style></head><body>x<script>1<2</script>y</body></html>",
        "xy",
    );
    check("<div style='display:none'>a<div>b</div>c</div>d", "d");
    check("<div><span style=\"DISPLAY: none\">a</div>d", "d");
    check("<p hidden>a<p>b", "b");
    check("<!-- <p>a</p> -->b<!--[if mso]>c<![endif]-->", "b");
    check("<style>never closed", "");
}

#[test]
fn quotes_are_marked_line_by_line() {
    check(
        "own<blockquote>a<br>b<blockquote>c</blockquote></blockquote>own",
        "own\n\n> a\n> b\n>\n> > c\n\nown",
    );
    check("<blockquote type=cite><p>a</p><p>b</p></blockquote>", "> a\n>\n> b");
    check("<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>indented</blockquote>", "indented");
    check(
        "<div class=gmail_quote><div class=gmail_attr>пн, Иван &lt;<a href=\"mailto:i@x\">i@x</a>&gt;:<br></div>\
         <blockquote class=gmail_quote style='border-left:1px #ccc solid'>q</blockquote></div>",
        "пн, Иван <i@x>:\n\n> q",
    );
}

#[test]
fn lists_have_their_signs() {
    check("<ul><li>a<li>b</ul>c", "- a\n- b\n\nc");
    check("<ol><li><p>a</p></li><li>b<ul><li>c</li></ul></li></ol>", "1. a\n2. b\n  - c");
    check("<ol start=3><li>a</li></ol>", "3. a");
    check(
        "<p class=MsoListParagraph><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span>a</p>",
        "- a",
    );
}

#[test]
fn rows_of_two_are_labels_and_values() {
    check(
        "<table><tr><td>Объект</td><td><p>КамАЗ</p></td></tr><tr><td>Отчёт:</td><td>Рейсы</td></tr>\
         <tr><td>Логин</td><td></td></tr></table>",
        "Объект: КамАЗ\nОтчёт: Рейсы\nЛогин:",
    );
    check("<table><tr><th>a<th>b<th>c<tr><td>1<td><td>3</table>", "a | b | c\n1 | 3");
    check("<table><tr><td>Steps</td><td>open<br>press</td></tr></table>", "Steps: open\npress");
    check("<table><tr><td></td><td>only<br>text</td></tr></table>", "only\ntext");
    check(
        "x<table><tr><td><table><tr><td>k</td><td>v</td></tr></table><p>a</p><p>b</p></td></tr></table>y",
        "x\nk: v\n\na\n\nb\n\ny",
    );
}

#[test]
fn links_show_their_address_where_the_text_does_not() {
    check("<a href='https://x.example/a'>отчёт</a>.", "отчёт <https://x.example/a>.");
    check("<a href='https://x.example/'>x.example</a>", "x.example");
    check("<a href='http://www.x.example'>https://x.example/</a>", "https://x.example/");
    check("<a href='mailto:a@b'>a@b</a> <a href='javascript:x'>y</a>", "a@b y");
    check(
        "<a href='https://x.example'><img alt='снимок' src='https://x.example/1'></a>",
        "снимок <https://x.example>",
    );
    check("<a href='https://x.example/s'><img src='https://x.example/1'></a>", "<https://x.example/s>");
}

#[test]
fn pictures_leave_a_mark() {
    let mut references = Vec::new();
    let text =
        to_text("a <img src='cid:one%40x'> b <img alt='смайл' src='https://x'>", 1000, &mut references);
    assert_eq!(text, "a \u{fffc} b смайл");
    assert_eq!(references, ["one@x"]);
}

#[test]
fn an_outlook_reply_header_is_lines() {
    check(
        "<p class=MsoNormal>ответ</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>\
         <p class=MsoNormal><b>От:</b> Поддержка &lt;s@x.example&gt; <br>\n<b>Отправлено:</b> 3 июня 2024 г.<br>\
         <b>Кому:</b> Иван<br><b>Тема:</b> RE: Доступ</p></div><p class=MsoNormal>вопрос</p>",
        "ответ\nОт: Поддержка <s@x.example>\nОтправлено: 3 июня 2024 г.\nКому: Иван\nТема: RE: Доступ\nвопрос",
    );
}

#[test]
fn marks_that_come_from_the_mail_are_dropped() {
    check("a\u{fffc}b&#xfffc;c", "abc");
}

#[test]
fn a_tag_with_too_many_attributes_keeps_the_first() {
    let many: String = (0..500).map(|n| format!("a{n}='>' ")).collect();
    check(&format!("x<p style='display:none' {many}>hidden</p><i title=\"a > b\">y</i>"), "x\n\ny");
    assert!(matches!(tamed("<p class='a b' title=\"it's\">1 < 2</p>"), Cow::Borrowed(_)));
}

#[test]
fn bombs_are_bounded() {
    for bomb in [
        "<div>".repeat(40_000),
        "<blockquote>".repeat(20_000) + &"a<br>".repeat(1000),
        "<table><tr><td>".repeat(12_000),
        "</x>".repeat(40_000),
        format!("<p {}>x", (0..20_000).map(|n| format!("a{n} ")).collect::<String>()),
        format!("<p {}>x", (0..20_000).map(|n| format!("a{n}=\"1\"")).collect::<String>()),
        "<a href=https://x.example>".repeat(10_000),
        "<ul><li>".repeat(10_000) + "x",
        "&amp".repeat(40_000),
        "<!--".repeat(40_000),
        "<".repeat(100_000),
    ] {
        let text = to_text(&bomb, 10_000, &mut Vec::new());
        assert!(text.len() < 400_000, "{} bytes from {:.20}", text.len(), bomb);
    }
}
