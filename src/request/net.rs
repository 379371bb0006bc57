//! A small neural network over the same names: what sums and trees cannot say, because it lies in which names come
//! together in a sentence. Each name is a short vector; the vectors of a sentence are added up, the strongest
//! and the mean sentence and the mail as a whole go through one more layer. Learned by `make weights`.

use super::weights::Decision;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// Numbers of a name's vector.
pub const WIDTH: usize = 48;
/// Numbers of the layer behind it.
pub const HIDDEN: usize = 64;
/// What the layer sees of a mail: the strongest of all sentences, their mean, the mail as a whole.
pub const SEEN: usize = 3 * WIDTH;
/// What comes out.
const DECISIONS: usize = Decision::ALL.len();

/// The numbers of a layer that are no vectors of names, in the order of the file.
pub const LAYERS: [usize; 6] =
    [2 * WIDTH, SEEN * HIDDEN, HIDDEN, HIDDEN * DECISIONS, SEEN * DECISIONS, DECISIONS];

/// The rows of [`super::weights`]' table that a mail shows.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Those of the mail as a whole.
    pub mail: Vec<usize>,
    /// Those of all sentences, one after the other.
    pub all: Vec<usize>,
    /// The part of each sentence.
    pub sentences: Vec<Range<usize>>,
}

/// The network: a vector for each row of the table of weights, and the layers behind them.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    /// A scale for each name, and its vector as parts of that. It stays where the program has it: most of it is never needed.
    vectors: Cow<'static, [u8]>,
    layers: Vec<f32>,
}

/// Bytes of a name's scale and vector.
const VECTOR: usize = 4 + WIDTH;

static SHIPPED: LazyLock<Arc<Net>> =
    LazyLock::new(|| Arc::new(Net::new(Cow::Borrowed(include_bytes!("net.bin")))));

impl Net {
    /// The network of this program.
    pub(super) fn shipped() -> Arc<Self> {
        SHIPPED.clone()
    }

    /// Reads what [`file`] wrote. What is no such file is a network that says nothing.
    pub(super) fn new(file: Cow<'static, [u8]>) -> Self {
        let begin = 4 * LAYERS.iter().sum::<usize>();
        let (layers, vectors) = match file {
            Cow::Borrowed(file) => file
                .split_at_checked(begin)
                .map(|(layers, vectors)| (layers.to_vec(), Cow::Borrowed(vectors))),
            Cow::Owned(mut file) => (file.len() >= begin).then(|| {
                let vectors = file.split_off(begin);
                (file, Cow::Owned(vectors))
            }),
        }
        .unwrap_or_default();
        let layers = layers.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect();
        Self { vectors, layers }
    }

    /// A name's scale and vector.
    fn vector(&self, row: usize) -> Option<(f32, &[u8; WIDTH])> {
        let bytes = self.vectors.get(row * VECTOR..)?;
        let (scale, rest) = bytes.split_first_chunk()?;
        Some((f32::from_le_bytes(*scale), rest.first_chunk()?))
    }

    /// What the network adds to the sum of each decision.
    pub(super) fn say(&self, rows: &Rows) -> [f32; DECISIONS] {
        let mut says = [0.0; DECISIONS];
        let Some(layers) = Layers::of(&self.layers) else { return says };
        let mut seen = [0.0_f32; SEEN];
        let (sentences, mail) = seen.split_at_mut(2 * WIDTH);
        let (strongest, mean) = sentences.split_at_mut(WIDTH);
        for sentence in &rows.sentences {
            let rows = rows.all.get(sentence.clone()).unwrap_or_default();
            let vector = self.sum(rows, layers.sentence, share(rows.len()));
            for ((number, strongest), mean) in vector.iter().zip(&mut *strongest).zip(&mut *mean) {
                *strongest = strongest.max(*number);
                *mean += number;
            }
        }
        let sentences = share(rows.sentences.len());
        mean.iter_mut().for_each(|number| *number *= sentences);
        mail.copy_from_slice(&self.sum(&rows.mail, layers.mail, MAIL_SHARE));

        let mut hidden = [0.0; HIDDEN];
        hidden.copy_from_slice(layers.hidden_start);
        layer(&mut hidden, &seen, layers.hidden);
        hidden = hidden.map(|number: f32| number.max(0.0));
        says.copy_from_slice(layers.start);
        layer(&mut says, &seen, layers.straight);
        layer(&mut says, &hidden, layers.out);
        says
    }

