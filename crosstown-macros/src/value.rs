//! Reading the value of one option, and saying what it should have been.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Expr, ExprLit, Lit, LitStr, Result, UnOp};

use crate::nearest::nearest;
use crate::{duration, options::Phase};

/// Names the kind of an expression, for "expected …, found …".
pub(crate) fn kind(expr: &Expr) -> &'static str {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => literal_kind(lit),
        Expr::Array(_) => "a list",
        Expr::Closure(_) => "a closure",
        Expr::Async(_) => "an `async` block",
        Expr::Block(_) => "a block",
        Expr::Path(_) => "a name",
        Expr::Range(_) => "a range",
        Expr::Tuple(_) | Expr::Paren(_) => "parentheses",
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => "a negative number",
        Expr::Call(_) => "a call",
        Expr::MethodCall(_) => "a method call",
        Expr::Macro(_) => "a macro call",
        Expr::Group(group) => kind(&group.expr),
        _ => "an expression",
    }
}

fn literal_kind(lit: &Lit) -> &'static str {
    match lit {
        Lit::Str(_) => "a string",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a decimal number",
        Lit::Bool(_) => "a boolean",
        Lit::Char(_) => "a character",
        _ => "another literal",
    }
}

/// The error that something else was expected than `found`.
pub(crate) fn expected(what: &str, found: &Expr) -> Error {
    Error::new_spanned(found, format!("expected {what}, found {}", kind(found)))
}

/// Reads `true` or `false`.
pub(crate) fn boolean(value: &Expr) -> Result<bool> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(lit),
            ..
        }) => Ok(lit.value),
        _ => Err(expected("`true` or `false`", value)),
    }
}

/// The literal, if the value is a string.
pub(crate) fn string(value: &Expr) -> Option<&LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(lit), ..
        }) => Some(lit),
        _ => None,
    }
}

/// Reads one of a few words, each written as a string.
pub(crate) fn word<T: Copy>(option: &str, value: &Expr, words: &[(&str, T)]) -> Result<T> {
    let names: Vec<_> = words.iter().map(|(name, _)| *name).collect();
    let Some(lit) = string(value) else {
        return Err(unquoted(value, &names));
    };
    let text = lit.value();
    match words.iter().find(|(name, _)| *name == text) {
        Some((_, meaning)) => Ok(*meaning),
        None => Err(Error::new_spanned(lit, unknown_word(option, &text, &names))),
    }
}

fn unknown_word(option: &str, text: &str, names: &[&str]) -> String {
    match nearest(&text.to_lowercase(), names) {
        Some(meant) => format!("unknown `{option}` \"{text}\"; did you mean \"{meant}\"?"),
        None => format!(
            "unknown `{option}` \"{text}\"; write {}",
            alternatives(names)
        ),
    }
}

/// The error for a word without quotes, or for something else than a word.
fn unquoted(value: &Expr, names: &[&str]) -> Error {
    let error = expected(&alternatives(names), value);
    let text = value.to_token_stream().to_string();
    match names.iter().find(|name| **name == text) {
        Some(name) => Error::new_spanned(value, format!("{error}; write \"{name}\"")),
        None => error,
    }
}

fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Reads `"head"`, `"sent"` or `"delivered"`.
pub(crate) fn phase(value: &Expr) -> Result<Phase> {
    let words = [
        ("head", Phase::Head),
        ("sent", Phase::Sent),
        ("delivered", Phase::Delivered),
    ];
    word("phase", value, &words)
}

/// Reads a string that must hold something.
pub(crate) fn name(value: &Expr) -> Result<LitStr> {
    match string(value) {
        Some(lit) if lit.value().trim().is_empty() => Err(Error::new_spanned(
            lit,
            "an empty name helps nobody; write one, or remove the option",
        )),
        Some(lit) => Ok(lit.clone()),
        None => Err(unquoted_name(value)),
    }
}

/// The error for a name without quotes.
fn unquoted_name(value: &Expr) -> Error {
    let error = expected("a string", value);
    match value {
        Expr::Path(path) => {
            let text = crate::show::show(path);
            Error::new_spanned(value, format!("{error}; write \"{text}\""))
        }
        _ => error,
    }
}

/// Reads a key: a format string over the captures, or an expression.
pub(crate) fn key(value: &Expr) -> Result<Expr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(lit), ..
        }) if lit.value().is_empty() => {
            let message = "an empty key can't tell tasks apart; write one such as \"order-{id}\"";
            Err(Error::new_spanned(lit, message))
        }
        Expr::Lit(ExprLit {
            lit: Lit::Str(_), ..
        }) => Ok(value.clone()),
        Expr::Lit(_) | Expr::Closure(_) | Expr::Array(_) | Expr::Async(_) => Err(expected(
            "a string or an expression that becomes one",
            value,
        )),
        _ => Ok(value.clone()),
    }
}

/// Reads a time limit, in milliseconds.
pub(crate) fn timeout(value: &Expr) -> Result<u64> {
    match string(value) {
        Some(lit) => {
            duration::parse(&lit.value()).map_err(|message| Error::new_spanned(lit, message))
        }
        None => Err(expected("a time limit such as \"30s\"", value)),
    }
}

/// Reads the user's own rule: a closure of one argument, or a path to a `fn`.
pub(crate) fn rule(value: &Expr) -> Result<Expr> {
    match value {
        Expr::Closure(closure) if closure.asyncness.is_some() => Err(Error::new_spanned(
            closure.asyncness,
            "a rule answers at once; remove the `async`, or wait for a future with `also`",
        )),
        Expr::Closure(closure) if closure.inputs.len() != 1 => Err(Error::new_spanned(
            inputs(closure),
            format!(
                "a rule takes one argument, found {}; write `|sent|`",
                closure.inputs.len()
            ),
        )),
        Expr::Lit(_) | Expr::Array(_) | Expr::Async(_) | Expr::Range(_) => Err(expected(
            "a closure such as `|sent| sent.bytes() > 0`",
            value,
        )),
        _ => Ok(value.clone()),
    }
}

/// A closure's arguments with their bars, to underline.
pub(crate) fn inputs(closure: &syn::ExprClosure) -> TokenStream {
    let mut tokens = closure.inputs_begin.to_token_stream();
    closure.inputs.to_tokens(&mut tokens);
    closure.inputs_end.to_tokens(&mut tokens);
    tokens
}

/// Reads a future that the task shall wait for too.
pub(crate) fn future(value: &Expr) -> Result<Expr> {
    match value {
        Expr::Lit(_) | Expr::Array(_) | Expr::Closure(_) | Expr::Range(_) => {
            Err(expected("a future such as `async { … }`", value))
        }
        _ => Ok(value.clone()),
    }
}

/// Reads a path to the runtime.
pub(crate) fn path(value: &Expr) -> Result<syn::Path> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
        _ => Err(expected("a path such as `my_framework::crosstown`", value)),
    }
}
