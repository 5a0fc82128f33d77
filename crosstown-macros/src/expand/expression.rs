//! Closures, `async` blocks and `let` statements.

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprAsync, ExprClosure, Local, ReturnType, Token, Type};

use super::function::{prefixed, returns};
use super::{Form, Task, constants, ours};
use crate::options::Options;

/// Prints the registration of a closure.
pub(crate) fn from_closure(mut closure: ExprClosure, options: &Options) -> TokenStream {
    let here = closure.inputs_begin.spans[0];
    if closure.asyncness.is_some() && closure.inputs.is_empty() {
        return from_async_closure(&closure, options);
    }
    if closure.capture.is_none() {
        closure.capture = Some(Token![move](here));
    }
    let form = match (closure.asyncness.is_some(), closure.inputs.is_empty()) {
        (false, true) => Form::Closure,
        (false, false) => Form::ClosureOfSent,
        (true, _) => Form::FutureOfSent,
    };
    let output = output(&closure.output);
    register(options, here, form, output, closure.to_token_stream())
}

/// Without an argument an `async` closure is an `async` block.
fn from_async_closure(closure: &ExprClosure, options: &Options) -> TokenStream {
    let here = closure.inputs_begin.spans[0];
    let output = output(&closure.output);
    let attrs = &closure.attrs;
    let prefix = output
        .map(|output| returns(Some(output), output))
        .unwrap_or_default();
    let body = match &*closure.body {
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
            block.to_token_stream()
        }
        other => quote_spanned!(ours(here)=> { #other }),
    };
    let body: TokenStream = match syn::parse2::<Group>(body.clone()) {
        Ok(group) => prefixed(prefix, &group).into_token_stream(),
        Err(_) => body,
    };
    let future = quote_spanned!(here=> #(#attrs)* async move #body);
    register(options, here, Form::Future, output, future)
}

/// Prints the registration of an `async` block.
pub(crate) fn from_async(mut block: ExprAsync, options: &Options) -> TokenStream {
    let here = block.async_token.span;
    block.capture.get_or_insert(Token![move](here));
    register(options, here, Form::Future, None, block.into_token_stream())
}

/// Prints a `let` statement whose value becomes the registration.
pub(crate) fn from_let(mut local: Local, options: &Options) -> TokenStream {
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
    let unused = quote_spanned!(ours(local.let_token.span)=> #[allow(unused_variables)]);
    quote!(#unused #local)
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
    output: Option<&Type>,
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
