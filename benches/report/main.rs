//! Runs the measurements and writes `BENCHMARKS.md`.
//!
//! ```text
//! cargo bench -p crosstown-benches                     everything; writes BENCHMARKS.md
//! cargo bench -p crosstown-benches -- counts times     these chapters only; prints them
//! cargo bench -p crosstown-benches -- check            compares counts with counts.toml
//! cargo bench -p crosstown-benches -- accept           writes counts.toml
//! ```

mod baseline;
mod builds;
mod callgrind;
mod counts;
mod machine;
mod ratio;
mod times;

use std::path::Path;
use std::process::ExitCode;

const HEAD: &str = "\
# Benchmarks

Written by `cargo bench -p crosstown-benches`; don't edit. Each figure stands
beside the same for what a user would write by hand, measured in the same run.

Instructions are counted by callgrind on the thread that is named, allocations
by a counting allocator; both repeat. Under valgrind a look at the clock is a
system call, which counts as few instructions as any other.

Times are taken with the sides in turn, round after round: a ratio is the
median over the rounds, its quartiles in brackets.
";

fn main() -> ExitCode {
    // cargo bench adds `--bench`.
    let words: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => report(),
        ["check"] => return baseline::check(),
        ["accept"] => baseline::accept(),
        ref chapters => chapters
            .iter()
            .for_each(|name| println!("{}", chapter(name))),
    }
    ExitCode::SUCCESS
}

fn report() {
    let chapters = ["counts", "times", "builds"].map(chapter);
    let (machine, notes) = (machine::describe(), include_str!("../notes.md"));
    let text = format!("{HEAD}\n{machine}\n{}\n{notes}", chapters.join("\n"));
    let path = root().join("BENCHMARKS.md");
    std::fs::write(&path, text).expect("a writable BENCHMARKS.md");
    println!("wrote {}", path.display());
}

fn chapter(name: &str) -> String {
    eprintln!("chapter {name}");
    match name {
        "counts" => counts::chapter(),
        "times" => times::chapter(""),
        "builds" => builds::chapter(),
        name => times::chapter(name),
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
