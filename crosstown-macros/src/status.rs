//! The grammar of `no_go`: classes, ranges and codes of response statuses.

use std::fmt;

/// An inclusive range of status codes within 100–999.
pub(crate) type Range = (u16, u16);

/// What is wrong with a text that should name statuses.
///
/// Each fault holds the part at fault, since a part of a string literal can't
/// be underlined.
#[derive(Debug, PartialEq)]
pub(crate) enum Fault {
    /// Nothing between two commas, or nothing at all.
    Empty,
    /// A code that no status has.
    OutOfRange(String),
    /// A class other than `1xx` to `9xx`.
    NoSuchClass(String),
    /// Something like a class; the right form follows.
    Misspelt(String, String),
    /// A range whose end lies before its start, and the same turned round.
    Backwards(String, String),
    /// A range with a side missing.
    OneSided(String),
    /// A range with a class for a side, and the range that was meant.
    ClassInRange(String, String),
    /// Nothing that this grammar knows.
    NotAStatus(String),
}

impl Fault {
    /// The part of the text that is at fault.
    pub(crate) fn part(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::OutOfRange(part)
            | Self::NoSuchClass(part)
            | Self::Misspelt(part, _)
            | Self::Backwards(part, _)
            | Self::OneSided(part)
            | Self::ClassInRange(part, _)
            | Self::NotAStatus(part) => part,
        }
    }

    /// States the fault and its cure; `text` is the whole string.
    pub(crate) fn explain(&self, text: &str) -> String {
        let place = Place {
            text,
            part: self.part(),
        };
        match self {
            Self::Empty if text.trim().is_empty() => {
                "an empty string names no status; write \"5xx\", \"400-405\" or \"404\"".into()
            }
            Self::Empty => format!("in \"{text}\", nothing stands between two commas; remove one"),
            Self::OutOfRange(code) => format!("status {code} is out of range; write 100 to 999"),
            Self::NoSuchClass(_) => {
                format!("{place} is no class of statuses; write \"1xx\" to \"9xx\"")
            }
            Self::Misspelt(_, right) => format!("{place} is not a class; write \"{right}\""),
            Self::Backwards(range, right) => {
                format!("range \"{range}\" is empty; write \"{right}\"")
            }
            Self::OneSided(range) => {
                format!("range \"{range}\" lacks one side; write both, as in \"400-405\"")
            }
            Self::ClassInRange(_, right) => {
                format!("{place} mixes classes and ranges; write \"{right}\"")
            }
            Self::NotAStatus(_) => format!("{place} is not a status code; write three digits"),
        }
    }
}

/// Quotes a part, and the text around it unless the part is all of it.
struct Place<'a> {
    text: &'a str,
    part: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text == self.part {
            write!(f, "\"{}\"", self.part)
        } else {
            write!(f, "in \"{}\", `{}`", self.text, self.part)
        }
    }
}

/// Reads a list such as `5xx, 400-405, 404`, merged and in order.
pub(crate) fn parse(text: &str) -> Result<Vec<Range>, Fault> {
    let ranges: Result<Vec<_>, _> = text
        .split(',')
        .map(|piece| parse_piece(piece.trim()))
        .collect();
    ranges.map(merge)
}

/// Checks a status code that was written as a number.
pub(crate) fn check_code(digits: &str) -> Result<u16, Fault> {
    match digits.parse() {
        Ok(code @ 100..=999) => Ok(code),
        _ => Err(Fault::OutOfRange(digits.into())),
    }
}

/// Sorts ranges and joins those that overlap or touch.
pub(crate) fn merge(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match merged.last_mut() {
            Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
            _ => merged.push((low, high)),
        }
    }
    merged
}

fn parse_piece(piece: &str) -> Result<Range, Fault> {
    if piece.is_empty() {
        return Err(Fault::Empty);
    }
    if let Some((low, high)) = piece.split_once('-') {
        return parse_range(piece, low.trim(), high.trim());
    }
    match class(piece) {
        Some(Ok(class)) => Ok(class),
        Some(Err(fault)) => Err(fault),
        None => parse_code(piece).map(|code| (code, code)),
    }
}

