//! Arguments that are borrowed, where the work outlives the request.

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, Lifetime, ParenthesizedGenericArguments, Receiver, ReceiverKind, Signature, TraitBound,
    Type, TypeFnPtr, TypeReference,
};

use crate::errors::Errors;
use crate::options::Options;
use crate::show::show;

const REASON: &str = "is borrowed, and the work outlives the request";

/// Refuses arguments that hold a borrow which may end before the work begins.
pub(crate) fn check(sig: &Signature, options: &Options, errors: &mut Errors) {
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => check_receiver(receiver, options, errors),
            FnArg::Typed(argument) => Borrows(errors).visit_type_mut(&mut argument.ty.clone()),
        }
    }
}

/// Lets `&self` pass beside a `clone` list: then the clones are what the work
/// takes along, and the compiler watches over `self` itself.
fn check_receiver(receiver: &Receiver, options: &Options, errors: &mut Errors) {
    match &receiver.kind {
        ReceiverKind::Typed(_, ty) => Borrows(errors).visit_type_mut(&mut ty.clone()),
        ReceiverKind::Reference(..) if options.clones.is_some() => {}
        ReceiverKind::Reference(..) => {
            let found = show(&receiver.to_token_stream());
            let cure = "take `self` or `self: Arc<Self>`, or `clone(self.field as field)`";
            errors.at(receiver, format!("`{found}` {REASON}; {cure}"));
        }
        _ => {}
    }
}

/// Reports each borrow in a type.
///
/// It changes nothing: it is a `VisitMut` since the handler's visitor is one,
/// and a second kind of visitor would cost build time.
struct Borrows<'a>(&'a mut Errors);

impl VisitMut for Borrows<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.as_ref().is_some_and(is_static) {
            return self.visit_type_mut(&mut reference.elem);
        }
        let message = format!(
            "`{}` {REASON}; take {}",
            show(&reference.to_token_stream()),
            owned(&reference.elem),
        );
        self.0.at(reference, message);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if !is_static(lifetime) {
            let message = format!(
                "what lives for `{lifetime}` {REASON}; write `'static`, or take an owned type"
            );
            self.0.at(lifetime, message);
        }
    }

    // The borrows of a callback are those of its later calls.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        if bound.lifetimes.is_none() {
            visit_mut::visit_trait_bound_mut(self, bound);
        }
    }
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

/// The types that own what a reference points at.
fn owned(referent: &Type) -> String {
    let text = show(&referent.to_token_stream());
    let last = text.rsplit("::").next().unwrap_or(&text);
    match (referent, last) {
        (_, "str") => "`String`".into(),
        (_, "Path") => "`PathBuf`".into(),
        (_, "OsStr") => "`OsString`".into(),
        (_, "CStr") => "`CString`".into(),
        (Type::Slice(slice), _) => format!("`Vec<{}>`", show(&slice.elem.to_token_stream())),
        (Type::TraitObject(_), _) => format!("`Box<{text} + Send>`"),
        (Type::Paren(inner), _) => owned(&inner.elem),
        (Type::Reference(inner), _) => owned(&inner.elem),
        _ => format!("`{text}` or `Arc<{text}>`"),
    }
}
