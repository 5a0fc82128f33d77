//! What came of a run.

use std::fmt;

/// What came of the rows of a run, in the order of the kit. Prints as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it says whether the promises were kept"]
pub struct Report {
    promises: Vec<Promise>,
}

/// One row: a promise, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Promise {
    /// `HTTP/1.1` or `HTTP/2`.
    pub protocol: &'static str,
    /// The promise, as a statement.
    pub name: &'static str,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was kept.
    Kept,
    /// It was broken, in this way.
    Broken(String),
    /// The adapter doesn't claim it; it was not tried.
    NotClaimed,
}

impl Report {
    pub(super) fn new(promises: Vec<Promise>) -> Self {
        Self { promises }
    }

    /// Returns whether every promise that is claimed was kept.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.broken().next().is_none()
    }

    /// Returns the rows, in the order of the kit.
    #[must_use]
    pub fn promises(&self) -> &[Promise] {
        &self.promises
    }

    /// Returns the rows of promises that were broken.
    pub fn broken(&self) -> impl Iterator<Item = &Promise> {
        let promises = self.promises.iter();
        promises.filter(|promise| matches!(promise.verdict, Verdict::Broken(_)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for promise in &self.promises {
            let Promise {
                protocol,
                name,
                verdict,
            } = promise;
            match verdict {
                Verdict::Kept => writeln!(f, "kept         {protocol:<9} {name}")?,
                Verdict::NotClaimed => writeln!(f, "not claimed  {protocol:<9} {name}")?,
                Verdict::Broken(what) => writeln!(f, "BROKEN       {protocol:<9} {name}: {what}")?,
            }
        }
        Ok(())
    }
}
