//! Feeds a test with made-up input: first with what is in `corpus/<target>`,
//! then for a while with random bytes and with changed pieces of the corpus.
//!
//! It runs on stable Rust as part of `cargo test`, a second for each target, or
//! as many as `CROSSTOWN_FUZZ_SECONDS` says; `run.sh` is for long runs. Input
//! that makes a test panic is kept in the corpus, so that it is tried from then
//! on. It is blind: it does not know what code an input has reached, so the
//! tests turn bytes into scripts and words, most of which mean something.

mod dice;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use arbitrary::{Result, Unstructured};

use dice::Dice;

/// The longest input, in bytes.
const LONGEST: u64 = 400;

/// Calls `test` with one input after another until the time is up.
///
/// An `Err` from `test` means that the bytes were too few for it, no more.
///
/// # Panics
///
/// When `test` does; the input is then in the corpus.
pub fn check(target: &str, test: impl Fn(&mut Unstructured<'_>) -> Result<()>) {
    let corpus = Corpus::read(target);
    for input in &corpus.inputs {
        corpus.try_input(input, &test);
    }
    let seconds = std::env::var("CROSSTOWN_FUZZ_SECONDS");
    let seconds: f64 = seconds.map_or(1.0, |seconds| seconds.parse().expect("a number"));
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let mut dice = Dice::new();
    let mut tried = 0_u64;
    while Instant::now() < until {
        corpus.try_input(&corpus.make(&mut dice), &test);
        tried += 1;
    }
    println!("{target}: {tried} inputs tried");
}

struct Corpus {
    folder: PathBuf,
    inputs: Vec<Vec<u8>>,
}

impl Corpus {
    fn read(target: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let folder = folder.join("corpus").join(target);
        let files = fs::read_dir(&folder).into_iter().flatten().flatten();
        let inputs = files.filter_map(|file| fs::read(file.path()).ok());
        let inputs = inputs.collect();
        Self { folder, inputs }
    }

    /// Calls `test`. Keeps the input if that panics.
    fn try_input(&self, input: &[u8], test: &impl Fn(&mut Unstructured<'_>) -> Result<()>) {
        let tried = catch_unwind(AssertUnwindSafe(|| test(&mut Unstructured::new(input))));
        if let Err(panic) = tried {
            if !self.inputs.iter().any(|known| known == input) {
                let file = self.folder.join(format!("found-{:016x}", hash(input)));
                let kept = fs::create_dir_all(&self.folder).and_then(|()| fs::write(&file, input));
                eprintln!("the input is {input:?}, {kept:?} in {}", file.display());
            }
            resume_unwind(panic);
        }
    }

    /// Makes an input up, half of the time from what is known.
    fn make(&self, dice: &mut Dice) -> Vec<u8> {
        if self.inputs.is_empty() || dice.roll(2) == 0 {
            return dice.bytes(LONGEST);
        }
        let pick = |dice: &mut Dice| &self.inputs[dice.roll(self.inputs.len() as u64) as usize];
        let mut input = pick(dice).clone();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(input.len() as u64 + 1) as usize;
            match dice.roll(4) {
                0 => input.truncate(at),
                1 => input.insert(at, dice.byte()),
                2 => drop(input.splice(at.., pick(dice).iter().copied())),
                _ => {
                    if let Some(byte) = input.get_mut(at) {
                        *byte = dice.byte();
                    }
                }
            }
        }
        input
    }
}

/// FNV-1a, to name files by.
fn hash(input: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    input.iter().fold(0xcbf2_9ce4_8422_2325, step)
}
