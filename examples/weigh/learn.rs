//! Learns how much names weigh: one logistic regression with an elastic net, by accelerated proximal gradient descent.

/// How strongly weights are held down: the penalty on the sum of weights, and on the sum of their squares.
#[derive(Clone, Copy)]
pub(crate) struct Strength {
    pub(crate) sparse: f64,
    pub(crate) small: f64,
}

const ROUNDS: usize = 250;

/// A mail as one decision sees it: the columns of its names, whether it is so, how much it counts.
pub(crate) type Known = (Vec<u32>, f64, f64);

/// The weights of all names, and that of every mail: accelerated proximal gradient descent.
pub(crate) fn learn(known: &[Known], columns: usize, strength: Strength) -> (Vec<f64>, f64) {
    let mut step = 0.05;
    let mut weights = vec![0.0; columns + 1];
    let mut ahead = weights.clone();
    let mut momentum = 1.0_f64;
    for _ in 0..ROUNDS {
        let (loss, gradient) = slope(known, &ahead, strength.small);
        // A step that is too long for the curvature here is halved until it is not.
        let next = loop {
            let next: Vec<f64> = ahead
                .iter()
                .zip(&gradient)
                .enumerate()
                .map(|(at, (weight, slope))| {
                    let moved = weight - step * slope;
                    if at == columns {
                        moved
                    } else {
                        moved.signum() * (moved.abs() - step * strength.sparse).max(0.0)
                    }
                })
                .collect();
            let moved = || next.iter().zip(&ahead).map(|(new, old)| new - old);
            let bound = loss
                + moved().zip(&gradient).map(|(way, slope)| way * slope).sum::<f64>()
                + moved().map(|way| way * way).sum::<f64>() / (2.0 * step);
            if slope(known, &next, strength.small).0 <= bound + 1e-9 {
                break next;
            }
            step /= 2.0;
        };
        let faster = f64::midpoint(1.0, (1.0 + 4.0 * momentum * momentum).sqrt());
        let carry = (momentum - 1.0) / faster;
        momentum = faster;
        ahead = next.iter().zip(&weights).map(|(new, old)| new + carry * (new - old)).collect();
        weights = next;
    }
    let always = weights.pop().unwrap_or_default();
    (weights, always)
}

/// The loss without the penalty on the sum of weights, and its gradient. The last weight is that of every mail.
fn slope(known: &[Known], weights: &[f64], small: f64) -> (f64, Vec<f64>) {
    let always = weights.len() - 1;
    let mut gradient: Vec<f64> = weights.iter().map(|weight| small * weight).collect();
    gradient[always] = 0.0;
    let mut loss = weights[..always].iter().map(|weight| small * weight * weight / 2.0).sum::<f64>();
    for (names, label, counts) in known {
        let sum = weights[always] + names.iter().map(|name| weights[*name as usize]).sum::<f64>();
        loss +=
            counts * (if sum > 0.0 { sum + (-sum).exp().ln_1p() } else { sum.exp().ln_1p() } - label * sum);
        let error = counts * (1.0 / (1.0 + (-sum).exp()) - label);
        gradient[always] += error;
        for name in names {
            gradient[*name as usize] += error;
        }
    }
    (loss, gradient)
}
