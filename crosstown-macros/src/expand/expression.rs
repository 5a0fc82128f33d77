//! Closures, `async` blocks and `let` statements.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprAsync, ExprClosure, Local, Pat, ReturnType, Stmt, Token, Type};

use super::function::{prefixed, returns};
use super::{Form, Task, constants, crate_path, held, read_once};
use crate::options::Options;

/// Prints the registration of a closure.
pub(super) fn from_closure(mut closure: ExprClosure, options: &Options) -> TokenStream {
    let here = closure.inputs_begin.spans[0];
    if closure.asyncness.is_some() && closure.inputs.is_empty() {
        return from_async_closure(&closure, options);
    }
    if closure.capture.is_none() {
        closure.capture = Some(Token![move](here));
    }
    let held = held::by_clones(options);
    if !held.is_empty() {
        let body = prefixed(held, &braced(&closure.body));
        *closure.body = Expr::Verbatim(body.into_token_stream());
    }
    let form = match (closure.asyncness.is_some(), closure.inputs.is_empty()) {
        (false, true) => Form::Closure,
        (false, false) => Form::ClosureOfSent,
        (true, _) => Form::FutureOfSent,
    };
    let output = output(&closure.output).cloned();
    register(options, here, form, output, closure.to_token_stream())
}

/// Puts attributes in front of what an expression became.
pub(super) fn with_attrs(attrs: &[Attribute], registration: TokenStream) -> TokenStream {
    quote!(#(#attrs)* #registration)
}

/// Without an argument an `async` closure is an `async` block.
fn from_async_closure(closure: &ExprClosure, options: &Options) -> TokenStream {
    let here = closure.inputs_begin.spans[0];
    let output = output(&closure.output);
    let krate = crate_path(options, here);
    let mut prefix = output
        .map(|output| returns(Some(output), &krate, output.span()))
        .unwrap_or_default();
    prefix.extend(held::by_clones(options));
    let body = prefixed(prefix, &braced(&closure.body));
    let future = quote_spanned!(here=> async move #body);
    register(options, here, Form::Future, output.cloned(), future)
}

/// The statements of a body, or its one expression, between braces.
fn braced(body: &Expr) -> Group {
    let (stream, span) = match body {
        Expr::Block(expr) if expr.label.is_none() => {
            let (attrs, stmts) = (&expr.attrs, &expr.block.stmts);
            (
                quote!(#(#attrs)* #(#stmts)*),
                expr.block.brace_token.span.join(),
            )
        }
        other => (other.to_token_stream(), other.span()),
    };
    let mut group = Group::new(Delimiter::Brace, stream);
    group.set_span(span);
    group
}

/// Prints the registration of an `async` block.
pub(super) fn from_async(mut block: ExprAsync, options: &Options) -> TokenStream {
    let here = block.async_token.span;
    block.capture.get_or_insert(Token![move](here));
    let held = held::by_clones(options);
    if !held.is_empty() {
        let hold = Stmt::Expr(Expr::Verbatim(held), None);
        block.block.stmts.insert(0, hold);
    }
    register(options, here, Form::Future, None, block.into_token_stream())
}

/// Prints a `let` statement whose value becomes the registration.
pub(super) fn from_let(mut local: Local, options: &Options) -> TokenStream {
    let Some(init) = &mut local.init else {
        return local.into_token_stream();
    };
    let value = std::mem::replace(&mut *init.expr, Expr::Verbatim(TokenStream::new()));
    *init.expr = match value {
        Expr::Closure(closure) => Expr::Verbatim(from_closure(closure, options)),
        Expr::Async(block) => Expr::Verbatim(from_async(block, options)),
        other => other,
    };
    init.diverge = None;
    let read = bound_name(&local.pat).map(|name| read_once(name, &local.attrs));
    quote!(#local #read)
}

/// The one name that a registration is bound to: it has no parts for more.
fn bound_name(pat: &Pat) -> Option<&Ident> {
    match pat {
        Pat::Ident(pat) => Some(&pat.ident),
        Pat::Type(pat) => bound_name(&pat.pat),
        _ => None,
    }
}

fn output(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Type(_, ty) => Some(ty),
        ReturnType::Default => None,
    }
}

fn register(
    options: &Options,
    here: Span,
    form: Form,
    output: Option<Type>,
    body: TokenStream,
) -> TokenStream {
    let name = constants::place_as_name(here);
    Task {
        options,
        here,
        name,
        form,
        output,
        body,
    }
    .register()
}
