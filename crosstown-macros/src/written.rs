//! One option as written, before anything is made of its value.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Error, Expr, Result, Token, parenthesized};

use crate::errors::Errors;
use crate::no_go;
use crate::show::show;
use crate::target::ungrouped;

/// Every option, each with an example of its form.
pub(crate) const FORMS: [(&str, &str); 15] = [
    ("same_thread", "same_thread = true"),
    ("no_go", "no_go = [\"4xx\", \"5xx\"]"),
    ("phase", "phase = \"head\""),
    ("on_abort", "on_abort = \"skip\""),
    ("no_response", "no_response = \"run\""),
    ("without_response", "without_response = \"panic\""),
    ("when", "when = |sent| sent.bytes() > 0"),
    ("also", "also = committed"),
    ("key", "key = \"order-{id}\""),
    ("timeout", "timeout = \"30s\""),
    ("name", "name = \"receipt\""),
    ("clone", "clone(a, b)"),
    ("carry", "carry(TENANT)"),
    ("on_call", "on_call"),
    ("crate", "crate = my_framework::crosstown"),
];

/// One option as written, before its name is looked at.
pub(crate) struct Written {
    pub(crate) name: Ident,
    form: Form,
}

/// What follows an option's name.
enum Form {
    Nothing,
    Value(Token![=], Box<Expr>),
    List(TokenStream),
}

/// Hands on one option after the other, and gathers what can't be read.
pub(crate) fn each_option(
    tokens: TokenStream,
    errors: &mut Errors,
    mut take: impl FnMut(Written, &mut Errors),
) {
    let read = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match read_option(input) {
                Ok(option) => take(option, errors),
                Err(error) => {
                    errors.push(error);
                    skip_to_next_option(input);
                }
            }
        }
        Ok(())
    };
    let end = read.parse2(tokens);
    // A group in which an error was found is reported once more at the end.
    if errors.is_empty() {
        errors.keep(end);
    }
}

fn read_option(input: ParseStream<'_>) -> Result<Written> {
    let option = input.parse()?;
    expect_comma(input)?;
    Ok(option)
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(Ident::peek_any) {
            return Err(not_a_name(input));
        }
        let name = Ident::parse_any(input)?;
        let form = if input.peek(Token![=]) {
            let sign = input.parse()?;
            Form::Value(sign, parse_value(input, &name)?)
        } else if has_colon(input) {
            return Err(colon(input, &name));
        } else if input.peek(Paren) {
            Form::List(input.parse::<TokenTree>()?.into())
        } else {
            Form::Nothing
        };
        Ok(Self { name, form })
    }
}

fn parse_value(input: ParseStream<'_>, name: &Ident) -> Result<Box<Expr>> {
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new_spanned(name, needs_a_value(name)));
    }
    let ahead = input.fork();
    let value = input.parse().map(ungrouped).map(Box::new);
    value.map_err(|error| fault_in_list(&ahead).unwrap_or(error))
}

/// What is wrong in a list. Read as an expression it may have a `;`, too, which
/// no option takes.
fn fault_in_list(input: ParseStream<'_>) -> Option<Error> {
    let list = input.parse::<Group>().ok()?;
    let elements = Punctuated::<Expr, Token![,]>::parse_terminated;
    let is_list = list.delimiter() == Delimiter::Bracket;
    is_list.then(|| elements.parse2(list.stream()).err())?
}

fn not_a_name(input: ParseStream<'_>) -> Error {
    let message = "expected an option's name";
    match input.fork().parse::<TokenTree>() {
        Ok(token) => {
            let cure = no_go_of(&token).map(|cure| format!("; write `{cure}`"));
            let message = format!("{message}{}", cure.unwrap_or_default());
            Error::new_spanned(token, message)
        }
        Err(_) => input.error(message),
    }
}

/// The option that was meant, if the value is one or more statuses.
fn no_go_of(value: &TokenTree) -> Option<String> {
    let list = match value {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => quote!(#group),
        value => quote!([#value]),
    };
    no_go::statuses(&syn::parse2(list.clone()).ok()?).ok()?;
    Some(format!("no_go = {}", show(&list)))
}

/// Whether a `:` follows that is not the first half of `::`.
fn has_colon(input: ParseStream<'_>) -> bool {
    input.peek(Token![:]) && !input.peek(Token![::])
}

fn colon(input: ParseStream<'_>, name: &Ident) -> Error {
    let form = form_of(name);
    input.error(format!(
        "an option's value stands behind `=`; write `{form}`"
    ))
}

fn expect_comma(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        return input.parse::<Token![,]>().map(drop);
    }
    Err(input.error("expected `,` between two options"))
}

/// Skips the rest of an option that couldn't be read.
fn skip_to_next_option(input: ParseStream<'_>) {
    while !input.is_empty() {
        let comma = input.peek(Token![,]);
        if input.parse::<TokenTree>().is_err() || (comma && starts_option(input)) {
            return;
        }
    }
}

/// Tells an option from what may stand behind a comma inside a value.
fn starts_option(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok()
        && (ahead.is_empty()
            || ahead.peek(Token![,])
            || ahead.peek(Token![=])
            || ahead.peek(Paren)
            || has_colon(&ahead))
}

impl Written {
    /// The expression behind the `=`.
    pub(crate) fn value(&self) -> Result<&Expr> {
        match &self.form {
            Form::Value(_, expr) => Ok(expr),
            Form::Nothing => Err(Error::new_spanned(&self.name, needs_a_value(&self.name))),
            Form::List(list) => Err(self.malformed(list)),
        }
    }

    /// The elements between the parentheses.
    pub(crate) fn list<T: Parse>(&self) -> Result<Punctuated<T, Token![,]>> {
        let read = |input: ParseStream<'_>| {
            let content;
            parenthesized!(content in input);
            Punctuated::parse_terminated(&content)
        };
        match &self.form {
            Form::List(list) => read.parse2(list.clone()),
            Form::Nothing => Err(self.malformed(&self.name)),
            Form::Value(_, expr) => Err(self.malformed(expr)),
        }
    }

    /// Nothing but the name.
    pub(crate) fn bare(&self) -> Result<()> {
        match &self.form {
            Form::Nothing => Ok(()),
            Form::Value(_, expr) => Err(self.takes_no_value(expr)),
            Form::List(list) => Err(self.takes_no_value(list)),
        }
    }

    fn malformed(&self, place: impl ToTokens) -> Error {
        let form = form_of(&self.name);
        Error::new_spanned(
            place,
            format!("`{}` has another form; write `{form}`", self.name),
        )
    }

    fn takes_no_value(&self, value: impl ToTokens) -> Error {
        let name = &self.name;
        Error::new_spanned(value, format!("`{name}` takes no value; write `{name}`"))
    }
}

fn needs_a_value(name: &Ident) -> String {
    format!("`{name}` needs a value; write `{}`", form_of(name))
}

fn form_of(name: &Ident) -> String {
    let text = name.to_string();
    match FORMS.iter().find(|(name, _)| *name == text) {
        Some((_, form)) => (*form).to_owned(),
        None => format!("{text} = …"),
    }
}

impl ToTokens for Written {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        match &self.form {
            Form::Nothing => {}
            Form::Value(sign, expr) => {
                sign.to_tokens(tokens);
                expr.to_tokens(tokens);
            }
            Form::List(list) => list.to_tokens(tokens),
        }
    }
}
