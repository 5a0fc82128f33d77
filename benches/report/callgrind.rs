//! What callgrind has counted.

/// The instructions of a profile.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Profile {
    pub(crate) instructions: f64,
    /// Those of the functions of glibc's allocator.
    pub(crate) allocator: f64,
}

const ALLOCATOR: [&str; 10] = [
    "malloc",
    "calloc",
    "realloc",
    "free",
    "_int_",
    "_mid_memalign",
    "posix_memalign",
    "unlink_chunk",
    "sysmalloc",
    "systrim",
];

impl Profile {
    /// Reads the text of a profile (valgrind's manual, "Callgrind Format
    /// Specification"): names are written out once and numbered, a cost stands at the
    /// end of its line, and that of a call on the line after `calls=`.
    pub(crate) fn read(text: &str) -> Self {
        let (mut profile, mut names) = (Self::default(), Vec::new());
        let (mut is_allocator, mut is_of_call) = (false, false);
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("fn=(") {
                is_allocator = is_named(name, &mut names);
            } else if let Some(name) = line.strip_prefix("cfn=(") {
                is_named(name, &mut names);
            } else if line.starts_with("calls=") {
                is_of_call = true;
            } else if line
                .starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first))
                && !std::mem::take(&mut is_of_call)
            {
                let cost = line.rsplit(' ').next().and_then(|cost| cost.parse().ok());
                let cost: f64 = cost.expect("a cost");
                profile.instructions += cost;
                if is_allocator {
                    profile.allocator += cost;
                }
            }
        }
        profile
    }
}

/// Whether a function, by its number and perhaps its name, is the allocator's.
fn is_named(name: &str, known: &mut Vec<bool>) -> bool {
    let (number, name) = name.split_once(')').expect("a number");
    let number: usize = number.parse().expect("a number");
    known.resize(known.len().max(number + 1), false);
    if let Some(name) = name.strip_prefix(' ') {
        known[number] = ALLOCATOR.iter().any(|start| name.starts_with(start));
    }
    known[number]
}