fn parse_range(piece: &str, low: &str, high: &str) -> Result<Range, Fault> {
    if low.is_empty() || high.is_empty() {
        return Err(Fault::OneSided(piece.into()));
    }
    if let Some(meant) = range_of_classes(low, high) {
        return Err(Fault::ClassInRange(piece.into(), meant));
    }
    match (parse_code(low)?, parse_code(high)?) {
        (low, high) if low > high => Err(Fault::Backwards(piece.into(), format!("{high}-{low}"))),
        range => Ok(range),
    }
}

/// The range that was meant where a class stands on either side.
fn range_of_classes(low: &str, high: &str) -> Option<String> {
    let side = |text| match class(text) {
        Some(class) => class.ok().map(|class| (true, class)),
        None => parse_code(text).ok().map(|code| (false, (code, code))),
    };
    let ((low_is_class, low), (high_is_class, high)) = (side(low)?, side(high)?);
    let meant = format!("{}-{}", low.0.min(high.0), low.1.max(high.1));
    (low_is_class || high_is_class).then_some(meant)
}

fn parse_code(text: &str) -> Result<u16, Fault> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return check_code(text);
    }
    Err(Fault::NotAStatus(text.into()))
}

/// Reads `5xx`; `None` for what doesn't look like a class at all.
fn class(text: &str) -> Option<Result<Range, Fault>> {
    let digit = text.chars().next().filter(char::is_ascii_digit)?;
    let rest = &text[1..];
    if rest.is_empty() || !rest.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x')) {
        return None;
    }
    Some(match (digit, rest) {
        ('0', _) => Err(Fault::NoSuchClass(text.into())),
        (_, "xx") => Ok((hundreds(digit), hundreds(digit) + 99)),
        _ => Err(Fault::Misspelt(text.into(), format!("{digit}xx"))),
    })
}

fn hundreds(digit: char) -> u16 {
    (digit as u16 - '0' as u16) * 100
}

#[cfg(test)]
mod tests {
    use super::{Range, merge, parse};

    /// The table that the runtime's `FromStr` reads too.
    const TABLE: &str = include_str!("../../tests/fixtures/no_go_grammar.txt");

    fn show(ranges: &[Range]) -> String {
        let shown: Vec<_> = ranges
            .iter()
            .map(|(low, high)| format!("{low}-{high}"))
            .collect();
        shown.join(" ")
    }

    /// Splits `ok "text" => rest` into its text and the rest.
    fn split<'a>(line: &'a str, verdict: &str) -> Option<(&'a str, &'a str)> {
        let (text, rest) = line.strip_prefix(verdict)?.split_once(" => ")?;
        Some((unquote(text)?, rest))
    }

    fn unquote(text: &str) -> Option<&str> {
        text.trim().strip_prefix('"')?.strip_suffix('"')
    }

    #[test]
    fn the_table_holds() {
        let mut lines = 0;
        for line in TABLE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            lines += 1;
            if let Some((text, ranges)) = split(line, "ok ") {
                assert_eq!(
                    parse(text).map(|parsed| show(&parsed)).as_deref(),
                    Ok(ranges),
                    "{line}"
                );
            } else {
                let (text, part) = split(line, "bad ").expect(line);
                let fault = parse(text).expect_err(line);
                assert_eq!(Some(fault.part()), unquote(part), "{line}");
            }
        }
        assert!(lines > 40, "the table has {lines} lines");
    }

    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(
            merge(vec![(500, 599), (400, 499), (450, 460)]),
            [(400, 599)]
        );
        assert_eq!(
            merge(vec![(302, 302), (400, 499)]),
            [(302, 302), (400, 499)]
        );
    }

    #[test]
    fn a_fault_in_a_part_quotes_text_and_part() {
        let explain = |text| parse(text).unwrap_err().explain(text);
        assert_eq!(
            explain("400-4o5"),
            "in \"400-4o5\", `4o5` is not a status code; write three digits"
        );
        assert_eq!(explain("5x"), "\"5x\" is not a class; write \"5xx\"");
        assert_eq!(
            explain("405-400"),
            "range \"405-400\" is empty; write \"400-405\""
        );
        assert_eq!(explain("99"), "status 99 is out of range; write 100 to 999");
    }
}
