//! A small neural network over the same names: what sums and trees cannot say, because it lies in which names come
//! together in a sentence. Each name is a short vector. The vectors of a sentence are added up; the strongest sentence, all
//! sentences together and the mail as a whole go through one more layer. Learned by `make weights`.

use super::weights::{Decision, Table};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// Numbers of a name's vector.
pub const WIDTH: usize = 48;
/// Numbers of the layer behind it.
pub const HIDDEN: usize = 64;
/// What the layer sees of a mail: the strongest of all sentences, all together, the mail as a whole.
pub const VIEW: usize = 3 * WIDTH;
/// What comes out.
const DECISIONS: usize = Decision::ALL.len();

/// How many numbers each part of [`Layers`] has, in the order of its fields and of the file.
const PARTS: [usize; 7] =
    [WIDTH, WIDTH, VIEW * HIDDEN, HIDDEN, HIDDEN * DECISIONS, VIEW * DECISIONS, DECISIONS];
/// How many they have together.
pub const IN_LAYERS: usize = {
    let [sentence, mail, hidden, hidden_start, out, straight, start] = PARTS;
    sentence + mail + hidden + hidden_start + out + straight + start
};

/// The rows of the table of weights that a mail shows.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Those of the mail as a whole.
    pub mail: Vec<usize>,
    /// Those of all sentences, one after the other.
    pub all: Vec<usize>,
    /// The part of each sentence.
    pub sentences: Vec<Range<usize>>,
}

/// The network: the layers, and a vector for each row of the table of weights. It stays where the program has it: most vectors are
/// never needed.
#[derive(Clone, Debug)]
pub(super) struct Network {
    layers: Vec<f32>,
    file: Cow<'static, [u8]>,
}

/// Where the layers begin in the file: behind the key of the table.
const LAYERS_AT: usize = 8;
/// Where the vectors begin.
const VECTORS_AT: usize = LAYERS_AT + 4 * IN_LAYERS;
/// Bytes of a vector: its scale, then a byte for each of its numbers.
const VECTOR: usize = 4 + WIDTH;

static SHIPPED: LazyLock<Option<Arc<Network>>> = LazyLock::new(|| {
    Network::new(Cow::Borrowed(include_bytes!("network.bin")), &Table::shipped()).map(Arc::new)
});

impl Network {
    /// The network of this program.
    pub(super) fn shipped() -> Option<Arc<Self>> {
        SHIPPED.clone()
    }

    /// Reads what [`file`] wrote; none if that was for another table.
    pub(super) fn new(file: Cow<'static, [u8]>, table: &Table) -> Option<Self> {
        let key = u64::from_le_bytes(*file.first_chunk()?);
        let layers = file.get(LAYERS_AT..VECTORS_AT)?.as_chunks().0;
        let layers = layers.iter().copied().map(f32::from_le_bytes).collect();
        (key == table.key() && file.len() == VECTORS_AT + VECTOR * table.len())
            .then_some(Self { layers, file })
    }

    /// A name's scale and vector.
    fn vector(&self, row: usize) -> Option<(f32, &[u8; WIDTH])> {
        let (scale, rest) = self.file.get(VECTORS_AT + row * VECTOR..)?.split_first_chunk()?;
        Some((f32::from_le_bytes(*scale), rest.first_chunk()?))
    }

