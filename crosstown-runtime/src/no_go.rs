//! Sets of status codes: the responses that nothing shall follow.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use http::StatusCode;

/// The smallest code that [`StatusCode`] can hold.
const MIN: u16 = 100;
/// The largest code that [`StatusCode`] can hold.
const MAX: u16 = 999;
/// Enough words for one bit per code from 0 to 1023: the code is the index,
/// so a test is one load and one mask, without a subtraction.
const WORDS: usize = 16;

/// A set of status codes for which a task does not run.
///
/// The default stops on client and server errors, `4xx` and `5xx`. The set is
/// a bitset of constant size; testing a status costs one load and one mask.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::NoGo;
/// use http::StatusCode;
///
/// let errors = NoGo::default();
/// assert!(errors.contains(StatusCode::NOT_FOUND));
/// assert!(!errors.contains(StatusCode::ACCEPTED));
///
/// let mine: NoGo = "5xx, 400-405, 302".parse()?;
/// assert!(mine.contains(StatusCode::FOUND));
/// assert!(mine.contains(StatusCode::METHOD_NOT_ALLOWED));
/// assert!(!mine.contains(StatusCode::NOT_ACCEPTABLE));
/// # Ok::<(), crosstown_runtime::NoGoError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoGo {
    words: [u64; WORDS],
}

impl NoGo {
    /// The empty set: the task runs whatever the status.
    pub const NONE: Self = Self { words: [0; WORDS] };

    /// Client and server errors, `4xx` and `5xx`: the default.
    pub const ERRORS: Self = Self::from_ranges(&[(400, 599)]);

    /// Returns the set of all codes in `ranges`, both ends included.
    ///
    /// Parts of a range outside 100 to 999 are left out, since no response can
    /// have them. Usable in constants.
    ///
    /// ```
    /// use crosstown_runtime::NoGo;
    ///
    /// const MINE: NoGo = NoGo::from_ranges(&[(302, 302), (500, 599)]);
    /// assert_eq!(MINE, "302, 5xx".parse().unwrap());
    /// ```
    #[must_use]
    pub const fn from_ranges(ranges: &[(u16, u16)]) -> Self {
        let mut set = Self::NONE;
        let mut i = 0;
        while i < ranges.len() {
            set = set.with_range(ranges[i]);
            i += 1;
        }
        set
    }

    const fn with_range(mut self, (first, last): (u16, u16)) -> Self {
        let mut code = if first < MIN { MIN } else { first };
        while code <= last && code <= MAX {
            self.words[(code >> 6) as usize] |= 1 << (code & 63);
            code += 1;
        }
        self
    }

    /// Returns whether a response with this status stops the task.
    #[must_use]
    #[inline]
    pub const fn contains(&self, status: StatusCode) -> bool {
        self.contains_code(status.as_u16())
    }

    #[inline]
    const fn contains_code(&self, code: u16) -> bool {
        // The mask changes no code below 1024; it shows the compiler that the
        // index is in bounds.
        let word = self.words[(code >> 6) as usize & (WORDS - 1)];
        word & (1 << (code & 63)) != 0
    }

    /// The set's codes as maximal ranges in rising order.
    fn ranges(&self) -> impl Iterator<Item = (u16, u16)> {
        let mut next = MIN;
        std::iter::from_fn(move || {
            let first = (next..=MAX).find(|code| self.contains_code(*code))?;
            let last = (first..=MAX)
                .take_while(|code| self.contains_code(*code))
                .last()?;
            next = last + 1;
            Some((first, last))
        })
    }
}

/// `4xx` and `5xx`: [`NoGo::ERRORS`].
impl Default for NoGo {
    fn default() -> Self {
        Self::ERRORS
    }
}

/// The set of these codes, each for itself.
impl FromIterator<StatusCode> for NoGo {
    fn from_iter<I: IntoIterator<Item = StatusCode>>(codes: I) -> Self {
        let codes = codes.into_iter().map(|code| code.as_u16());
        codes.fold(Self::NONE, |set, code| set.with_range((code, code)))
    }
}

/// Prints the form that [`FromStr`] reads, in rising order.
impl fmt::Display for NoGo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.ranges().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            match (first, last) {
                (first, last) if first == last => write!(f, "{first}")?,
                (first, last) if first % 100 == 0 && last == first + 99 => {
                    write!(f, "{}xx", first / 100)?;
                }
                (first, last) => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for NoGo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoGo({self})")
    }
}

/// Reads a list such as `5xx, 400-405, 302`: classes, inclusive ranges and
/// codes, separated by commas. White space around a part is passed over.
///
/// # Errors
///
/// A [`NoGoError`] that names the part at fault, for anything else, the empty
/// string included (for the empty set write [`NoGo::NONE`]).
impl FromStr for NoGo {
    type Err = NoGoError;

    fn from_str(text: &str) -> Result<Self, NoGoError> {
        text.split(',').try_fold(Self::NONE, |set, part| {
            Ok(set.with_range(parse_part(part.trim())?))
        })
    }
}