    /// The vectors of names added up from `start` on, each `share` of it; never below 0.
    fn sum(&self, rows: &[usize], start: &[f32], share: f32) -> [f32; WIDTH] {
        let mut sum = [0.0; WIDTH];
        for row in rows {
            let Some((scale, vector)) = self.vector(*row) else { continue };
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

/// The share of each of so many: long sentences say more than short ones, but not as much more as they are longer.
#[must_use]
pub fn share(count: usize) -> f32 {
    #[allow(clippy::cast_precision_loss, reason = "counts of names and sentences are small")]
    let count = count as f32;
    1.0 / (count + 1.0).sqrt()
}

/// The share of each name of the mail as a whole.
pub const MAIL_SHARE: f32 = 0.2;

/// The layers behind the vectors, as parts of one slice.
#[derive(Clone, Copy)]
pub struct Layers<'a> {
    /// Where the sum of a sentence begins.
    pub sentence: &'a [f32],
    /// Where the sum of the mail as a whole begins.
    pub mail: &'a [f32],
    /// From each number seen to the hidden layer.
    pub hidden: &'a [f32],
    /// Where the hidden layer begins.
    pub hidden_start: &'a [f32],
    /// From the hidden layer to what comes out.
    pub out: &'a [f32],
    /// From each number seen straight to what comes out.
    pub straight: &'a [f32],
    /// Where what comes out begins.
    pub start: &'a [f32],
}

impl<'a> Layers<'a> {
    /// The parts of so many numbers as [`LAYERS`] says; none if there are fewer.
    #[must_use]
    pub fn of(numbers: &'a [f32]) -> Option<Self> {
        let mut rest = numbers;
        let mut parts = LAYERS.map(|length| {
            let (part, after) = rest.split_at_checked(length).unwrap_or_default();
            rest = after;
            part
        });
        let [starts, hidden, hidden_start, out, straight, start] = std::mem::take(&mut parts);
        let (sentence, mail) = starts.split_at_checked(WIDTH)?;
        (start.len() == DECISIONS).then_some(Self {
            sentence,
            mail,
            hidden,
            hidden_start,
            out,
            straight,
            start,
        })
    }
}

/// The file of a network: its layers, then the vector of each row of the table of weights.
#[must_use]
pub fn file(layers: &[f32], vectors: &[[f32; WIDTH]]) -> Vec<u8> {
    let mut bytes: Vec<u8> = layers.iter().flat_map(|number| number.to_le_bytes()).collect();
    for vector in vectors {
        let largest = vector.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
        let scale = largest / f32::from(i8::MAX);
        bytes.extend(scale.to_le_bytes());
        #[allow(clippy::cast_possible_truncation, reason = "at most 127 by its scale")]
        bytes.extend(
            vector.map(|number| if scale > 0.0 { (number / scale).round() as i8 } else { 0 }.cast_unsigned()),
        );
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::weights::Table;
    use super::*;

    #[test]
    fn every_name_of_the_table_has_a_vector() {
        assert_eq!(Net::shipped().vectors.len(), Table::shipped().len() * VECTOR);
    }

    #[test]
    fn a_network_says_what_its_numbers_say() {
        let mut layers = vec![0.0; LAYERS.iter().sum()];
        // What is seen first of the strongest sentence goes straight to the first decision, of the mail to the second.
        let straight = LAYERS[..4].iter().sum::<usize>();
        layers[straight] = 2.0;
        layers[straight + 2 * WIDTH * DECISIONS + 1] = 3.0;
        let vector = |first| std::array::from_fn(|at| if at == 0 { first } else { 0.0 });
        let net = Net::new(Cow::Owned(file(&layers, &[vector(1.0), vector(-1.0), vector(4.0)])));
        let rows = Rows { mail: vec![2], all: vec![0, 1, 1, 0, 0, 0], sentences: vec![0..3, 3..6] };
        let says = net.say(&rows);
        assert!((says[0] - 2.0 * 3.0 / 2.0).abs() < 1e-5, "{says:?}");
        assert!((says[1] - 3.0 * 4.0 * MAIL_SHARE).abs() < 1e-5, "{says:?}");
        assert!(says[2..].iter().all(|number| number.abs() < 1e-6), "{says:?}");
        assert!(Net::new(Cow::Borrowed(b"no network")).say(&rows).iter().all(|number| number.abs() < 1e-6));
    }
}
