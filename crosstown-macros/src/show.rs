//! Printing tokens as a person would write them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// Prints tokens on one line: `&str` rather than `& str`.
pub(crate) fn show(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    write(tokens.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = delimiters(group.delimiter());
                if ends_with_lifetime(text) {
                    text.push(' ');
                }
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => write_sign(punct.as_char(), text),
            word => {
                if text.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

fn write_sign(sign: char, text: &mut String) {
    match sign {
        ',' | ';' => text.extend([sign, ' ']),
        '+' | '=' => text.extend([' ', sign, ' ']),
        // The end of an arrow.
        '>' if text.ends_with('-') => {
            text.pop();
            text.push_str(" -> ");
        }
        '\'' if text.ends_with(char::is_alphanumeric) => text.extend([' ', sign]),
        _ => text.push(sign),
    }
}

fn ends_with_lifetime(text: &str) -> bool {
    text.trim_end_matches(char::is_alphanumeric).ends_with('\'')
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{ ", " }"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_look_as_written() {
        for text in [
            "&str",
            "&mut Order",
            "&'a [u8]",
            "Option<&str>",
            "Cow<'_, str>",
            "self.mailer.0",
            "&dyn Fn(u8) -> bool",
            "Box<dyn Send + 'a>",
            "std::path::Path",
            "<T as Holder>::PLACE",
            "-1",
        ] {
            assert_eq!(show(&text.parse::<TokenStream>().unwrap()), text);
        }
    }
}
