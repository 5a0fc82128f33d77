//! The grammar of `timeout`: a whole number and a unit.

/// The units, each with its length in milliseconds.
const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// Reads `30s` and the like as milliseconds, or says what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(end);
    let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(explain(text, number, unit));
    };
    match number
        .parse::<u64>()
        .map(|number| number.checked_mul(*length))
    {
        Ok(Some(0)) => Err(format!(
            "a time limit of \"{text}\" lets nothing run; write \"1ms\" or more"
        )),
        Ok(Some(milliseconds)) => Ok(milliseconds),
        _ if number.is_empty() => Err(explain(text, number, unit)),
        _ => Err(format!(
            "a time limit of \"{text}\" is too long to count; write a shorter one"
        )),
    }
}

fn explain(text: &str, number: &str, unit: &str) -> String {
    let fault = match (number, unit) {
        ("", "") => "an empty string is no time limit".to_owned(),
        ("", _) => format!("\"{text}\" has no number in front"),
        (_, "") => format!("\"{text}\" has no unit"),
        _ => format!("in \"{text}\", `{unit}` is not a unit"),
    };
    format!("{fault}; write a whole number and `ms`, `s`, `m` or `h`, such as \"30s\"")
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn each_unit_counts_in_milliseconds() {
        assert_eq!(parse("250ms"), Ok(250));
        assert_eq!(parse("30s"), Ok(30_000));
        assert_eq!(parse("5m"), Ok(300_000));
        assert_eq!(parse("2h"), Ok(7_200_000));
    }

    #[test]
    fn the_message_quotes_the_part_at_fault() {
        let starts = |text: &str, start: &str| {
            let message = parse(text).unwrap_err();
            assert!(message.starts_with(start), "{message}");
        };
        starts("", "an empty string is no time limit; ");
        starts("30", "\"30\" has no unit; ");
        starts("s", "\"s\" has no number in front; ");
        starts("1.5s", "in \"1.5s\", `.5s` is not a unit; ");
        starts("30 s", "in \"30 s\", ` s` is not a unit; ");
        starts("-1s", "\"-1s\" has no number in front; ");
    }

    #[test]
    fn nothing_and_eternity_are_refused() {
        assert!(parse("0s").unwrap_err().contains("lets nothing run"));
        assert!(
            parse("99999999999999999999s")
                .unwrap_err()
                .contains("too long")
        );
        assert!(
            parse("18446744073709551615h")
                .unwrap_err()
                .contains("too long")
        );
    }
}
