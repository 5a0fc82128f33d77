//! Counts that must not grow: `counts.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::counts::{self, Counts};

/// By how much a count may grow.
const SLACK: f64 = 1.05;

const HEAD: &str = "\
# What each operation costs: [instructions, allocations]; of a request, what it
# costs more than without the crate. A change that raises one by more than 5 %
# fails `benches/check-counts`; one that does so for a good reason, or lowers
# them, takes the new counts over:
#     cargo bench -p crosstown-benches -- accept
";

fn path() -> PathBuf {
    crate::root().join("benches/counts.toml")
}

/// Whether a scenario's count is the crate's own, and repeats. Not so: the code
/// by hand, which is other people's, what the pool's threads change meanwhile,
/// and HTTP/2, whose tables are hashed with a seed.
fn is_held(name: &str) -> bool {
    let others = ["by_hand", "/match", "idle", "pool", "100000", "http2"];
    !others.iter().any(|part| name.contains(part))
}

/// A whole request is mostly hyper's and axum's; what is held is the rest.
const REQUESTS: [(&str, &str); 4] = [
    ("request_http1/serve", "request_http1/by_hand"),
    ("request_http1/serve/same_thread", "request_http1/by_hand"),
    ("request_http1/serve/async", "request_http1/by_hand"),
    ("request_http1/layer", "request_http1/idle_layer"),
];

fn measure() -> Option<Counts> {
    let is_beside = |name: &str| REQUESTS.iter().any(|(_, beside)| *beside == name);
    let Some(mut counts) = counts::count(|name| is_held(name) || is_beside(name)) else {
        println!("counts skipped: there is no valgrind here");
        return None;
    };
    for (ours, beside) in REQUESTS {
        let beside = counts[beside];
        let ours = counts.get_mut(ours)?;
        ours.instructions -= beside.instructions;
        ours.allocations -= beside.allocations;
    }
    counts.retain(|name, _| is_held(name));
    Some(counts)
}

pub(crate) fn accept() {
    let Some(counts) = measure() else { return };
    let mut text = HEAD.to_owned();
    for (name, count) in counts {
        let line = format!("[{:.1}, {:.3}]", count.instructions, count.allocations);
        writeln!(text, "\"{name}\" = {line}").expect("a string takes all");
    }
    fs::write(path(), text).expect("a writable counts.toml");
}

pub(crate) fn check() -> ExitCode {
    let Some(counts) = measure() else {
        return ExitCode::SUCCESS;
    };
    let baseline = read();
    let mut worse = false;
    for (name, count) in counts {
        let Some([instructions, allocations]) = baseline.get(name).copied() else {
            println!("{name}: not in counts.toml; take it over with `-- accept`");
            worse = true;
            continue;
        };
        for (what, is, was) in [
            ("instructions", count.instructions, instructions),
            ("allocations", count.allocations, allocations),
        ] {
            // Half an instruction, or a thousandth of an allocation, is rounding.
            if is > was * SLACK + if what == "instructions" { 0.5 } else { 0.001 } {
                println!("{name}: {is:.3} {what}, was {was:.3}");
                worse = true;
            }
        }
    }
    if worse {
        return ExitCode::FAILURE;
    }
    println!("counts are within 5 % of counts.toml");
    ExitCode::SUCCESS
}

fn read() -> BTreeMap<String, [f64; 2]> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    let entries = text.lines().filter_map(|line| {
        let (name, counts) = line.strip_prefix('"')?.split_once("\" = [")?;
        let (instructions, allocations) = counts.strip_suffix(']')?.split_once(", ")?;
        Some((
            name.to_owned(),
            [instructions.parse().ok()?, allocations.parse().ok()?],
        ))
    });
    entries.collect()
}
