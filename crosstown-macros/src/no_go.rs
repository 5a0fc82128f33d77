//! The value of `no_go`, whose grammar is that of `status.rs`.

use syn::{
    BinOp, Error, Expr, ExprBinary, ExprLit, ExprRange, Lit, LitInt, RangeLimits, Result, UnOp,
};

use crate::errors::Errors;
use crate::show::show;
use crate::status::{self, Fault, Range};
use crate::value::expected;

/// Reads the list of statuses; all its faults together.
pub(crate) fn statuses(value: &Expr) -> Result<Vec<Range>> {
    const LIST: &str = "a list such as `[\"5xx\", \"400-405\", 302]`";
    match value {
        Expr::Array(list) => fold_statuses(list.elems.iter()),
        Expr::Lit(ExprLit {
            lit: Lit::Str(_), ..
        }) => status(value),
        Expr::Lit(ExprLit {
            lit: Lit::Int(lit), ..
        }) => {
            let meant = class(lit).map_or_else(
                || lit.base10_digits().to_owned(),
                |class| format!("\"{class}\""),
            );
            let message = format!("expected a list, found an integer; write `[{meant}]`");
            Err(Error::new_spanned(lit, message))
        }
        _ => Err(expected(LIST, value)),
    }
}

fn fold_statuses<'a>(elements: impl Iterator<Item = &'a Expr>) -> Result<Vec<Range>> {
    let mut ranges = Vec::new();
    let mut errors = Errors::default();
    for element in elements {
        ranges.extend(errors.keep(status(element)).unwrap_or_default());
    }
    errors.into_result(status::merge(ranges))
}

/// Reads one element of the list.
fn status(element: &Expr) -> Result<Vec<Range>> {
    let fault = |message| Error::new_spanned(element, message);
    match element {
        Expr::Lit(ExprLit {
            lit: Lit::Str(lit), ..
        }) => {
            let text = lit.value();
            status::parse(&text).map_err(|wrong| fault(wrong.explain(&text)))
        }
        Expr::Lit(ExprLit {
            lit: Lit::Int(lit), ..
        }) => code(lit).map(|code| vec![(code, code)]),
        // As a variable of `macro_rules!` hands it on.
        Expr::Group(group) => status(&group.expr),
        Expr::Range(range) => Err(fault(explain_range(range))),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let code = show(element);
            Err(fault(Fault::OutOfRange(code.clone()).explain(&code)))
        }
        other => Err(match subtraction(other) {
            Some((start, end)) => fault(in_quotes(&spelled(start), &spelled(end))),
            None => expected("a status such as 404, \"4xx\" or \"400-405\"", other),
        }),
    }
}

/// Reads a status code that stands as a number.
fn code(lit: &LitInt) -> Result<u16> {
    let digits = lit.base10_digits();
    let fault = |message| Error::new_spanned(lit, message);
    if let Some(class) = class(lit) {
        let message = format!("a class of statuses is a string; write \"{class}\"");
        return Err(fault(message));
    }
    let code = status::check_code(digits).map_err(|wrong| fault(wrong.explain(digits)))?;
    if lit.suffix().is_empty() {
        return Ok(code);
    }
    Err(fault(format!("a status code has no suffix; write {code}")))
}

/// The class that lacks its quotes: Rust takes `4xx` for a 4 with a suffix.
fn class(lit: &LitInt) -> Option<String> {
    let text = lit.to_string();
    match status::parse(&text) {
        Ok(_) if !lit.suffix().is_empty() => Some(text),
        Err(Fault::Misspelt(_, right)) => Some(right),
        _ => None,
    }
}

/// A number as it would stand in a string.
fn spelled(lit: &LitInt) -> String {
    class(lit).unwrap_or_else(|| lit.base10_digits().to_owned())
}

fn integer(expr: &Expr) -> Option<&LitInt> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Int(lit), ..
        }) => Some(lit),
        _ => None,
    }
}

/// The sides of `400-405`, a range without its quotes.
fn subtraction(expr: &Expr) -> Option<(&LitInt, &LitInt)> {
    match expr {
        Expr::Binary(ExprBinary {
            left,
            op: BinOp::Sub(_),
            right,
            ..
        }) => integer(left).zip(integer(right)),
        _ => None,
    }
}

/// Rust's own range notation excludes or includes the end by one sign; the
/// strings have one form only.
fn explain_range(range: &ExprRange) -> String {
    let side = |side: &Option<Box<Expr>>| side.as_deref().and_then(integer).map(spelled);
    let start = side(&range.start).unwrap_or_else(|| "100".into());
    let end = side(&range.end).unwrap_or_else(|| "999".into());
    let end = match (end.parse::<u16>(), &range.limits) {
        (Ok(end), RangeLimits::HalfOpen(_)) if range.end.is_some() => {
            end.saturating_sub(1).to_string()
        }
        _ => end,
    };
    in_quotes(&start, &end)
}

/// The error for a range that is no string, or for what is wrong in it besides.
fn in_quotes(start: &str, end: &str) -> String {
    let text = format!("{start}-{end}");
    match status::parse(&text) {
        Ok(_) => format!("a range of statuses is a string; write \"{text}\""),
        Err(wrong) => wrong.explain(&text),
    }
}
