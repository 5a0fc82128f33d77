//! What the attribute stands on, from syntax to model.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{
    AttrStyle, Attribute, Error, Expr, ExprAsync, ExprClosure, Local, Result, ReturnType,
    Signature, Stmt, Token, Type, Visibility,
};

use crate::options::Options;
use crate::value::kind;

/// What the attribute works on.
pub(crate) enum Target {
    Function(Box<Function>),
    Closure(Box<ExprClosure>),
    Block(Box<ExprAsync>),
    Let(Box<Local>),
    /// One of the others with its semicolon, as nightly compilers hand it over.
    Statement(Box<Target>, Token![;]),
}

/// A `fn` item, its body unread: what stands there is the compiler's business.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Option<Group>,
}

impl Target {
    /// Reads an item, or on nightly also an expression or a `let`.
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self> {
        Self::read.parse2(tokens)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        if starts_function(&input.fork()) {
            return input
                .parse()
                .map(|function| Self::Function(Box::new(function)));
        }
        let rest = input.fork();
        match input.call(syn::Block::parse_within) {
            Ok(stmts) => Self::from_stmts(stmts, &rest),
            Err(_) => Err(not_a_target(&rest)),
        }
    }

    fn from_stmts(mut stmts: Vec<Stmt>, rest: ParseStream<'_>) -> Result<Self> {
        match (stmts.pop(), stmts.is_empty()) {
            (Some(Stmt::Local(local)), true) => Ok(Self::from_let(local)),
            (Some(Stmt::Expr(expr, None)), true) => Self::from_expr(expr),
            (Some(Stmt::Expr(expr, Some(end))), true) => {
                Self::from_expr(expr).map(|target| Self::Statement(Box::new(target), end))
            }
            _ => Err(not_a_target(rest)),
        }
    }

    /// Accepts a closure or an `async` block.
    pub(crate) fn from_expr(expr: Expr) -> Result<Self> {
        match expr {
            Expr::Closure(closure) => Ok(Self::Closure(Box::new(closure))),
            Expr::Async(block) => Ok(Self::Block(Box::new(block))),
            Expr::Group(_) => Self::from_expr(ungrouped(expr)),
            other => Err(Error::new_spanned(&other, wrong_place(kind(&other)))),
        }
    }

    /// Takes any `let`; whether its value is work is checked with the rest.
    pub(crate) fn from_let(mut local: Local) -> Self {
        if let Some(init) = &mut local.init {
            let value = std::mem::replace(&mut *init.expr, Expr::Verbatim(TokenStream::new()));
            *init.expr = ungrouped(value);
        }
        Self::Let(Box::new(local))
    }
}

/// Takes an expression out of the invisible delimiters that it has when it came
/// through a variable of `macro_rules!`.
pub(crate) fn ungrouped(expr: Expr) -> Expr {
    let Expr::Group(group) = expr else {
        return expr;
    };
    let mut expr = ungrouped(*group.expr);
    if let Expr::Closure(ExprClosure { attrs, .. }) | Expr::Async(ExprAsync { attrs, .. }) =
        &mut expr
    {
        attrs.splice(0..0, group.attrs);
    }
    expr
}

impl Function {
    /// Whether the work registers each time the `fn` is called, or else where
    /// the `fn` stands.
    ///
    /// A proc macro can't see where it stands, hence this rule on syntax alone.
    pub(crate) fn registers_when_called(&self, options: &Options) -> bool {
        options.on_call.is_some()
            || options.lacks_on_call
            || !self.sig.inputs.is_empty()
            || !matches!(self.vis, Visibility::Inherited)
    }

    /// The declared type of the result, unless it is `()`.
    pub(crate) fn output(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Type(_, ty) if !is_unit(ty) => Some(ty),
            _ => None,
        }
    }
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            Some(split_body(&read_body(input)?, &mut attrs)?)
        };
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
        })
    }
}

/// Reads a body in its braces, around which a variable of `macro_rules!` puts
/// invisible delimiters.
fn read_body(input: ParseStream<'_>) -> Result<Group> {
    match input.parse()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            read_body.parse2(group.stream())
        }
        TokenTree::Group(group) => Ok(group),
        other => Err(Error::new_spanned(other, "expected a body, `{ … }`")),
    }
}

/// Moves a body's inner attributes in front of the item, where they mean the
/// same and may stay when the body becomes a closure.
fn split_body(body: &Group, attrs: &mut Vec<Attribute>) -> Result<Group> {
    let split = |input: ParseStream<'_>| {
        let inner = input.call(Attribute::parse_inner)?;
        Ok((inner, input.parse::<TokenStream>()?))
    };
    let (inner, rest) = split.parse2(body.stream())?;
    attrs.extend(inner.into_iter().map(|attr| Attribute {
        style: AttrStyle::Outer,
        ..attr
    }));
    let mut group = Group::new(body.delimiter(), rest);
    group.set_span(body.span());
    Ok(group)
}

/// Whether a `fn` follows, behind attributes, visibility and qualifiers.
pub(crate) fn starts_function(input: ParseStream<'_>) -> bool {
    let head = input.call(Attribute::parse_outer).is_ok() && input.parse::<Visibility>().is_ok();
    while head && !input.peek(Token![fn]) {
        let qualifier = input.peek(Token![const])
            || input.peek(Token![async])
            || input.peek(Token![unsafe])
            || input.peek(Token![extern])
            || input.peek(syn::LitStr);
        if !qualifier || input.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    head
}

/// The message for a place where the attribute can't work.
pub(crate) fn wrong_place(found: &str) -> String {
    format!("`#[crosstown_traffic]` works on a `fn`, a closure or an `async` block; found {found}")
}

/// The error for an item of another kind, at its keyword.
fn not_a_target(input: ParseStream<'_>) -> Error {
    let keyword = skip_to_keyword(input).and_then(|()| input.call(Ident::parse_any));
    match keyword {
        Ok(keyword) => {
            let message = wrong_place(item_kind(&keyword.to_string()));
            Error::new_spanned(keyword, message)
        }
        Err(_) => input.error(wrong_place("something else")),
    }
}

/// Skips what may stand in front of an item's keyword.
pub(crate) fn skip_to_keyword(input: ParseStream<'_>) -> Result<()> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    while input.peek(Token![unsafe]) || input.peek(Token![auto]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Names the kind of an item by its keyword.
pub(crate) fn item_kind(keyword: &str) -> &'static str {
    match keyword {
        "struct" => "a struct",
        "enum" => "an enum",
        "union" => "a union",
        "trait" => "a trait",
        "impl" => "an `impl` block",
        "mod" => "a module",
        "const" => "a constant",
        "static" => "a static",
        "type" => "a type alias",
        "use" => "a `use`",
        "extern" => "an `extern` item",
        _ => "a macro call",
    }
}
