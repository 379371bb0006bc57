//! HTML to the text a person would read, with quotes as `> ` lines, so that whose words they are can be told from
//! the text alone.
//!
//! Only the tokenizer of html5ever is used: no tree is built, so that no nesting costs more than its bytes.

mod element;
mod page;

use element::{Effect, Element, attribute};
use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use page::Page;
use std::borrow::Cow;
use std::cell::RefCell;

/// Open elements that are kept track of; deeper ones have no effect of their own.
const MAX_OPEN: usize = 256;
/// How far an end tag looks for its start.
const MAX_LOOK_BACK: usize = 32;
/// Attributes of one tag: the tokenizer compares each with all before it.
const MAX_ATTRIBUTES: usize = 200;

/// Renders `html`, at most about `limit` bytes of it. Pictures referenced by Content-ID leave a mark, and their
/// ids go to `references`.
pub(super) fn to_text(html: &str, limit: usize, references: &mut Vec<String>) -> String {
    let sink = Sink(RefCell::new(Renderer::new(limit)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(&*tamed(html)));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let renderer = tokenizer.sink.0.into_inner();
    references.extend(renderer.references);
    renderer.page.finish()
}

/// The same HTML, of which a tag with absurdly many attributes has lost those beyond the limit.
fn tamed(html: &str) -> Cow<'_, str> {
    let mut tame = String::new();
    let mut kept = 0; // up to here everything is in `tame`
    let mut cut = None; // where the attributes of the present tag became too many
    let (mut in_tag, mut quote, mut separators, mut previous) = (false, None, 0, b' ');
    for (at, byte) in html.bytes().enumerate() {
        if !in_tag {
            in_tag = previous == b'<' && (byte.is_ascii_alphabetic() || byte == b'/');
            (quote, separators) = (None, 0);
        } else if quote.is_some() {
            if quote == Some(byte) {
                quote = None;
            }
        } else if byte == b'>' {
            in_tag = false;
            if let Some(cut) = cut.take() {
                tame.push_str(html.get(kept..cut).unwrap_or_default());
                kept = at;
            }
        } else if byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'') {
            if matches!(byte, b'"' | b'\'') && matches!(previous, b'=' | b' ' | b'\n' | b'\t') {
                quote = Some(byte);
            }
            separators += 1;
            if separators == MAX_ATTRIBUTES {
                cut = Some(at);
            }
        }
        previous = byte;
    }
    if kept == 0 && cut.is_none() {
        return Cow::Borrowed(html);
    }
    tame.push_str(html.get(kept..cut.unwrap_or(html.len())).unwrap_or_default());
    Cow::Owned(tame)
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
            let (block, spaced) = (element::is_block(name), element::is_spaced(tag));
            self.begin(block, spaced, &effect);
            self.open.push(Element { name: tag.name.clone(), block, spaced, effect });
        }
        match name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    fn begin(&mut self, block: bool, spaced: bool, effect: &Effect) {
        if self.hidden == 0 && block {
            self.page.end_line();
            if spaced && self.page.list_depth() == 0 {
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
            if shown && element.block {
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
        let block = element::is_block(name);
        let mut close = None;
        for (at, element) in look_back {
            if element.is_ended_by(name, block) {
                close = Some(at);
            }
            if element.is_scope(name) {
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
