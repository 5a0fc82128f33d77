//! Feeds a test with made-up input: first with what is in `corpus/<target>`,
//! then for a while with random bytes and with changed pieces of the corpus.
//!
//! It runs on stable Rust as part of `cargo test`, a second for each target, or
//! as many as `CROSSTOWN_FUZZ_SECONDS` says; `run.sh` is for long runs. Input
//! that makes a test panic is kept in the corpus, so that it is tried from then
//! on. It does not know what code an input has reached, so the tests turn bytes
//! into scripts and words, most of which mean something, and say themselves what
//! came of it, by [`reached`]: what nothing reached before is built upon.

mod dice;

use std::cell::RefCell;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use arbitrary::{Result, Unstructured};

use dice::Dice;

/// The longest input, in bytes.
const LONGEST: u64 = 400;

thread_local! {
    /// What the input at hand has reached.
    static REACHED: RefCell<HashSet<String>> = RefCell::default();
}

/// Says what the input at hand has led to: a kind of answer, not the answer.
pub fn reached(what: impl Into<String>) {
    REACHED.with_borrow_mut(|reached| reached.insert(what.into()));
}

/// Calls `test` with one input after another until the time is up.
///
/// An `Err` from `test` means that the bytes were too few for it, no more. Where
/// `CROSSTOWN_FUZZ_KEEP` is set, inputs that reach something new stay in the
/// corpus.
///
/// # Panics
///
/// When `test` does; the input is then in the corpus.
pub fn check(target: &str, test: impl Fn(&mut Unstructured<'_>) -> Result<()>) {
    let mut corpus = Corpus::read(target);
    let mut known = HashSet::new();
    for input in &corpus.inputs {
        known.extend(corpus.try_input(input, &test));
    }
    let seconds = std::env::var("CROSSTOWN_FUZZ_SECONDS");
    let seconds: f64 = seconds.map_or(1.0, |seconds| seconds.parse().expect("a number"));
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let mut dice = Dice::new();
    let mut tried = 0_u64;
    while Instant::now() < until {
        let input = corpus.make(&mut dice);
        tried += 1;
        let reached = corpus.try_input(&input, &test);
        if !reached.is_subset(&known) {
            let new: Vec<_> = reached.difference(&known).cloned().collect();
            corpus.add(corpus.shortened(input, &new, &test));
            known.extend(reached);
        }
    }
    println!(
        "{target}: {tried} inputs tried, {} kinds of answers",
        known.len()
    );
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

    /// Calls `test`. Returns what that has reached; keeps the input if it panics.
    fn try_input(
        &self,
        input: &[u8],
        test: &impl Fn(&mut Unstructured<'_>) -> Result<()>,
    ) -> HashSet<String> {
        REACHED.take();
        let tried = catch_unwind(AssertUnwindSafe(|| test(&mut Unstructured::new(input))));
        if let Err(panic) = tried {
            if !self.inputs.iter().any(|known| known == input) {
                let kept = self.keep("found", input);
                eprintln!("the input is {input:?}, {kept:?}");
            }
            resume_unwind(panic);
        }
        REACHED.take()
    }

    fn keep(&self, why: &str, input: &[u8]) -> io::Result<PathBuf> {
        let file = self.folder.join(format!("{why}-{:016x}", hash(input)));
        fs::create_dir_all(&self.folder)?;
        fs::write(&file, input)?;
        Ok(file)
    }

    /// The shortest beginning of `input` that reaches `what`.
    fn shortened(
        &self,
        input: Vec<u8>,
        what: &[String],
        test: &impl Fn(&mut Unstructured<'_>) -> Result<()>,
    ) -> Vec<u8> {
        let mut beginnings = (0..input.len()).map(|length| &input[..length]);
        let shortest = beginnings.find(|beginning| {
            let reached = self.try_input(beginning, test);
            what.iter().all(|what| reached.contains(what))
        });
        shortest.map_or_else(|| input.clone(), <[u8]>::to_vec)
    }

    fn add(&mut self, input: Vec<u8>) {
        if std::env::var_os("CROSSTOWN_FUZZ_KEEP").is_some() {
            self.keep("reached", &input).expect("a writable corpus");
        }
        self.inputs.push(input);
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
