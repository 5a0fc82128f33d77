//! The list of `clone(a, self.mailer as mailer)`.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, ExprCast, Member, Result, Token, Type};

use crate::errors::Errors;
use crate::value::kind;

/// One binding to be made by a clone.
pub(crate) struct CloneAs {
    /// What is cloned: a name, a field or a path.
    pub(crate) source: Expr,
    /// What the clone is called.
    pub(crate) name: Ident,
}

/// Reads the list; all its faults together.
pub(crate) fn read(option: &Ident, list: &Punctuated<Expr, Token![,]>) -> Result<Vec<CloneAs>> {
    if list.is_empty() {
        let message = "`clone` names nothing; write `clone(a, b)`, or remove it";
        return Err(Error::new_spanned(option, message));
    }
    let mut clones: Vec<CloneAs> = Vec::new();
    let mut errors = Errors::default();
    for element in list {
        let Some(clone) = errors.keep(read_one(element)) else {
            continue;
        };
        if clones.iter().any(|earlier| earlier.name == clone.name) {
            let message = format!("`{}` is cloned twice; remove one of the two", clone.name);
            errors.at(&clone.name, message);
        }
        clones.push(clone);
    }
    errors.into_result(clones)
}

fn read_one(element: &Expr) -> Result<CloneAs> {
    if let Expr::Cast(cast) = element {
        return read_renamed(cast);
    }
    if let Some(name) = binding(element) {
        return Ok(CloneAs {
            source: element.clone(),
            name: name.clone(),
        });
    }
    check_place(element)?;
    let place = show(element);
    let name = last_name(element).map_or_else(|| "copy".to_owned(), |name| name.to_lowercase());
    Err(Error::new_spanned(
        element,
        format!("the clone of `{place}` needs a name; write `{place} as {name}`"),
    ))
}

fn read_renamed(cast: &ExprCast) -> Result<CloneAs> {
    check_place(&cast.expr)?;
    let name = match &*cast.ty {
        Type::Path(ty) if ty.qself.is_none() => ty.path.get_ident(),
        _ => None,
    };
    match name {
        Some(name) => Ok(CloneAs {
            source: (*cast.expr).clone(),
            name: name.clone(),
        }),
        None => Err(Error::new_spanned(
            &cast.ty,
            "expected a new name, such as `mailer`",
        )),
    }
}

/// The name of a plain binding.
fn binding(element: &Expr) -> Option<&Ident> {
    match element {
        Expr::Path(path) if path.attrs.is_empty() => {
            path.path.get_ident().filter(|name| *name != "self")
        }
        _ => None,
    }
}

/// Refuses what does more than to name a place.
fn check_place(expr: &Expr) -> Result<()> {
    match expr {
        Expr::Path(_) => Ok(()),
        Expr::Field(field) => check_place(&field.base),
        _ => {
            let message = format!(
                "expected a name, or a field or path `as` a name, found {}",
                kind(expr)
            );
            Err(Error::new_spanned(expr, message))
        }
    }
}

fn show(expr: &Expr) -> String {
    quote::ToTokens::to_token_stream(expr)
        .to_string()
        .replace(' ', "")
}

/// What a place without a name would best be called.
fn last_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Field(field) => match &field.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => None,
        },
        Expr::Path(path) => {
            let last = path.path.segments.last()?.ident.to_string();
            Some(if last == "self" {
                "this".to_owned()
            } else {
                last
            })
        }
        _ => None,
    }
}
