//! What the elements of HTML mean for a text.

use html5ever::LocalName;
use html5ever::tokenizer::Tag;

/// An open element.
pub(super) struct Element {
    pub(super) name: LocalName,
    /// Whether it begins and ends a line.
    pub(super) block: bool,
    /// Whether an empty line stands before and behind it.
    pub(super) spaced: bool,
    pub(super) effect: Effect,
}

/// What an element does to the text in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    Hidden,
    Quote,
    Pre,
    /// A list; `next` is the number of its next item where it is numbered.
    List {
        next: Option<i64>,
    },
    Item,
    Table,
    Row,
    Cell,
    Link {
        href: String,
    },
    /// The list sign that Word writes into the text.
    WordBullet,
}

/// The value of an attribute.
pub(super) fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| attribute.value.to_string())
}

/// The style attribute in lower case without white space.
fn style(tag: &Tag) -> String {
    let style = attribute(tag, "style").unwrap_or_default();
    style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// What the element that `tag` starts does to its text.
pub(super) fn effect(tag: &Tag) -> Effect {
    let name: &str = &tag.name;
    if matches!(
        name,
        "script" | "style" | "title" | "template" | "xml" | "svg" | "select" | "iframe" | "noembed"
    ) {
        return Effect::Hidden;
    }
    let style = style(tag);
    let hides = ["display:none", "mso-hide:all", "visibility:hidden"].iter().any(|rule| style.contains(rule));
    if hides || tag.attrs.iter().any(|attribute| &*attribute.name.local == "hidden") {
        return Effect::Hidden;
    }
    match name {
        // Gmail's indent button makes block quotes without a border: these are the writer's own words.
        "blockquote" if style.contains("border:none") && attribute(tag, "class").is_none() => Effect::None,
        "blockquote" => Effect::Quote,
        "pre" | "listing" | "xmp" | "textarea" => Effect::Pre,
        "ul" | "menu" | "dir" => Effect::List { next: None },
        "ol" => {
            let start = attribute(tag, "start").and_then(|start| start.trim().parse().ok());
            Effect::List { next: Some(start.unwrap_or(1)) }
        }
        "li" => Effect::Item,
        "table" => Effect::Table,
        "tr" => Effect::Row,
        "td" | "th" => Effect::Cell,
        "a" => {
            let wrapped = attribute(tag, "originalsrc").or_else(|| attribute(tag, "href"));
            let href = wrapped.unwrap_or_default().trim().to_owned();
            let is_web = href.len() > 7 && (href.starts_with("http://") || href.starts_with("https://"));
            if is_web { Effect::Link { href } } else { Effect::None }
        }
        _ if style.contains("mso-list:ignore") => Effect::WordBullet,
        _ if style.contains("white-space:pre") => Effect::Pre,
        _ => Effect::None,
    }
}

/// Elements without content and end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements that begin and end a line.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "html"
            | "legend"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
            | "xmp"
    )
}

/// Elements with an empty line before and behind. Outlook's paragraphs are lines: their margin is zero.
pub(super) fn is_spaced(tag: &Tag) -> bool {
    match &*tag.name {
        "p" => {
            let class = attribute(tag, "class").unwrap_or_default();
            let style = style(tag);
            let is_line = class.starts_with("Mso")
                || class.contains("xMso")
                || class.contains("x_Mso")
                || ["margin:0", "margin-bottom:0", "margin-top:0"].iter().any(|rule| style.contains(rule));
            !is_line
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "blockquote" | "pre" | "figure" => {
            true
        }
        _ => false,
    }
}

impl Element {
    /// Whether the start of `next` ends this element, though nothing says so.
    pub(super) fn is_ended_by(&self, next: &str, next_is_block: bool) -> bool {
        let open: &str = &self.name;
        match next {
            "li" => open == "li",
            "tr" => matches!(open, "tr" | "td" | "th"),
            "td" | "th" => matches!(open, "td" | "th"),
            "dt" | "dd" => matches!(open, "dt" | "dd"),
            "a" => open == "a",
            _ => next_is_block && open == "p" && !matches!(next, "caption" | "tbody" | "thead" | "tfoot"),
        }
    }

    /// Whether the start of `next` ends nothing outside this element.
    pub(super) fn is_scope(&self, next: &str) -> bool {
        let open: &str = &self.name;
        match next {
            "li" => matches!(open, "ul" | "ol" | "menu" | "dir" | "td" | "th" | "table"),
            "tr" => open == "table",
            "td" | "th" => matches!(open, "tr" | "table"),
            "dt" | "dd" => open == "dl",
            _ => self.block && open != "p",
        }
    }
}
