//! HTML to the text a person would read, with quotes as `> ` lines, so that whose words they are can be told from
//! the text alone.
//!
//! Only the tokenizer of html5ever is used: no tree is built, so that no nesting costs more than its bytes.

mod element;
mod page;

use super::picture_mark::MARK;
use element::{Effect, Element, attribute};
use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use page::Page;
use std::cell::RefCell;

/// Open elements that are kept track of; deeper ones have no effect of their own.
const MAX_OPEN: usize = 256;
/// How far an end tag looks for its start.
const MAX_LOOK_BACK: usize = 64;
/// Attributes of one tag: the tokenizer compares each with all before it.
const MAX_ATTRIBUTES: usize = 200;

/// Renders `html`, at most about `limit` bytes of it. Pictures referenced by Content-ID leave a [`MARK`], and their
/// ids go to `references`.
pub(super) fn to_text(html: &str, limit: usize, references: &mut Vec<String>) -> String {
    let sink = Sink(RefCell::new(Renderer::new(limit)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(tamed(html).as_str()));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let renderer = tokenizer.sink.0.into_inner();
    references.extend(renderer.references);
    renderer.page.finish()
}

/// The same HTML without the attributes of a tag that has absurdly many of them, and without what would be taken for
/// our marks.
fn tamed(html: &str) -> String {
    let mut tame = String::with_capacity(html.len());
    let mut in_tag = false;
    let mut quote = None;
    let mut separators = 0;
    let mut previous = ' ';
    for c in html.chars() {
        if !in_tag {
            if previous == '<' && (c.is_ascii_alphabetic() || c == '/') {
                (in_tag, quote, separators) = (true, None, 0);
            }
        } else if let Some(open) = quote {
            if c == open {
                quote = None;
            }
        } else if c == '>' {
            in_tag = false;
        } else {
            if matches!(c, '"' | '\'') && matches!(previous, '=' | ' ' | '\n' | '\t') {
                quote = Some(c);
            }
            separators += usize::from(c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''));
        }
        previous = c;
        if (!in_tag || separators <= MAX_ATTRIBUTES) && c != MARK {
            tame.push(c);
        }
    }
    tame
}

struct Sink(RefCell<Renderer>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut renderer = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => return renderer.start(&tag),
                TagKind::EndTag => renderer.end(&tag.name),
            },
            Token::CharacterTokens(text) => renderer.text(&text),
            Token::EOFToken => renderer.close_to(0),
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

struct Renderer {
    page: Page,
    open: Vec<Element>,
    /// How many open elements hide what is in them.
    hidden: usize,
    references: Vec<String>,
}

impl Renderer {
    fn new(limit: usize) -> Self {
        Self { page: Page::new(limit), open: Vec::new(), hidden: 0, references: Vec::new() }
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        let is_bullet = self.open.iter().rev().take(4).any(|element| element.effect == Effect::WordBullet);
        match text.trim() {
            // Word writes list signs as letters of symbol fonts.
            "·" | "§" | "o" | "Ø" | "v" | "ü" | "\u{f0b7}" | "\u{f0a7}" if is_bullet => {
                self.page.text("- ")
            }
            _ => self.page.text(text),
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        self.close_implied(name);
        if self.hidden == 0 {
            match name {
                "br" => self.page.line_break(),
                "hr" => self.page.rule(),
                "img" => self.picture(tag),
                _ => {}
            }
        }
        if !element::is_void(name) && self.open.len() < MAX_OPEN {
            let effect = element::effect(tag);
            self.begin(tag, &effect);
            self.open.push(Element { name: tag.name.clone(), spaced: element::is_spaced(tag), effect });
        }
        match name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    fn begin(&mut self, tag: &Tag, effect: &Effect) {
        if self.hidden == 0 && element::is_block(&tag.name) {
            self.page.end_line();
            if element::is_spaced(tag) && self.page.list_depth() == 0 {
                self.page.want_blank();
            }
        }
        match effect {
            Effect::Hidden => self.hidden += 1,
            Effect::Quote => self.page.quote(true),
            Effect::Pre => self.page.preformatted(true),
            Effect::List { next } => self.page.begin_list(*next),
            Effect::Table => self.page.begin_table(),
            Effect::Row => self.page.begin_row(),
            Effect::Cell => self.page.begin_cell(),
            Effect::Item => self.page.begin_item(),
            Effect::Link { href } => self.page.begin_link(href.clone()),
            Effect::WordBullet | Effect::None => {}
        }
    }

    fn end(&mut self, name: &str) {
        if name == "br" && self.hidden == 0 {
            self.page.line_break();
            return;
        }
        let found = self.open.iter().rev().take(MAX_LOOK_BACK).position(|element| &*element.name == name);
        if let Some(above) = found {
            self.close_to(self.open.len() - above - 1);
        }
    }

    /// Closes open elements until `length` of them are left.
    fn close_to(&mut self, length: usize) {
        while self.open.len() > length {
            let Some(element) = self.open.pop() else { return };
            let shown = self.hidden == 0;
            if shown && matches!(element.effect, Effect::Link { .. }) {
                self.page.end_link();
            }
            if shown && element::is_block(&element.name) {
                self.page.end_line();
            }
            match element.effect {
                Effect::Hidden => self.hidden -= 1,
                Effect::Quote => self.page.quote(false),
                Effect::Pre => self.page.preformatted(false),
                Effect::List { .. } => self.page.end_list(),
                Effect::Table => self.page.end_table(),
                Effect::Row => self.page.end_row(),
                Effect::Link { .. } if !shown => self.page.end_link(),
                Effect::Cell | Effect::Item | Effect::Link { .. } | Effect::WordBullet | Effect::None => {}
            }
            if shown && element.spaced && self.page.list_depth() == 0 {
                self.page.want_blank();
            }
        }
    }

    /// Closes the elements that a start tag ends without saying so (`<li>` the `<li>` before it, a block a `<p>`).
    fn close_implied(&mut self, name: &str) {
        let look_back = self.open.iter().enumerate().rev().take(MAX_LOOK_BACK);
        let mut close = None;
        for (at, element) in look_back {
            let open: &str = &element.name;
            if element::is_ended_by(open, name) {
                close = Some(at);
            }
            if element::is_scope(open, name) {
                break;
            }
        }
        if let Some(at) = close {
            self.close_to(at);
        }
    }

    fn picture(&mut self, tag: &Tag) {
        if let Some(id) =
            attribute(tag, "src").and_then(|src| src.trim().strip_prefix("cid:").map(str::to_owned))
        {
            self.references.push(id.replace("%40", "@"));
            self.page.mark();
        }
        if let Some(alt) = attribute(tag, "alt").filter(|alt| !alt.trim().is_empty()) {
            self.page.text(&alt);
        }
    }
}

#[cfg(test)]
mod tests;