    /// What the network says for and against each decision, as a logit.
    pub(super) fn say(&self, rows: &Rows) -> [f32; DECISIONS] {
        let layers = Layers::of(&self.layers);
        let mut view = [0.0_f32; VIEW];
        let (sentences, mail) = view.split_at_mut(2 * WIDTH);
        let (strongest, together) = sentences.split_at_mut(WIDTH);
        let of_sentence = share(rows.sentences.len(), SENTENCES);
        for sentence in &rows.sentences {
            let rows = rows.all.get(sentence.clone()).unwrap_or_default();
            let vector = self.sum(rows, layers.sentence, share(rows.len(), NAMES));
            for ((number, strongest), together) in vector.iter().zip(&mut *strongest).zip(&mut *together) {
                *strongest = strongest.max(*number);
                *together += number * of_sentence;
            }
        }
        mail.copy_from_slice(&self.sum(&rows.mail, layers.mail, MAIL_SHARE));

        let mut hidden = [0.0; HIDDEN];
        hidden.copy_from_slice(layers.hidden_start);
        layer(&mut hidden, &view, layers.hidden);
        hidden = hidden.map(|number: f32| number.max(0.0));
        let mut says = [0.0; DECISIONS];
        says.copy_from_slice(layers.start);
        layer(&mut says, &view, layers.straight);
        layer(&mut says, &hidden, layers.out);
        says
    }

    /// The vectors of names added up from `start` on, each `share` of it; never below 0.
    fn sum(&self, rows: &[usize], start: &[f32], share: f32) -> [f32; WIDTH] {
        let mut sum = [0.0; WIDTH];
        for (scale, vector) in rows.iter().filter_map(|row| self.vector(*row)) {
            for (sum, part) in sum.iter_mut().zip(vector) {
                *sum += f32::from(part.cast_signed()) * scale;
            }
        }
        for (sum, start) in sum.iter_mut().zip(start) {
            *sum = (*sum * share + start).max(0.0);
        }
        sum
    }
}

/// Adds to each sum what every number gives it: `weights` has as many for each number as there are sums.
pub fn layer<const N: usize>(sums: &mut [f32; N], numbers: &[f32], weights: &[f32]) {
    for (number, weights) in numbers.iter().zip(weights.as_chunks::<N>().0) {
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum += weight * number;
        }
    }
}

/// The share that each of `count` has in their sum. Many say more than few, by the root of how many they are; beyond `most` they say no
/// more than `most` do, so that a pasted log does not drown a text.
#[must_use]
pub fn share(count: usize, most: u16) -> f32 {
    let count = u16::try_from(count).unwrap_or(u16::MAX).max(1);
    f32::from(count.min(most)).sqrt() / f32::from(count)
}

/// So many names of a sentence count as many.
pub const NAMES: u16 = 400;
/// So many sentences of a mail.
pub const SENTENCES: u16 = 20;
/// The share of each name of the mail as a whole; their number is bounded.
pub const MAIL_SHARE: f32 = 0.2;

/// The layers behind the vectors, as parts of one slice of [`IN_LAYERS`] numbers.
#[derive(Clone, Copy)]
pub struct Layers<'a> {
    /// Where the sum of a sentence begins.
    pub sentence: &'a [f32],
    /// Where the sum of the mail as a whole begins.
    pub mail: &'a [f32],
    /// From each number of the view to the hidden layer.
    pub hidden: &'a [f32],
    /// Where the hidden layer begins.
    pub hidden_start: &'a [f32],
    /// From the hidden layer to what comes out.
    pub out: &'a [f32],
    /// From each number of the view straight to what comes out.
    pub straight: &'a [f32],
    /// Where what comes out begins.
    pub start: &'a [f32],
}

impl<'a> Layers<'a> {
    /// The parts of such a slice.
    #[must_use]
    pub fn of(mut numbers: &'a [f32]) -> Self {
        let [sentence, mail, hidden, hidden_start, out, straight, start] = PARTS.map(|length| {
            let (part, rest) = numbers.split_at(length.min(numbers.len()));
            numbers = rest;
            part
        });
        Self { sentence, mail, hidden, hidden_start, out, straight, start }
    }
}

/// The same parts, to change.
#[must_use]
pub fn parts(mut numbers: &mut [f32]) -> [&mut [f32]; PARTS.len()] {
    PARTS.map(|length| {
        let (part, rest) = std::mem::take(&mut numbers).split_at_mut(length);
        numbers = rest;
        part
    })
}

