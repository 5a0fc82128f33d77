//! What a task holds to its end, as an `async fn` holds its arguments: a closure
//! captures no more than what its body uses, and of that perhaps a field.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Pat, PatIdent, ReceiverKind, Signature};

use super::{conditions, ours};
use crate::arguments::bound_in;
use crate::options::Options;
use crate::target::Function;

/// Gives a name to arguments, and parts of them, that have none, so that they can
/// be held.
pub(super) fn name_wildcards(sig: &mut Signature) {
    let mut wildcards = Wildcards { named: 0 };
    for input in &mut sig.inputs {
        if let FnArg::Typed(argument) = input {
            wildcards.visit_pat_mut(&mut argument.pat);
        }
    }
}

struct Wildcards {
    named: usize,
}

impl VisitMut for Wildcards {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Wild(wild) => {
                let here = ours(wild.underscore_token.span);
                *pat = Pat::Ident(PatIdent {
                    attrs: wild.attrs.clone(),
                    by_ref: None,
                    mutability: None,
                    ident: format_ident!("__crosstown_argument_{}", self.named, span = here),
                    subpat: None,
                });
                self.named += 1;
            }
            // A name there would move what is borrowed, be bound by one of several
            // patterns alone, or take a part of what has a name as a whole.
            Pat::Reference(_) | Pat::Or(_) | Pat::Ident(_) => {}
            _ => visit_mut::visit_pat_mut(self, pat),
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
    let held = |name: &Ident| is_guard(name) || mentioned(name);
    let mut holds = Vec::new();
    for input in &function.sig.inputs {
        match input {
            // What `&self` lends ends with the request: clones are taken of it.
            FnArg::Receiver(receiver) if matches!(receiver.kind, ReceiverKind::Reference(..)) => {}
            FnArg::Receiver(receiver) => {
                holds.push(hold(&Ident::from(receiver.self_token), &receiver.attrs));
            }
            FnArg::Typed(argument) => {
                let names = bound_in(&argument.pat).names.into_iter();
                holds.extend(names.filter(held).map(|name| hold(&name, &argument.attrs)));
            }
        }
    }
    let clones = clones(options).filter(|name| held(name));
    holds.extend(clones.map(|name| hold(name, &[])));
    // What is captured last is let go of last: `self`, then the first argument.
    holds.into_iter().rev().collect()
}

/// Has any other body capture the clones that are there to be held.
pub(super) fn by_clones(options: &Options) -> TokenStream {
    let guards = clones(options).filter(|name| is_guard(name));
    let holds: Vec<_> = guards.map(|name| hold(name, &[])).collect();
    // As in the body of a `fn`: the first clone is let go of last.
    holds.into_iter().rev().collect()
}

fn clones(options: &Options) -> impl Iterator<Item = &Ident> {
    let clones = options.clones.iter().flat_map(|given| &given.value);
    clones.map(|clone| &clone.name)
}

fn is_guard(name: &Ident) -> bool {
    name.to_string().starts_with('_')
}

/// Whether a name is there, other than as that of a field or method.
fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    // How many `.` stand in front: with two it's a range.
    let mut dots = 0;
    tokens.clone().into_iter().any(|token| {
        let found = match &token {
            TokenTree::Ident(word) => dots != 1 && word == name,
            TokenTree::Group(group) => mentions(&group.stream(), name),
            _ => false,
        };
        let is_dot = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '.');
        dots = if is_dot { dots + 1 } else { 0 };
        found
    })
}

/// Mentions a name, under the conditions under which it is there.
fn hold(name: &Ident, attrs: &[Attribute]) -> TokenStream {
    let (here, conditions) = (ours(name.span()), conditions(attrs));
    let lint =
        is_guard(name).then(|| quote_spanned!(here=> #[allow(clippy::used_underscore_binding)]));
    quote_spanned!(here=> #(#conditions)* #lint let _ = &#name;)
}
