//! Teaches the network of `src/request/learned/network.bin`: Adam on the logistic loss of all decisions at once. Names are left out by
//! chance, so that none is relied upon alone; the dice always fall the same.

use super::dice::Dice;
use askback::request::Decision;
use askback::request::network::{
    HIDDEN, IN_LAYERS, Layers, MAIL_SHARE, NAMES, Rows, SENTENCES, VIEW, WIDTH, file, layer, parts, share,
};
use strum::VariantArray as _;

use std::collections::BTreeSet;

/// Every mail is read so often, but for the few that fill no step.
const ROUNDS: usize = 8;
/// So many mails make one step.
const BATCH: usize = 64;
/// How far a step goes at first; the last ones hardly go at all.
const RATE: f32 = 3e-3;
/// How many of the names of a sentence are left out.
const NAMES_OUT: f32 = 0.4;
/// How many of the names of the mail as a whole.
const MAIL_OUT: f32 = 0.2;
/// How many of the numbers of the view.
const VIEW_OUT: f32 = 0.2;
/// How many of those of the hidden layer.
const HIDDEN_OUT: f32 = 0.3;

const DECISIONS: usize = Decision::VARIANTS.len();

/// A mail: the rows of its names, what is so for each decision where it is known, how much it counts.
pub(crate) struct Lesson {
    pub(crate) rows: Rows,
    pub(crate) labels: [Option<bool>; DECISIONS],
    pub(crate) counts: f32,
}

/// The file of a network that knows the names of a table.
pub(crate) fn teach(lessons: &[Lesson], table: &str) -> Vec<u8> {
    let mut dice = Dice::new(0x9e37_79b9_7f4a_7c15);
    let mut numbers = begin(lessons, names(table), &mut dice);
    let mut gradient = vec![0.0; numbers.len()];
    let mut adam = Adam { mean: gradient.clone(), square: gradient.clone(), steps: 0 };
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    let all = ROUNDS * (lessons.len() / BATCH);
    for _ in 0..ROUNDS {
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        for batch in order.as_chunks::<BATCH>().0 {
            for lesson in batch.iter().map(|at| &lessons[*at]) {
                learn(lesson, &numbers, &mut gradient, &mut dice);
            }
            let done = adam.steps as f32 / all as f32;
            let rate = RATE * 0.5 * (1.0 + (std::f32::consts::PI * done).cos());
            adam.step(&mut numbers, &mut gradient, rate);
        }
    }
    let (layers, vectors) = numbers.split_at(IN_LAYERS);
    file(table, layers, vectors.as_chunks::<WIDTH>().0)
}

/// How many names a table has: lines but for the head and the row that every mail has.
pub(crate) fn names(table: &str) -> usize {
    table.lines().count() - 2
}

/// Small numbers by chance, so that no two of the network's parts learn the same. A name that no mail has says nothing.
fn begin(lessons: &[Lesson], names: usize, dice: &mut Dice) -> Vec<f32> {
    let mut numbers = vec![0.0; IN_LAYERS + names * WIDTH];
    let (layers, vectors) = numbers.split_at_mut(IN_LAYERS);
    let [_, _, hidden, _, out, straight, _] = parts(layers);
    let mut fill = |numbers: &mut [f32], size: f32| {
        numbers.iter_mut().for_each(|number| *number = size * dice.normal());
    };
    fill(hidden, 1.0 / (VIEW as f32).sqrt());
    fill(out, 0.1);
    fill(straight, 0.1);
    let taught: BTreeSet<usize> =
        lessons.iter().flat_map(|lesson| lesson.rows.mail.iter().chain(&lesson.rows.all)).copied().collect();
    for name in taught {
        fill(&mut vectors[name * WIDTH..][..WIDTH], 0.1);
    }
    numbers
}