/// The file of a network: the key of its table, its layers, and the vector of each row of the table.
#[must_use]
pub fn file(table: &str, layers: &[f32], vectors: &[[f32; WIDTH]]) -> Vec<u8> {
    let mut bytes = Table::new(table.to_owned().into()).key().to_le_bytes().to_vec();
    bytes.extend(layers.iter().flat_map(|number| number.to_le_bytes()));
    for vector in vectors {
        let largest = vector.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
        let scale = largest / f32::from(i8::MAX);
        bytes.extend(scale.to_le_bytes());
        #[allow(clippy::cast_possible_truncation, reason = "at most 127 by its scale")]
        let byte = |number: f32| if scale > 0.0 { (number / scale).round() as i8 } else { 0 };
        bytes.extend(vector.map(|number| byte(number).cast_unsigned()));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_network_was_taught_with_the_shipped_table() {
        assert!(Network::shipped().is_some(), "edit neither by hand: `make weights` learns both");
    }

    /// A network that knows three names.
    fn network(change: impl FnOnce([&mut [f32]; PARTS.len()])) -> Network {
        let mut layers = vec![0.0; IN_LAYERS];
        change(parts(&mut layers));
        let vector = |first| std::array::from_fn(|at| if at == 0 { first } else { 0.0 });
        let table = "name\na\t1\nb\t1\nc\t1\n";
        let file = file(table, &layers, &[vector(1.0), vector(-1.0), vector(4.0)]);
        let other = Table::new("name\na\t1\nc\t1\nb\t1\n".into());
        assert!(Network::new(file.clone().into(), &other).is_none(), "it belongs to another table");
        assert!(Network::new(file[..file.len() - 1].to_vec().into(), &Table::new(table.into())).is_none());
        Network::new(file.into(), &Table::new(table.into())).unwrap()
    }

    fn rows() -> Rows {
        Rows { mail: vec![2], all: vec![0, 1, 1, 0, 0, 0, 0], sentences: vec![0..3, 3..7] }
    }

    #[test]
    fn what_is_seen_goes_straight_to_what_comes_out() {
        let says = network(|[_, _, _, _, _, straight, start]| {
            straight[0] = 2.0;
            straight[WIDTH * DECISIONS + 1] = 5.0;
            straight[2 * WIDTH * DECISIONS + 2] = 3.0;
            start[3] = 7.0;
        })
        .say(&rows());
        // The first sentence sums up to less than nothing; the second to four names by half of each.
        let expected = [2.0 * 2.0, 5.0 * 2.0 / 2.0_f32.sqrt(), 3.0 * 4.0 * MAIL_SHARE, 7.0];
        for (says, expected) in says.iter().zip(expected.into_iter().chain(std::iter::repeat(0.0))) {
            assert!((says - expected).abs() < 1e-5, "{says} {expected}");
        }
    }

    #[test]
    fn the_hidden_layer_says_nothing_below_its_start() {
        for (start, expected) in [(-1.0, 3.0), (-3.0, 0.0)] {
            let says = network(|[_, _, hidden, hidden_start, out, _, _]| {
                hidden[0] = 1.0;
                hidden_start[0] = start;
                out[1] = 3.0;
            })
            .say(&rows());
            assert!((says[1] - expected).abs() < 1e-5 && says[0].abs() < 1e-6, "{says:?}");
        }
    }

    #[test]
    fn a_long_mail_says_no_more_than_a_middling_one() {
        let network = network(|[_, _, _, _, _, straight, _]| straight[WIDTH * DECISIONS] = 1.0);
        let says = |sentences| {
            let rows = Rows {
                all: vec![0; sentences],
                sentences: (0..sentences).map(|at| at..at + 1).collect(),
                ..Rows::default()
            };
            network.say(&rows)[0]
        };
        assert!(says(4) > 1.9 * says(1));
        assert!((says(5000) - says(20)).abs() < 1e-3);
    }
}
