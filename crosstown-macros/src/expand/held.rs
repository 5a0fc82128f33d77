//! What a task holds to its end, as an `async fn` holds its arguments: a closure
//! captures no more than what its body uses, and of that perhaps a field.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{FnArg, Pat, PatIdent, ReceiverKind, Signature};

use super::ours;
use crate::arguments::bound_names;
use crate::options::Options;
use crate::target::Function;

/// Gives a name to arguments that have none, so that they can be held.
pub(super) fn name_wildcards(sig: &mut Signature) {
    for (index, input) in sig.inputs.iter_mut().enumerate() {
        if let FnArg::Typed(argument) = input
            && let Pat::Wild(wild) = &*argument.pat
        {
            let here = ours(wild.underscore_token.span);
            *argument.pat = Pat::Ident(PatIdent {
                attrs: wild.attrs.clone(),
                by_ref: None,
                mutability: None,
                ident: format_ident!("__crosstown_argument_{index}", span = here),
                subpat: None,
            });
        }
    }
}

/// Has the body of a `fn` capture its arguments and clones as a whole.
///
/// Not those that it doesn't mention: then the compiler says that they are
/// unused. Names that begin with `_` are there to be held.
pub(super) fn by_function(function: &Function, options: &Options) -> TokenStream {
    let body = function.body.as_ref().map(|body| body.stream());
    let mentioned = |name: &Ident| body.as_ref().is_some_and(|body| mentions(body, name));
    let receiver = function.sig.receiver().filter(|receiver| {
        // What `&self` lends ends with the request: clones are taken of it.
        !matches!(receiver.kind, ReceiverKind::Reference(..))
    });
    let receiver = receiver.map(|receiver| hold(&Ident::from(receiver.self_token)));
    let names = bound_names(&function.sig).names.into_iter();
    let names = names.chain(clones(options).cloned());
    let names = names.filter(|name| is_guard(name) || mentioned(name));
    let held = receiver.into_iter().chain(names.map(|name| hold(&name)));
    // What is captured last is let go of last: `self`, then the first argument.
    let held: Vec<_> = held.collect();
    held.into_iter().rev().collect()
}

/// Has any other body capture the clones that are there to be held.
pub(super) fn by_clones(options: &Options) -> TokenStream {
    clones(options)
        .filter(|name| is_guard(name))
        .map(hold)
        .collect()
}

fn clones(options: &Options) -> impl Iterator<Item = &Ident> {
    let clones = options.clones.iter().flat_map(|given| &given.value);
    clones.map(|clone| &clone.name)
}

fn is_guard(name: &Ident) -> bool {
    name.to_string().starts_with('_')
}

fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

fn hold(name: &Ident) -> TokenStream {
    quote_spanned!(ours(name.span())=>
        #[allow(clippy::used_underscore_binding)]
        let _ = &#name;
    )
    .into_token_stream()
}
