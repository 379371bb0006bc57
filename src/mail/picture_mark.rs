//! Where the pictures of a text stand: a mark in the text while it is put together, an offset when it is done.

use std::collections::HashMap;

/// Stands for a picture (U+FFFC OBJECT REPLACEMENT CHARACTER); taken out of everything that comes from mails.
pub(super) const MARK: char = '\u{fffc}';

/// The finished text and where in it each picture was.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) text: String,
    /// Content-ID or file name to the byte behind which the picture stands.
    pub(super) offsets: HashMap<String, usize>,
}

/// Takes the marks out. `references` are the Content-IDs or file names of the pictures in the order of their marks. A
/// line of nothing but pictures goes, its quote signs with it.
pub(super) fn take_out(marked: String, references: &[String]) -> Placed {
    // Nearly all texts have no mark, nor any character that begins with this byte as the mark does.
    if !marked.as_bytes().contains(&0xef) {
        return Placed { text: marked, offsets: HashMap::new() };
    }
    let mut placed = Placed::default();
    let mut next = references.iter();
    for line in marked.split_inclusive('\n') {
        let start = placed.text.len();
        let mut pictures = 0;
        for (nth, piece) in line.split(MARK).enumerate() {
            if nth > 0 {
                pictures += 1;
                if let Some(reference) = next.next() {
                    placed.offsets.entry(reference.clone()).or_insert(placed.text.len());
                }
            }
            placed.text.push_str(piece);
        }
        let bare = |c: char| c.is_whitespace() || c == '>';
        if pictures > 0 && placed.text.get(start..).is_some_and(|line| line.chars().all(bare)) {
            placed.text.truncate(start);
            for offset in placed.offsets.values_mut() {
                *offset = (*offset).min(start);
            }
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_offsets() {
        let references = ["one".to_owned(), "two".to_owned(), "three".to_owned()];
        let placed = take_out("см. \u{fffc}выше\n> \u{fffc}\nИван\n\u{fffc}".to_owned(), &references);
        assert_eq!(placed.text, "см. выше\nИван\n");
        assert_eq!(placed.offsets["one"], "см. ".len());
        assert_eq!(placed.offsets["two"], "см. выше\n".len());
        assert_eq!(placed.offsets["three"], placed.text.len());
    }
}