fn parse_part(part: &str) -> Result<(u16, u16), NoGoError> {
    if let Some(class) = part.strip_suffix("xx") {
        return parse_class(class).ok_or_else(|| NoGoError::new(Fault::Part, part));
    }
    let Some((first, last)) = part.split_once('-') else {
        let code = parse_code(part)?;
        return Ok((code, code));
    };
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() || last.is_empty() {
        return Err(NoGoError::new(Fault::Part, part));
    }
    let (first, last) = (parse_code(first)?, parse_code(last)?);
    if first > last {
        return Err(NoGoError::new(Fault::Reversed(first, last), part));
    }
    Ok((first, last))
}

fn parse_class(class: &str) -> Option<(u16, u16)> {
    match class.as_bytes() {
        [digit @ b'1'..=b'9'] => {
            let first = u16::from(digit - b'0') * 100;
            Some((first, first + 99))
        }
        _ => None,
    }
}

fn parse_code(text: &str) -> Result<u16, NoGoError> {
    let fault = |fault| NoGoError::new(fault, text);
    if text.is_empty() {
        return Err(fault(Fault::Empty));
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault(Fault::Part));
    }
    match text.parse() {
        Ok(code @ MIN..=MAX) => Ok(code),
        _ => Err(fault(Fault::OutOfRange)),
    }
}

/// What is wrong with a text that shall become a [`NoGo`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoGoError {
    fault: Fault,
    part: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Empty,
    Part,
    OutOfRange,
    Reversed(u16, u16),
}

impl NoGoError {
    fn new(fault: Fault, part: &str) -> Self {
        Self {
            fault,
            part: part.into(),
        }
    }

    /// The part of the text that is at fault.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part
    }
}

impl fmt::Display for NoGoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = &self.part;
        match self.fault {
            Fault::Empty => f.write_str(
                "empty status; write a class, a range or a code: `5xx`, `400-405`, `302`",
            ),
            Fault::Part => write!(
                f,
                "`{part}` is not a status; write a class, a range or a code: `5xx`, `400-405`, `302`"
            ),
            Fault::OutOfRange => write!(f, "status {part} is out of range; write 100 to 999"),
            Fault::Reversed(first, last) => {
                write!(f, "range `{part}` is empty; write `{last}-{first}`")
            }
        }
    }
}

impl Error for NoGoError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(set: NoGo) -> Vec<u16> {
        (MIN..=MAX)
            .filter(|code| set.contains_code(*code))
            .collect()
    }

    #[test]
    fn the_default_holds_exactly_the_error_classes() {
        assert_eq!(codes(NoGo::default()), (400..=599).collect::<Vec<_>>());
    }

    #[test]
    fn every_code_is_in_its_own_set_alone() {
        for code in MIN..=MAX {
            assert_eq!(codes(NoGo::from_ranges(&[(code, code)])), [code]);
        }
    }

    #[test]
    fn a_set_of_codes_holds_them_and_no_others() {
        let codes = [StatusCode::FOUND, StatusCode::OK, StatusCode::FOUND];
        assert_eq!(NoGo::from_iter(codes).to_string(), "200, 302");
        assert_eq!(NoGo::from_iter([]), NoGo::NONE);
    }

    #[test]
    fn ranges_outside_of_the_possible_codes_are_left_out() {
        assert_eq!(NoGo::from_ranges(&[(0, 99), (1000, u16::MAX)]), NoGo::NONE);
        assert_eq!(codes(NoGo::from_ranges(&[(0, u16::MAX)])).len(), 900);
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same_set() {
        for text in ["5xx", "400-405", "302", "1xx, 302, 400-405, 9xx"] {
            let set: NoGo = text.parse().unwrap();
            assert_eq!(set.to_string(), text);
            assert_eq!(set.to_string().parse::<NoGo>().unwrap(), set);
        }
    }

    /// The table that the attribute's tests read too.
    const TABLE: &str = include_str!("../../tests/fixtures/no_go_grammar.txt");

    fn unquoted(text: &str) -> &str {
        text.trim().trim_matches('"')
    }

    #[test]
    fn the_table_of_accepted_and_refused_texts_holds() {
        let lines = TABLE.lines().filter(|line| line.contains(" => "));
        let mut seen = 0;
        for line in lines.filter(|line| !line.starts_with('#')) {
            seen += 1;
            let (text, result) = line.split_once(" => ").unwrap();
            if let Some(text) = text.strip_prefix("ok ") {
                let set: NoGo = unquoted(text).parse().expect(line);
                let ranges = set.ranges().map(|(first, last)| format!("{first}-{last}"));
                assert_eq!(ranges.collect::<Vec<_>>().join(" "), result, "{line}");
            } else {
                let text = unquoted(text.strip_prefix("bad ").expect(line));
                let error = text.parse::<NoGo>().expect_err(line);
                assert_eq!(error.part(), unquoted(result), "{line}: {error}");
            }
        }
        assert!(seen > 40, "the table has {seen} lines");
    }

    #[test]
    fn a_number_too_long_to_read_is_out_of_range() {
        let long = "9".repeat(100);
        assert_eq!(long.parse::<NoGo>().unwrap_err().part(), long);
    }

    #[test]
    fn a_reversed_range_is_answered_with_the_right_one() {
        let error = "405-400".parse::<NoGo>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "range `405-400` is empty; write `400-405`"
        );
    }
}
