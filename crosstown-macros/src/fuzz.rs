//! Attributes made up at random: the parser answers, and never panics.

use std::str::FromStr;

use crosstown_fuzz::{Result, Unstructured, check, reached};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

const OPTIONS: [&str; 47] = [
    "same_thread",
    "no_go",
    "phase",
    "on_abort",
    "no_response",
    "without_response",
    "when",
    "name",
    "clone",
    "on_call",
    "crate",
    "key",
    "also",
    "timeout",
    "carry",
    "same_tread",
    "=",
    "=",
    "=",
    "=",
    ",",
    ",",
    ",",
    "true",
    "false",
    "\"5xx\"",
    "302",
    "[\"5xx\", 404-405]",
    "[]",
    "\"sent\"",
    "\"run\"",
    "\"30s\"",
    "\"order-{id}\"",
    "|sent| true",
    "async { true }",
    "(a, b)",
    "(a = b.c, mut d)",
    "(mut a, b as mut c)",
    "(A, b::C, A)",
    "::some::path",
    "-1",
    "\"9999999999999999999s\"",
    "\"{\"",
    "'a",
    "#",
    "99999999999999999999999999",
    "\"\"",
];

const ITEMS: [&str; 48] = [
    "fn",
    "async",
    "unsafe",
    "const",
    "extern \"C\"",
    "pub",
    "pub(crate)",
    "name",
    "(",
    ")",
    "()",
    "(a: u8)",
    "(self)",
    "(&self)",
    "(mut self: Box<Self>)",
    "(sent: Sent)",
    "<T>",
    "<'a>",
    "-> u8",
    "-> Result<(), E>",
    "-> !",
    "where T: Copy",
    "{}",
    "{ a + b }",
    ";",
    "||",
    "|x|",
    "|sent: Sent|",
    "move",
    "{ return; }",
    "let x =",
    "let",
    "struct S;",
    "impl T for U {}",
    "mod m {}",
    "#[inline]",
    "#[cfg(x)]",
    "#[crosstown_traffic]",
    "async move",
    "...",
    "->",
    "{ #[crosstown_traffic(on_call)] fn a() {} }",
    "{ #[crosstown_traffic] || b() }",
    "macro!()",
    "{ vec![#[crosstown_traffic] || c] }",
    "dyn",
    "'static",
    "=",
];

/// Words that may or may not make tokens.
fn tokens(input: &mut Unstructured<'_>, words: &[&str]) -> Result<TokenStream> {
    let mut text = String::new();
    for _ in 0..input.int_in_range(0..=14)? {
        text.push_str(input.choose(words)?);
        text.push(' ');
    }
    // What is no stream of tokens, the compiler refuses before us.
    Ok(TokenStream::from_str(&text).unwrap_or_default())
}

/// A function that would be fine, as often as not with a fault.
fn item(input: &mut Unstructured<'_>) -> Result<TokenStream> {
    let plain = [
        "fn a() { b(); }",
        "async fn a() { b().await }",
        "|| b()",
        "async move { b() }",
        "fn a(self, b: u8) -> Registration { c }",
        "let a = || b();",
    ];
    if input.ratio(1, 2)? {
        return Ok(TokenStream::from_str(input.choose(&plain)?).unwrap_or_default());
    }
    tokens(input, &ITEMS)
}

/// Walks all of it, so that spans and groups are looked at.
fn size(tokens: TokenStream) -> usize {
    let sizes = tokens.into_iter().map(|tree| match tree {
        TokenTree::Group(group) => {
            assert!(group.delimiter() != Delimiter::None || !group.to_string().is_empty());
            1 + size(group.stream())
        }
        other => other.to_string().len().min(1),
    });
    sizes.sum()
}

/// What is refused says so; what is not refused is more than nothing.
fn check_expansion(expansion: TokenStream, options: &TokenStream, item: &TokenStream) {
    let text = expansion.to_string();
    let whole = size(expansion) > 0 || item.is_empty();
    assert!(whole, "#[crosstown_traffic({options})] {item} vanished");
    let refused = text.contains("compile_error");
    assert!(refused || TokenStream::from_str(&text).is_ok());
    if refused {
        // What it says, without what it says it of.
        for message in text.split("compile_error").skip(1) {
            let message = message.split('"').nth(1).unwrap_or_default();
            let kind: Vec<_> = message.split('`').step_by(2).collect();
            reached(kind.concat());
        }
    } else {
        for token in options.clone() {
            reached(format!("accepts {token}"));
        }
    }
}

#[test]
fn whatever_stands_in_an_attribute_is_answered() {
    check("attribute", |input| {
        let (options, item) = (tokens(input, &OPTIONS)?, item(input)?);
        let expansion = crate::traffic::expand(options.clone(), item.clone());
        check_expansion(expansion, &options, &item);
        let expansion = crate::handler::expand(options.clone(), item.clone());
        check_expansion(expansion, &options, &item);
        Ok(())
    });
}
