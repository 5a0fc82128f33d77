//! A `fn`: registered where it stands, or each time it is called.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, Type};

use super::{Form, Task, crate_path, held, ours, read_once, refused};
use crate::attributes::suits_let;
use crate::options::Options;
use crate::target::Function;

/// Prints a `fn` that passed the checks.
pub(super) fn from_function(mut function: Function, options: &Options) -> TokenStream {
    held::name_wildcards(&mut function.sig);
    let Some(body) = &function.body else {
        return TokenStream::new();
    };
    let registration = register(&function, body, options);
    if function.registers_when_called(options) {
        on_call(
            &function,
            options,
            &quote_spanned!(function.sig.ident.span()=> { #registration }),
        )
    } else {
        on_the_spot(&function, &registration)
    }
}

/// Prints the outside of a `fn` that failed the checks.
pub(super) fn stub(function: &Function, options: &Options) -> TokenStream {
    let refused = refused(options, function.sig.ident.span());
    if function.body.is_none() {
        return on_call(function, options, &quote!(;));
    }
    if !function.registers_when_called(options) {
        return on_the_spot(function, &refused);
    }
    let item = on_call(function, options, &quote!({ #refused }));
    quote!(#[allow(unused_variables, unused_mut)] #item)
}

fn register(function: &Function, body: &Group, options: &Options) -> TokenStream {
    let name = &function.sig.ident;
    let is_async = function.sig.asyncness.is_some();
    let mut text = Literal::string(&syn::ext::IdentExt::unraw(name).to_string());
    text.set_span(ours(name.span()));
    let task = Task {
        options,
        here: name.span(),
        name: text.into_token_stream(),
        form: if is_async {
            Form::Future
        } else {
            Form::Closure
        },
        output: Some(function.output().cloned().unwrap_or_else(|| unit(name))),
        body: if is_async {
            future(function, body, options)
        } else {
            closure(function, body, options)
        },
    };
    task.register()
}

/// Prints the body as a closure.
///
/// Its `move` has the user's span and its bars have one of ours. Were both the
/// user's, the compiler would offer to write a clone in front of the closure,
/// which it would put between `fn` and the name.
fn closure(function: &Function, body: &Group, options: &Options) -> TokenStream {
    let (raw, here) = (function.sig.fn_token.span, ours(function.sig.ident.span()));
    let body = prefixed(held::by_function(function, options), body);
    let keyword = quote_spanned!(raw=> move);
    quote_spanned!(here=> #keyword || #body)
}

/// The type of a body that declares none.
fn unit(name: &Ident) -> Type {
    Type::Verbatim(quote_spanned!(name.span()=> ()))
}

fn future(function: &Function, body: &Group, options: &Options) -> TokenStream {
    let name = function.sig.ident.span();
    let here = ours(name);
    let mut prefix = returns(function.output(), &crate_path(options, name), name);
    prefix.extend(held::by_function(function, options));
    let body = prefixed(prefix, body);
    let keyword = quote_spanned!(function.sig.fn_token.span=> async);
    quote_spanned!(here=> #keyword move #body)
}

/// Fixes the type of an `async` block by a `return` that is never reached:
/// without it a wrong value would be an error about the block as a whole.
pub(super) fn returns(output: Option<&Type>, krate: &Path, here: Span) -> TokenStream {
    let here = ours(here);
    match output {
        None => quote_spanned!(here=> if false { return; }),
        Some(output) => quote_spanned!(here=>
            if false { return #krate::__private::unreached::<#output>(); }
        ),
    }
}

/// Puts statements of ours in front of a body; its braces stay the user's.
pub(super) fn prefixed(prefix: TokenStream, body: &Group) -> Group {
    if prefix.is_empty() {
        return body.clone();
    }
    let stream = body.stream();
    let mut group = Group::new(body.delimiter(), quote!(#prefix #stream));
    group.set_span(body.span());
    group
}

fn on_call(function: &Function, options: &Options, body: &TokenStream) -> TokenStream {
    let Function {
        attrs, vis, sig, ..
    } = function;
    let (fn_token, name, inputs) = (&sig.fn_token, &sig.ident, &sig.inputs);
    let (generics, clause) = (&sig.generics, &sig.generics.where_clause);
    let krate = crate_path(options, name.span());
    // Where a trait declares another result, the compiler underlines this one, and
    // offers to write the other in its place. Let that be the attribute.
    let registration = Ident::new("Registration", Span::call_site());
    let lints = quote!(#[allow(clippy::must_use_candidate)]);
    quote_spanned!(ours(name.span())=>
        #(#attrs)* #lints
        #vis #fn_token #name #generics (#inputs) -> #krate::#registration #clause #body
    )
}

/// Prints statements, which the compiler takes in place of an item that stands
/// between statements.
fn on_the_spot(function: &Function, registration: &TokenStream) -> TokenStream {
    let name = &function.sig.ident;
    let attrs = function
        .attrs
        .iter()
        .filter(|attr| suits_let(attr) && !attr.path().is_ident("doc"));
    let reason = outside_a_body(function);
    let read = read_once(name, &function.attrs);
    quote_spanned!(ours(name.span())=>
        #reason;
        #(#attrs)* let #name = #registration;
        #read
    )
}

/// The first thing that the compiler meets: between statements a string that
/// does nothing, elsewhere the text that its error message quotes.
fn outside_a_body(function: &Function) -> Literal {
    let mut text = Literal::string(
        "a `fn` without parameters registers where it stands, which must be inside a function \
         body; move it there, or register at each call with `on_call`",
    );
    text.set_span(ours(function.sig.fn_token.span));
    text
}
