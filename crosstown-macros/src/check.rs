//! What may not stand together, asked of the model before anything is printed.

use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprClosure, Local, ReturnType, Safety, Type, TypeImplTrait};

use crate::arguments;
use crate::attributes::{is_builtin, is_traffic, suits_let};
use crate::borrowed;
use crate::errors::Errors;
use crate::options::Options;
use crate::show::show;
use crate::target::{Function, Target};
use crate::value::inputs;

/// Checks the options against each other and against the kind of body.
pub(crate) fn check_options(target: &Target, options: &Options, errors: &mut Errors) {
    check_body(is_async(target), options, errors);
    if let (Some(on_call), false) = (&options.on_call, matches!(target, Target::Function(_))) {
        errors.at(
            &on_call.source,
            "`on_call` works on a `fn`; a closure or block registers where it stands",
        );
    }
}

/// Checks what the attribute stands on.
///
/// After a fault here the body is not printed, since it would raise errors
/// that only follow from the fault; nor where a list of clones has one.
pub(crate) fn check_target(target: &Target, options: &Options, errors: &mut Errors) {
    match target {
        Target::Function(function) => check_function(function, options, errors),
        Target::Closure(closure) => check_closure(closure, errors),
        Target::Block(_) => {}
        Target::Let(local) => check_let(local, errors),
        Target::Statement(expr, _) => check_target(expr, options, errors),
    }
}

fn check_function(function: &Function, options: &Options, errors: &mut Errors) {
    check_qualifiers(function, errors);
    check_repeated(function.attrs.iter(), errors);
    check_output(function, errors);
    if function.registers_when_called(options) {
        borrowed::check(&function.sig, options, errors);
        arguments::check_clones(&function.sig, options, errors);
    } else {
        check_on_the_spot(function, errors);
    }
}

/// Whether the body is polled, rather than run on one thread to its end.
fn is_async(target: &Target) -> bool {
    match target {
        Target::Function(function) => function.sig.asyncness.is_some(),
        Target::Closure(closure) => closure.asyncness.is_some(),
        Target::Block(_) => true,
        Target::Let(local) => match local.init.as_ref().map(|init| &*init.expr) {
            Some(Expr::Closure(closure)) => closure.asyncness.is_some(),
            other => matches!(other, Some(Expr::Async(_))),
        },
        Target::Statement(expr, _) => is_async(expr),
    }
}

/// Checks the options that suit one kind of body only.
fn check_body(is_async: bool, options: &Options, errors: &mut Errors) {
    let same_thread = options.same_thread.as_ref().filter(|given| given.value);
    if let (Some(same_thread), true) = (same_thread, is_async) {
        errors.at(
            &same_thread.source,
            "an async body can't run with `same_thread = true`; remove the option or the `async`",
        );
    }
    if let (Some(_), Some(also)) = (same_thread, &options.also) {
        errors.at(
            &also.source,
            "`also` may take time, and `same_thread = true` leaves none to wait; remove one of them",
        );
    }
    if let (Some(timeout), false) = (&options.timeout, is_async) {
        errors.at(
            &timeout.source,
            "a body that blocks can't be stopped by a `timeout`; make it `async`, or remove the option",
        );
    }
}

fn check_qualifiers(function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    if sig.constness.is_some() {
        errors.at(
            sig.constness,
            "a `const fn` can't register work; remove the `const`",
        );
    }
    if let Safety::Unsafe(keyword) = &sig.safety {
        errors.at(
            keyword,
            "what an `unsafe fn` asks of its caller may not hold any more when the work runs; \
             remove the `unsafe`",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.at(
            abi,
            "a task runs inside this program only; remove the `extern`",
        );
    }
    if function.body.is_none() {
        let name = &sig.ident;
        errors.at(
            name,
            format!("`{name}` has no body to run; put the attribute on one that has"),
        );
    }
}

/// Finds further attributes of ours on the same target.
pub(crate) fn check_repeated<'a>(attrs: impl Iterator<Item = &'a Attribute>, errors: &mut Errors) {
    for attr in attrs.filter(|attr| is_traffic(attr)) {
        errors.at(
            attr.path(),
            "`#[crosstown_traffic]` is given twice; merge the options into one",
        );
    }
}

fn check_output(function: &Function, errors: &mut Errors) {
    let ReturnType::Type(_, ty) = &function.sig.output else {
        return;
    };
    if let Type::ImplTrait(_) = &**ty {
        let found = show(ty);
        errors.at(
            ty,
            format!("a task returns `()` or `Result<(), E>`, found `{found}`; name the type"),
        );
    } else {
        Nameless(errors).visit_type_mut(&mut ty.clone());
    }
}

/// Reports each type that a result leaves open: the expansion has to write it.
///
/// A `VisitMut` that changes nothing, as that of `borrowed.rs` is.
struct Nameless<'a>(&'a mut Errors);

impl VisitMut for Nameless<'_> {
    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        let found = show(ty);
        let message =
            format!("a task returns a type that has a name, found `{found}`; name the type");
        self.0.at(ty, message);
    }
}

/// Checks a `fn` that becomes a closure where it stands.
fn check_on_the_spot(function: &Function, errors: &mut Errors) {
    let generics = &function.sig.generics;
    let cure = "takes the types it captures as they are; remove this, or add `on_call`";
    if !generics.params.is_empty() {
        let message = format!("a `fn` that registers where it stands {cure}");
        errors.at(generics, message);
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(
            clause,
            format!("a `fn` that registers where it stands {cure}"),
        );
    }
    for attr in function
        .attrs
        .iter()
        .filter(|attr| !suits_let(attr) && !is_traffic(attr))
    {
        let name = show(attr.path());
        let message = if is_builtin(attr) {
            format!(
                "`#[{name}]` has no meaning on a `fn` that registers where it stands; \
                 remove it, or add `on_call`"
            )
        } else {
            format!(
                "here `#[{name}]` comes too late, to what is no `fn` any more; \
                 write it above `#[crosstown_traffic]`"
            )
        };
        errors.at(attr, message);
    }
}

fn check_closure(closure: &ExprClosure, errors: &mut Errors) {
    check_repeated(closure.attrs.iter(), errors);
    if closure.inputs.len() > 1 {
        let count = closure.inputs.len();
        errors.at(
            inputs(closure),
            format!("a task takes no argument, or one of type `Sent`; found {count}"),
        );
    }
    if let (None, Expr::Async(block)) = (closure.asyncness, &*closure.body) {
        errors.at(
            block.async_token,
            "nobody awaits the block that this closure returns; write `async ||`, or the block alone",
        );
    }
}

fn check_let(local: &Local, errors: &mut Errors) {
    let Some(init) = &local.init else {
        return errors.at(local, "expected a closure or an `async` block after `=`");
    };
    if let Some((keyword, _)) = &init.diverge {
        errors.at(
            keyword,
            "a registration can't fail to match; remove the `else`",
        );
    }
    match &*init.expr {
        Expr::Closure(closure) => check_closure(closure, errors),
        Expr::Async(_) => {}
        other => {
            let message = crate::target::wrong_place(crate::value::kind(other));
            errors.at(other, message);
        }
    }
}
