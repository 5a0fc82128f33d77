//! Sides that run in turn, and how they compare.

use std::fmt;

/// A median and its quartiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    low: f64,
    high: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            median: quantile(&values, 0.5),
            low: quantile(&values, 0.25),
            high: quantile(&values, 0.75),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, low, high } = self;
        write!(f, "{median:.3} [{low:.3}, {high:.3}]")
    }
}

/// Returns a quantile of values in rising order.
pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * q).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

/// One of the sides to compare.
pub(crate) type Side<'a> = Box<dyn FnMut() -> f64 + 'a>;

/// Runs the sides in turn for some rounds, and returns what each measured.
///
/// What a side finds depends on what ran before it, such as caches and threads
/// that are asleep. So the order is a balanced Latin square (E. J. Williams,
/// 1949): over as many rounds as there are sides, or twice as many where those
/// are odd, each side has each place and follows each other as often as any.
pub(crate) fn in_turn<const N: usize>(rounds: usize, mut sides: [Side<'_>; N]) -> [Vec<f64>; N] {
    let mut measured = [const { Vec::new() }; N];
    for round in 0..rounds {
        for place in 0..N {
            let side = side_at(round, place, N);
            measured[side].push(sides[side]());
        }
    }
    measured
}

/// Which of `sides` has this place in this round.
fn side_at(round: usize, place: usize, sides: usize) -> usize {
    // 0, 1, -1, 2, -2, …: neighbours differ by each number once.
    let step = place.div_ceil(2);
    let offset = if place % 2 == 1 { step } else { sides - step };
    // A square of an odd size is balanced together with its mirror image.
    let mirrored = sides % 2 == 1 && round / sides % 2 == 1;
    let offset = if mirrored {
        sides - offset % sides
    } else {
        offset
    };
    (round + offset) % sides
}

/// Compares two sides, round by round.
pub(crate) fn ratio(side: &[f64], other: &[f64]) -> Spread {
    Spread::of(
        side.iter()
            .zip(other)
            .map(|(side, other)| side / other)
            .collect(),
    )
}

/// Says whether a target is met.
pub(crate) fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}