/// Adds what one mail teaches to the gradient.
fn learn(lesson: &Lesson, numbers: &[f32], gradient: &mut [f32], dice: &mut Dice) {
    let (in_layers, vectors) = numbers.split_at(IN_LAYERS);
    let layers = Layers::of(in_layers);
    let sum = |rows: &[usize], start: &[f32], share: f32| -> [f32; WIDTH] {
        let mut sum = [0.0; WIDTH];
        for row in rows {
            add(&mut sum, &vectors[row * WIDTH..][..WIDTH], share);
        }
        add(&mut sum, start, 1.0);
        sum.map(|number| number.max(0.0))
    };

    // What the network says. What is kept counts so much more that the sums stay.
    let sentences: Vec<(Vec<usize>, f32, [f32; WIDTH])> = (lesson.rows.sentences.iter())
        .map(|sentence| {
            let share = share(sentence.len(), NAMES) / (1.0 - NAMES_OUT);
            let rows = dice.some_of(&lesson.rows.all[sentence.clone()], NAMES_OUT);
            let vector = sum(&rows, layers.sentence, share);
            (rows, share, vector)
        })
        .collect();
    let mail = dice.some_of(&lesson.rows.mail, MAIL_OUT);
    let of_name = MAIL_SHARE / (1.0 - MAIL_OUT);
    let mail_vector = sum(&mail, layers.mail, of_name);
    let of_sentence = share(sentences.len(), SENTENCES);
    let mut view = [0.0_f32; VIEW];
    let mut strongest = [usize::MAX; WIDTH];
    for (at, (_, _, vector)) in sentences.iter().enumerate() {
        for number in 0..WIDTH {
            if vector[number] > view[number] {
                view[number] = vector[number];
                strongest[number] = at;
            }
            view[WIDTH + number] += vector[number] * of_sentence;
        }
    }
    view[2 * WIDTH..].copy_from_slice(&mail_vector);
    let view_kept: [f32; VIEW] = dice.kept(VIEW_OUT);
    let hidden_kept: [f32; HIDDEN] = dice.kept(HIDDEN_OUT);
    times(&mut view, &view_kept);
    let mut hidden = [0.0; HIDDEN];
    hidden.copy_from_slice(layers.hidden_start);
    layer(&mut hidden, &view, layers.hidden);
    hidden = hidden.map(|number| number.max(0.0));
    times(&mut hidden, &hidden_kept);
    let mut says = [0.0; DECISIONS];
    says.copy_from_slice(layers.start);
    layer(&mut says, &view, layers.straight);
    layer(&mut says, &hidden, layers.out);

    // How far it is off, and what that comes from.
    let mut errors = [0.0; DECISIONS];
    for ((error, says), (label, decision)) in
        errors.iter_mut().zip(says).zip(lesson.labels.iter().zip(Decision::VARIANTS.iter().copied()))
    {
        if let Some(label) = label.filter(|_| decision != Decision::PlainSteps) {
            let likely = 1.0 / (1.0 + (-says).exp());
            *error = (likely - f32::from(u8::from(label))) * lesson.counts / BATCH as f32;
        }
    }
    let (in_layers, in_vectors) = gradient.split_at_mut(IN_LAYERS);
    let [in_sentence, in_mail, in_hidden, in_hidden_start, in_out, in_straight, in_start] = parts(in_layers);
    add(in_start, &errors, 1.0);
    let mut of_hidden = [0.0; HIDDEN];
    for at in 0..HIDDEN {
        add(&mut in_out[at * DECISIONS..][..DECISIONS], &errors, hidden[at]);
        if hidden[at] > 0.0 {
            of_hidden[at] = dot(&layers.out[at * DECISIONS..][..DECISIONS], &errors) * hidden_kept[at];
        }
    }
    add(in_hidden_start, &of_hidden, 1.0);
    let mut of_view = [0.0; VIEW];
    for at in 0..VIEW {
        add(&mut in_straight[at * DECISIONS..][..DECISIONS], &errors, view[at]);
        add(&mut in_hidden[at * HIDDEN..][..HIDDEN], &of_hidden, view[at]);
        of_view[at] = dot(&layers.straight[at * DECISIONS..][..DECISIONS], &errors)
            + dot(&layers.hidden[at * HIDDEN..][..HIDDEN], &of_hidden);
    }
    times(&mut of_view, &view_kept);
    let mut back = |rows: &[usize], start: &mut [f32], of_vector: &[f32; WIDTH], share: f32| {
        add(start, of_vector, 1.0);
        for row in rows {
            add(&mut in_vectors[row * WIDTH..][..WIDTH], of_vector, share);
        }
    };
    for (at, (rows, share, vector)) in sentences.iter().enumerate() {
        let of_vector = std::array::from_fn(|number| {
            let strongest = if strongest[number] == at { of_view[number] } else { 0.0 };
            if vector[number] > 0.0 { strongest + of_view[WIDTH + number] * of_sentence } else { 0.0 }
        });
        back(rows, in_sentence, &of_vector, *share);
    }
    let of_mail =
        std::array::from_fn(
            |number| if mail_vector[number] > 0.0 { of_view[2 * WIDTH + number] } else { 0.0 },
        );
    back(&mail, in_mail, &of_mail, of_name);
}

fn add(sums: &mut [f32], numbers: &[f32], share: f32) {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum += number * share;
    }
}

fn times(numbers: &mut [f32], by: &[f32]) {
    for (number, by) in numbers.iter_mut().zip(by) {
        *number *= by;
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Adam (Kingma and Ba, 2014): each number goes its own way as far as its gradient is steady.
struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    steps: u16,
}

impl Adam {
    const KEEPS: [f32; 2] = [0.9, 0.99];

    /// Moves all numbers, and empties the gradient.
    fn step(&mut self, numbers: &mut [f32], gradient: &mut [f32], rate: f32) {
        self.steps += 1;
        let [keep_mean, keep_square] = Self::KEEPS;
        let [of_mean, of_square] = Self::KEEPS.map(|keep| 1.0 - keep.powi(i32::from(self.steps)));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((number, slope), (mean, square)) in numbers.iter_mut().zip(gradient).zip(moments) {
            *mean += (1.0 - keep_mean) * (*slope - *mean);
            *square += (1.0 - keep_square) * (*slope * *slope - *square);
            *number -= rate * (*mean / of_mean) / ((*square / of_square).sqrt() + 1e-8);
            *slope = 0.0;
        }
    }
}

impl Dice {
    /// Between 0 and 1.
    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// About as numbers of the normal distribution.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.share()).sum::<f32>() - 6.0
    }

    fn some_of(&mut self, rows: &[usize], out: f32) -> Vec<usize> {
        rows.iter().copied().filter(|_| self.share() >= out).collect()
    }

    /// 0 for what is left out; what is kept is so much larger that the sum stays.
    fn kept<const N: usize>(&mut self, out: f32) -> [f32; N] {
        std::array::from_fn(|_| if self.share() < out { 0.0 } else { 1.0 / (1.0 - out) })
    }
}
