//! Arguments that are borrowed, where the work outlives the request.

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, Lifetime, ParenthesizedGenericArguments, PatIdent, PatReference, Receiver, ReceiverKind,
    Signature, TraitBound, Type, TypeFnPtr, TypeReference,
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
            FnArg::Typed(argument) => {
                Borrows(errors).visit_pat_mut(&mut argument.pat.clone());
                Borrows(errors).visit_type_mut(&mut argument.ty.clone());
            }
        }
    }
}

/// Lets `&self` pass beside a `clone` list: then the clones are what the work
/// takes along, and the compiler watches over `self` itself.
fn check_receiver(receiver: &Receiver, options: &Options, errors: &mut Errors) {
    match &receiver.kind {
        ReceiverKind::Typed(_, ty) => {
            let mut borrows = Errors::default();
            Borrows(&mut borrows).visit_type_mut(&mut ty.clone());
            if !borrows.is_empty() {
                errors.at(ty, borrowed_receiver(ty, "take `self: Box<Self>`"));
            }
        }
        ReceiverKind::Reference(_, Some(lifetime), _) if is_static(lifetime) => {}
        ReceiverKind::Reference(..) if options.clones.is_none() && !options.lacks_clones => {
            let cure = "use `clone(self.field as field)`, or take `self`";
            errors.at(receiver, borrowed_receiver(receiver, cure));
        }
        _ => {}
    }
}

fn borrowed_receiver(found: &impl ToTokens, cure: &str) -> String {
    let found = show(found);
    format!("`{found}` {REASON}; {cure} or `self: Arc<Self>`")
}

/// Reports each borrow in a type, or by a pattern.
///
/// It changes nothing: it is a `VisitMut` since the handler's visitor is one,
/// and a second kind of visitor would cost build time.
struct Borrows<'a>(&'a mut Errors);

impl VisitMut for Borrows<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.as_ref().is_some_and(is_static) {
            return self.visit_type_mut(&mut reference.elem);
        }
        let message = format!("`{}` {REASON}; take {}", show(reference), owned(reference));
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

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        if let Some(keyword) = &pat.by_ref {
            let message = format!(
                "what `ref {}` borrows ends with the call; remove the `ref`",
                pat.ident
            );
            self.0.at(keyword, message);
        }
        visit_mut::visit_pat_ident_mut(self, pat);
    }

    // What is behind it is borrowed for as long as the type says.
    fn visit_pat_reference_mut(&mut self, _: &mut PatReference) {}

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
fn owned(reference: &TypeReference) -> String {
    let referent = &*reference.elem;
    let text = show(referent);
    let last = text.rsplit("::").next().unwrap_or(&text);
    match (referent, last) {
        (_, "str") => "`String`".into(),
        (_, "Path") => "`PathBuf`".into(),
        (_, "OsStr") => "`OsString`".into(),
        (_, "CStr") => "`CString`".into(),
        (Type::Slice(slice), _) => format!("`Vec<{}>`", show(&slice.elem)),
        (Type::TraitObject(_), _) => format!("`Box<{text} + Send>`"),
        (Type::Reference(inner), _) => owned(inner),
        _ if reference.mutability.is_some() => format!("`{text}` or `Arc<Mutex<{text}>>`"),
        _ => format!("`{text}` or `Arc<{text}>`"),
    }
}
