//! The list of `carry(TENANT, trace::REQUEST_ID)`.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Path, Result, Token};

use crate::errors::Errors;
use crate::show::show;
use crate::target::ungrouped;
use crate::value::kind;

/// Reads the list; all its faults together.
pub(crate) fn read(option: &Ident, list: &Punctuated<Expr, Token![,]>) -> Result<Vec<Path>> {
    if list.is_empty() {
        let message = "`carry` names nothing; write `carry(TENANT)`, or remove it";
        return Err(Error::new_spanned(option, message));
    }
    let mut locals: Vec<Path> = Vec::new();
    let mut errors = Errors::default();
    for element in list {
        let Some(local) = errors.keep(read_one(ungrouped(element.clone()))) else {
            continue;
        };
        let same = |earlier: &Path| show(earlier) == show(&local);
        if locals.iter().any(same) {
            errors.at(
                element,
                format!("`{}` is carried twice; remove one of the two", show(&local)),
            );
        }
        locals.push(local);
    }
    errors.into_result(locals)
}

fn read_one(element: Expr) -> Result<Path> {
    match element {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path),
        other => Err(Error::new_spanned(
            &other,
            format!(
                "expected the name of a task-local such as `TENANT`, found {}",
                kind(&other)
            ),
        )),
    }
}
