//! Runs one scenario; callgrind counts the instructions under [`counted`].

use crosstown_benches::scenarios;

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    match scenarios::named(&name) {
        Some(scenario) => (scenario.run)(&scenario, counted),
        None => scenarios::all().for_each(|scenario| println!("{}", scenario.name)),
    }
}

/// The function that `--toggle-collect` names.
#[inline(never)]
fn counted(run: &mut dyn FnMut()) {
    run();
    std::hint::black_box(());
}
