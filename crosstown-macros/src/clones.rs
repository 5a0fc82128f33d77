//! The list of `clone(a, mut b, self.mailer as mailer)`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Member, Result, Token, Type};

use crate::errors::Errors;
use crate::show::show;
use crate::target::ungrouped;
use crate::value::kind;

/// One binding to be made by a clone.
pub(crate) struct CloneAs {
    /// What is cloned: a name, a field or a path.
    pub(crate) source: Expr,
    /// Whether the body may change the clone.
    pub(crate) mutability: Option<Token![mut]>,
    /// What the clone is called.
    pub(crate) name: Ident,
}

/// One element as written: `source`, or `source as name`, where a `mut` may
/// stand in front of what becomes the name. The compiler's own help puts it
/// there when a body changes a clone.
pub(crate) struct Element {
    mutability: Option<Token![mut]>,
    source: Expr,
    renamed: Option<(Option<Token![mut]>, Type)>,
}

impl Parse for Element {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mutability = input.parse()?;
        let (source, renamed) = if has_name_of_ours(&input.fork()) {
            let source = syn::parse2(up_to_as(input)?)?;
            input.parse::<Token![as]>()?;
            let mutability = input.parse::<Option<Token![mut]>>()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(lacks_name(&source, mutability));
            }
            (source, Some((mutability, input.parse()?)))
        } else {
            match input.parse()? {
                Expr::Cast(cast) => (*cast.expr, Some((None, *cast.ty))),
                source => (source, None),
            }
        };
        Ok(Self {
            mutability,
            source: ungrouped(source),
            renamed,
        })
    }
}

/// Whether `as mut` follows in this element, or an `as` with nothing behind it: that
/// is no expression.
fn has_name_of_ours(ahead: ParseStream<'_>) -> bool {
    while !ahead.peek(Token![as]) {
        if ahead.peek(Token![,]) || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    let nothing =
        ahead.parse::<Token![as]>().is_ok() && (ahead.is_empty() || ahead.peek(Token![,]));
    nothing || ahead.peek(Token![mut])
}

fn up_to_as(input: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.peek(Token![as]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// Reads the list; all its faults together.
pub(crate) fn read(option: &Ident, list: &Punctuated<Element, Token![,]>) -> Result<Vec<CloneAs>> {
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

fn read_one(element: &Element) -> Result<CloneAs> {
    let source = &element.source;
    if let Some((mutability, name)) = &element.renamed {
        return read_renamed(element, *mutability, name);
    }
    if let Some(name) = binding(source) {
        return Ok(CloneAs {
            source: source.clone(),
            mutability: element.mutability,
            name: name.clone(),
        });
    }
    check_place(source)?;
    Err(lacks_name(source, element.mutability))
}

fn lacks_name(source: &Expr, mutability: Option<Token![mut]>) -> Error {
    let place = show(source);
    let name = last_name(source).map_or_else(|| "copy".to_owned(), |name| name.to_lowercase());
    let mutability = mutability.map_or("", |_| "mut ");
    let message =
        format!("the clone of `{place}` needs a name; write `{place} as {mutability}{name}`");
    Error::new_spanned(source, message)
}

fn read_renamed(element: &Element, mutability: Option<Token![mut]>, ty: &Type) -> Result<CloneAs> {
    check_place(&element.source)?;
    let name = match ty {
        Type::Path(ty) if ty.qself.is_none() => {
            ty.path.get_ident().filter(|name| !is_keyword(name))
        }
        _ => None,
    };
    let Some(name) = name else {
        return Err(Error::new_spanned(
            ty,
            "expected a new name, such as `mailer`",
        ));
    };
    if let Some(misplaced) = element.mutability {
        let place = show(&element.source);
        let message = format!("the new name is what may be `mut`; write `{place} as mut {name}`");
        return Err(Error::new_spanned(misplaced, message));
    }
    Ok(CloneAs {
        source: element.source.clone(),
        mutability,
        name: name.clone(),
    })
}

/// Whether a name is written like one of a constant or a static, which no `let` can
/// take.
fn is_constant(name: &Ident) -> bool {
    let name = name.to_string();
    name.trim_start_matches('_').starts_with(char::is_uppercase)
}

/// Whether it is a word that may stand for a path, and for no binding.
fn is_keyword(name: &Ident) -> bool {
    ["self", "Self", "super", "crate"]
        .iter()
        .any(|word| name == word)
}

/// The name of a plain binding: that of a constant or a static has capitals.
pub(crate) fn binding(element: &Expr) -> Option<&Ident> {
    match element {
        Expr::Path(path) if path.attrs.is_empty() => {
            let name = path.path.get_ident();
            name.filter(|name| !is_keyword(name) && !is_constant(name))
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

/// What a place without a name would best be called.
fn last_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Field(field) => match &field.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => None,
        },
        Expr::Path(path) => {
            let last = &path.path.segments.last()?.ident;
            Some(if is_keyword(last) {
                "this".to_owned()
            } else {
                last.to_string()
            })
        }
        _ => None,
    }
}
