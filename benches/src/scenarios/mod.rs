//! What is counted, each beside the code that a user would write by hand.

mod no_go;
mod register;
mod request;
mod response;
mod stream;

use std::sync::Arc;

/// Runs its argument and counts what it costs on the calling thread.
pub type Meter = fn(&mut dyn FnMut());

/// Something to count, in one process of its own.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// `subject/side`, or `subject/side/variant`.
    pub name: &'static str,
    /// Operations in one run: counts are divided by it.
    pub operations: u64,
    /// Sets up, warms up, and runs the operations under the meter.
    pub run: fn(&Self, Meter),
}

/// Returns every scenario.
pub fn all() -> impl Iterator<Item = Scenario> {
    [
        request::SCENARIOS,
        register::SCENARIOS,
        response::SCENARIOS,
        no_go::SCENARIOS,
        stream::SCENARIOS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Returns the scenario of that name.
#[must_use]
pub fn named(name: &str) -> Option<Scenario> {
    all().find(|scenario| scenario.name == name)
}

/// What tasks capture: a handle that is shared, and some data.
#[derive(Clone)]
struct Captures {
    phone: Arc<str>,
    number: u64,
}

impl Captures {
    fn new() -> Self {
        Self {
            phone: "0.0.0.0:5060".into(),
            number: 7,
        }
    }

    /// What tasks do with them.
    fn work(self) {
        std::hint::black_box((&*self.phone, self.number));
    }
}
