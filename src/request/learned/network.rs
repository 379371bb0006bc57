//! A small neural network over the same names: what sums and trees cannot say, because it lies in which names come
//! together in a sentence. Each name is a short vector. The vectors of a sentence are added up; the strongest sentence, all
//! sentences together and the mail as a whole go through one more layer. Learned by `make weights`.

use super::weights::{Decision, Table};
use std::ops::Range;
use strum::VariantArray as _;

/// Numbers of a name's vector.
pub const WIDTH: usize = 48;
/// Numbers of the layer behind it.
pub const HIDDEN: usize = 64;
/// What the layer sees of a mail: the strongest of all sentences, all together, the mail as a whole.
pub const VIEW: usize = 3 * WIDTH;
/// What comes out.
const DECISIONS: usize = Decision::VARIANTS.len();

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

/// What a name says to the network: numbers from -127 to 127, and what one of them is.
#[derive(Clone, Debug)]
pub(crate) struct Vector {
    scale: f32,
    numbers: [i8; WIDTH],
}

impl Vector {
    /// Of a name that says nothing.
    pub(crate) const NOTHING: Self = Self { scale: 0.0, numbers: [0; WIDTH] };

    fn read(bytes: &[u8; VECTOR]) -> Self {
        let (scale, numbers) = bytes.split_first_chunk().unwrap_or((&[0; 4], &[]));
        let mut vector = Self { scale: f32::from_le_bytes(*scale), ..Self::NOTHING };
        for (number, byte) in vector.numbers.iter_mut().zip(numbers) {
            *number = byte.cast_signed();
        }
        vector
    }
}

/// The network but for the vectors of names, which are in the table of weights.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    layers: Vec<f32>,
}

/// Where the layers begin in the file: behind the key of the table.
const LAYERS_AT: usize = 8;
/// Where the vectors begin.
const VECTORS_AT: usize = LAYERS_AT + 4 * IN_LAYERS;
/// Bytes of a vector: its scale, then a byte for each of its numbers.
const VECTOR: usize = 4 + WIDTH;

impl Network {
    /// Reads what [`file()`] wrote, with the vectors of all rows; none if that was for another table than that of this key and so many
    /// rows.
    pub(crate) fn new(file: &[u8], table: u64, rows: usize) -> Option<(Self, impl Iterator<Item = Vector>)> {
        let key = u64::from_le_bytes(*file.first_chunk()?);
        let layers = file.get(LAYERS_AT..VECTORS_AT)?.as_chunks().0;
        let layers = layers.iter().copied().map(f32::from_le_bytes).collect();
        let (vectors, rest) = file.get(VECTORS_AT..)?.as_chunks();
        let fits = key == table && vectors.len() == rows && rest.is_empty();
        fits.then(|| (Self { layers }, vectors.iter().map(Vector::read)))
    }

    /// What the network says for and against each decision, as a logit.
    pub(crate) fn say<'v>(
        &self,
        rows: &Rows,
        vector: impl Fn(usize) -> Option<&'v Vector>,
    ) -> [f32; DECISIONS] {
        let layers = Layers::of(&self.layers);
        let mut view = [0.0_f32; VIEW];
        let (sentences, mail) = view.split_at_mut(2 * WIDTH);
        let (strongest, together) = sentences.split_at_mut(WIDTH);
        let of_sentence = share(rows.sentences.len(), SENTENCES);
        for sentence in &rows.sentences {
            let rows = rows.all.get(sentence.clone()).unwrap_or_default();
            let of_names =
                sum(rows.iter().filter_map(|row| vector(*row)), layers.sentence, share(rows.len(), NAMES));
            for ((number, strongest), together) in of_names.iter().zip(&mut *strongest).zip(&mut *together) {
                *strongest = strongest.max(*number);
                *together += number * of_sentence;
            }
        }
        mail.copy_from_slice(&sum(rows.mail.iter().filter_map(|row| vector(*row)), layers.mail, MAIL_SHARE));

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
}

/// Vectors added up from `start` on, each `share` of it; never below 0.
fn sum<'v>(vectors: impl Iterator<Item = &'v Vector>, start: &[f32], share: f32) -> [f32; WIDTH] {
    let mut sum = [0.0; WIDTH];
    for Vector { scale, numbers } in vectors {
        for (sum, number) in sum.iter_mut().zip(numbers) {
            *sum += f32::from(*number) * scale;
        }
    }
    for (sum, start) in sum.iter_mut().zip(start) {
        *sum = (*sum * share + start).max(0.0);
    }
    sum
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
    let mut bytes = Table::new(table.to_owned().into(), &[]).key().to_le_bytes().to_vec();
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

    /// A network that knows three names.
    fn network(change: impl FnOnce([&mut [f32]; PARTS.len()])) -> Table {
        let mut layers = vec![0.0; IN_LAYERS];
        change(parts(&mut layers));
        let vector = |first| std::array::from_fn(|at| if at == 0 { first } else { 0.0 });
        let table = "name\na\t1\nb\t1\nc\t1\n";
        let file = file(table, &layers, &[vector(1.0), vector(-1.0), vector(4.0)]);
        let says = |table: &'static str, file: &[u8]| Table::new(table.into(), file).says(&rows()).is_some();
        assert!(!says("name\na\t1\nc\t1\nb\t1\n", &file), "it belongs to another table");
        assert!(!says(table, &file[..file.len() - 1]));
        Table::new(table.into(), &file)
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
        .says(&rows())
        .unwrap();
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
            .says(&rows())
            .unwrap();
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
            network.says(&rows).unwrap()[0]
        };
        assert!(says(4) > 1.9 * says(1));
        assert!((says(5000) - says(20)).abs() < 1e-3);
    }
}
