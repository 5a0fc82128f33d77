//! Attributes among the arguments of a macro, which are tokens without meaning
//! until that macro gives them one.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, Path, Result, Stmt, Token};

use crate::attributes::is_traffic_path;
use crate::handler::Rewriter;
use crate::show::show;
use crate::target::starts_function;

/// Expands the attributes in a macro's arguments.
///
/// Whatever the macro's own grammar is, what follows the attribute is read as
/// an expression or a `let`, up to where such a thing ends.
pub(crate) fn rewrite(
    tokens: TokenStream,
    name: &Path,
    rewriter: &mut Rewriter<'_>,
) -> TokenStream {
    if !mentions_traffic(&tokens) {
        return tokens;
    }
    let mut done = TokenStream::new();
    let mut rest: Vec<TokenTree> = tokens.into_iter().collect();
    rest.reverse();
    while let Some(token) = rest.pop() {
        match (token, rest.last()) {
            (TokenTree::Punct(sign), Some(TokenTree::Group(group)))
                if sign.as_char() == '#' && is_traffic_in(group) =>
            {
                rest.push(sign.into());
                rest = marked(rest, name, rewriter, &mut done);
            }
            (TokenTree::Group(group), _) => done.extend([rewrite_group(&group, name, rewriter)]),
            (token, _) => done.extend([token]),
        }
    }
    done
}

fn rewrite_group(group: &Group, name: &Path, rewriter: &mut Rewriter<'_>) -> TokenTree {
    let mut rewritten = Group::new(group.delimiter(), rewrite(group.stream(), name, rewriter));
    rewritten.set_span(group.span());
    rewritten.into()
}

pub(crate) fn mentions_traffic(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "crosstown_traffic",
        TokenTree::Group(group) => mentions_traffic(&group.stream()),
        _ => false,
    })
}

/// Whether a group is the `[crosstown_traffic…]` of an attribute.
fn is_traffic_in(group: &Group) -> bool {
    let path = |input: ParseStream<'_>| {
        let path = input.call(Path::parse_mod_style)?;
        input.parse::<TokenStream>()?;
        Ok(path)
    };
    group.delimiter() == Delimiter::Bracket
        && path
            .parse2(group.stream())
            .is_ok_and(|path| is_traffic_path(&path))
}

/// What follows an attribute of ours.
enum Marked {
    /// An item, which the macro may put where the compiler expands it.
    Function(Vec<Attribute>),
    Expr(Box<Expr>),
    Let(Box<Stmt>),
}

/// Expands what stands at the end of `rest`, whose order is reversed, and
/// returns what is left of it.
fn marked(
    rest: Vec<TokenTree>,
    name: &Path,
    rewriter: &mut Rewriter<'_>,
    done: &mut TokenStream,
) -> Vec<TokenTree> {
    let tokens: TokenStream = rest.into_iter().rev().collect();
    let (read, rest) = match read.parse2(tokens.clone()) {
        Ok(read) => read,
        Err(_) => return unreadable(tokens, name, rewriter),
    };
    match read {
        Marked::Function(mut attrs) => {
            rewriter.tell_crate(&mut attrs);
            attrs.iter().for_each(|attr| attr.to_tokens(done));
        }
        Marked::Expr(mut expr) => {
            rewriter.visit_expr_mut(&mut expr);
            expr.to_tokens(done);
        }
        Marked::Let(mut stmt) => {
            rewriter.visit_stmt_mut(&mut stmt);
            stmt.to_tokens(done);
        }
    }
    reversed(rest)
}

fn read(input: ParseStream<'_>) -> Result<(Marked, TokenStream)> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    let variables = ahead.fork();
    let marked = if starts_function(&ahead.fork()) || skips_to_function(&variables) {
        Marked::Function(input.call(Attribute::parse_outer)?)
    } else if ahead.peek(Token![let]) {
        Marked::Let(Box::new(input.parse()?))
    } else {
        Marked::Expr(Box::new(input.parse()?))
    };
    Ok((marked, input.parse()?))
}

/// Whether a `fn` follows behind variables of a `macro_rules!`, such as `$vis` and
/// `$(#[$attr])*`.
fn skips_to_function(input: ParseStream<'_>) -> bool {
    while input.peek(Token![$]) {
        if skip_variable(input).is_err() {
            return false;
        }
    }
    starts_function(input)
}

fn skip_variable(input: ParseStream<'_>) -> Result<()> {
    input.parse::<Token![$]>()?;
    // Behind a repetition stands its sign.
    if let TokenTree::Group(_) = input.parse()? {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Reports an attribute whose target can't be told, and goes on behind it.
fn unreadable(tokens: TokenStream, name: &Path, rewriter: &mut Rewriter<'_>) -> Vec<TokenTree> {
    let name = show(name);
    let attribute = tokens.clone().into_iter().take(2).collect::<TokenStream>();
    let message = format!(
        "`#[crosstown_traffic]` can't tell what it stands on inside `{name}!`; \
         bind the closure with `let` in front of the macro"
    );
    rewriter.error(attribute, message);
    reversed(tokens.into_iter().skip(2))
}

fn reversed(tokens: impl IntoIterator<Item = TokenTree>) -> Vec<TokenTree> {
    let mut tokens: Vec<_> = tokens.into_iter().collect();
    tokens.reverse();
    tokens
}
