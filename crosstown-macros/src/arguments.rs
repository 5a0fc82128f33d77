//! What a `fn` has that registers when it is called: its arguments, and nothing of
//! what stands around it.

use proc_macro2::Ident;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Macro, Pat, PatIdent, Signature};

use crate::clones::binding;
use crate::errors::Errors;
use crate::options::Options;

/// Refuses clones of what looks like a variable and is no argument. The compiler
/// would point at the use, and advise to write a closure.
pub(crate) fn check_clones(sig: &Signature, options: &Options, errors: &mut Errors) {
    let Some(clones) = &options.clones else {
        return;
    };
    let mut arguments = Names::default();
    for input in &sig.inputs {
        if let FnArg::Typed(argument) = input {
            arguments.visit_pat_mut(&mut argument.pat.clone());
        }
    }
    if arguments.hidden {
        return;
    }
    let names = clones.value.iter();
    for name in names.filter_map(|clone| binding(&clone.source)) {
        if !arguments.names.contains(name) {
            let message = format!(
                "`{name}` is no argument, and a `fn` that registers when it is called captures \
                 nothing; {}",
                cure(name, sig, options),
            );
            errors.at(name, message);
        }
    }
}

fn cure(name: &Ident, sig: &Signature, options: &Options) -> String {
    if sig.receiver().is_some() {
        return format!("add it as an argument, or write `self.{name} as {name}`");
    }
    if options.on_call.is_some() || sig.inputs.is_empty() {
        return "add it as an argument".into();
    }
    "add it as an argument, or remove all arguments, so that a nested `fn` captures what it uses"
        .into()
}

/// The names that the pattern of an argument binds.
pub(crate) fn bound_in(pat: &Pat) -> Names {
    let mut bound = Names::default();
    bound.visit_pat_mut(&mut pat.clone());
    bound
}

/// The names that patterns bind.
///
/// A `VisitMut` that changes nothing, as that of `borrowed.rs` is.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) names: Vec<Ident>,
    /// A macro may bind more.
    hidden: bool,
}

impl VisitMut for Names {
    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.names.push(pat.ident.clone());
        visit_mut::visit_pat_ident_mut(self, pat);
    }

    fn visit_macro_mut(&mut self, _: &mut Macro) {
        self.hidden = true;
    }
}
