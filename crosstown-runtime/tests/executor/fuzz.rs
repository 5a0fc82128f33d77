//! Status lists made up at random, against a second reading of the grammar.

use crosstown_fuzz::{Result, Unstructured, check, reached};
use crosstown_runtime::NoGo;
use http::StatusCode;

const PIECES: [&str; 24] = [
    "4xx", "5xx", "0xx", "9xx", "xx", "x", "404", "100", "999", "99", "1000", "-", "-", ",", ",",
    " ", " ", "302-399", "405-400", "\t", "é", "٤", "+404", "7",
];

/// What is said of a list that is refused.
const KINDS: [&str; 4] = [
    "empty status",
    "is not a status",
    "is out of range",
    "is empty; write",
];

/// A list, most of whose pieces make sense.
fn list(input: &mut Unstructured<'_>) -> Result<String> {
    if input.ratio(1, 8)? {
        return input.arbitrary();
    }
    let mut list = String::new();
    for _ in 0..input.int_in_range(0..=12)? {
        list.push_str(input.choose(&PIECES)?);
        if input.ratio(1, 2)? {
            list.push_str(", ");
        }
    }
    Ok(list)
}

/// What a list means, read the slow way: code by code.
fn contains(list: &str, code: u16) -> Option<bool> {
    let mut any = false;
    for piece in list.split(',') {
        any |= piece_contains(piece.trim(), code)?;
    }
    Some(any)
}

fn piece_contains(piece: &str, code: u16) -> Option<bool> {
    let read = |text: &str| {
        let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let code: Option<u16> = digits.then(|| text.parse().ok())?;
        code.filter(|code| *code >= 100)
    };
    if let Some(class) = piece.strip_suffix("xx") {
        let hundreds = read(&format!("{class}00")).filter(|_| class.len() == 1)?;
        return Some(code / 100 == hundreds / 100);
    }
    let Some((first, last)) = piece.split_once('-') else {
        return read(piece).map(|only| only == code);
    };
    let (first, last) = (read(first.trim())?, read(last.trim())?);
    (first <= last).then_some((first..=last).contains(&code))
}

#[test]
fn a_status_list_means_what_it_says_or_is_refused() {
    check("no_go", |input| {
        let list = list(input)?;
        let parsed = list.parse::<NoGo>();
        let meant = contains(&list, 100);
        assert_eq!(parsed.is_ok(), meant.is_some(), "{list:?}: {parsed:?}");
        match parsed {
            Ok(set) => {
                for code in 100..=999 {
                    let status = StatusCode::from_u16(code).unwrap();
                    assert_eq!(
                        Some(set.contains(status)),
                        contains(&list, code),
                        "{list:?}"
                    );
                }
                reached(format!(
                    "{} pieces",
                    set.to_string().split(',').count().min(5)
                ));
                let again = set.to_string().parse::<NoGo>();
                assert_eq!(again.ok(), Some(set), "{list:?} prints as {set}");
            }
            Err(error) => {
                let error = error.to_string();
                let kind = KINDS.iter().find(|kind| error.contains(*kind));
                reached(*kind.expect("a kind of fault that is known"));
            }
        }
        Ok(())
    });
}
