//! Testing a status against a set, beside a `match`.

use std::hint::black_box;

use crosstown_runtime::NoGo;
use http::StatusCode;

use super::{Meter, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "no_go/set",
        operations: 900,
        run: |_, meter| run(meter, in_set),
    },
    Scenario {
        name: "no_go/match",
        operations: 900,
        run: |_, meter| run(meter, by_match),
    },
    Scenario {
        name: "no_go/set/mixed",
        operations: 900,
        run: |_, meter| run(meter, in_mixed_set),
    },
    Scenario {
        name: "no_go/match/mixed",
        operations: 900,
        run: |_, meter| run(meter, by_mixed_match),
    },
];

fn run(meter: Meter, test: fn(StatusCode) -> bool) {
    let statuses: Vec<_> = (100..1000).flat_map(StatusCode::from_u16).collect();
    meter(&mut || {
        for status in &statuses {
            black_box(test(*status));
        }
    });
}

static ERRORS: NoGo = NoGo::ERRORS;
static MIXED: NoGo = NoGo::from_ranges(&[(302, 302), (400, 405), (500, 599)]);

#[inline(never)]
fn in_set(status: StatusCode) -> bool {
    ERRORS.contains(status)
}

#[inline(never)]
fn by_match(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400..=599)
}

#[inline(never)]
fn in_mixed_set(status: StatusCode) -> bool {
    MIXED.contains(status)
}

#[inline(never)]
fn by_mixed_match(status: StatusCode) -> bool {
    matches!(status.as_u16(), 302 | 400..=405 | 500..=599)
}
