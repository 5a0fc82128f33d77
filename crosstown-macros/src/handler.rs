//! `#[crosstown_handler]`: finds the other attribute inside a function, where
//! the compiler accepts none, and expands it there.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Error, Expr, Item, ItemFn, Macro, Meta, Path, Result, Stmt, TraitItemFn};

use crate::attributes::{is_handler, is_traffic};
use crate::check::check_repeated;
use crate::errors::Errors;
use crate::options::{Options, parse_handler};
use crate::target::{Target, item_kind, starts_function, wrong_place};
use crate::{in_macro, traffic, value};

/// Expands the attribute as the compiler calls it.
pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let krate = parse_handler(options, &mut errors);
    let code = match errors.keep(Handler::parse(item.clone())) {
        Some(handler) => handler.rewrite(&mut Rewriter::new(krate, &mut errors)),
        None => item,
    };
    errors.report(code)
}

/// What the attribute may stand on.
enum Handler {
    Function(Box<ItemFn>),
    Signature(Box<TraitItemFn>),
    Block(Box<Item>),
}

impl Handler {
    fn parse(tokens: TokenStream) -> Result<Self> {
        Self::read.parse2(tokens)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        if starts_function(&input.fork()) {
            if input
                .fork()
                .parse::<TraitItemFn>()
                .is_ok_and(|item| item.default.is_none())
            {
                return input.parse().map(|item| Self::Signature(Box::new(item)));
            }
            return input.parse().map(|item| Self::Function(Box::new(item)));
        }
        match input.fork().parse() {
            Ok(Item::Impl(_) | Item::Trait(_)) => {
                input.parse().map(|item| Self::Block(Box::new(item)))
            }
            _ => Err(not_a_handler(input)),
        }
    }

    fn rewrite(self, rewriter: &mut Rewriter<'_>) -> TokenStream {
        match self {
            Self::Function(mut item) => {
                rewriter.visit_block_mut(&mut item.block);
                item.into_token_stream()
            }
            Self::Signature(item) => item.into_token_stream(),
            Self::Block(mut item) => {
                rewriter.visit_item_mut(&mut item);
                item.into_token_stream()
            }
        }
    }
}

fn not_a_handler(input: ParseStream<'_>) -> Error {
    let found = crate::target::skip_to_keyword(input).and_then(|()| input.call(Ident::parse_any));
    match found {
        Ok(keyword) => {
            let found = item_kind(&keyword.to_string());
            let message = format!("`#[crosstown_handler]` works on a `fn`; found {found}");
            Error::new_spanned(keyword, message)
        }
        Err(error) => error,
    }
}

/// Walks a body, and puts registrations in place of what is marked.
pub(crate) struct Rewriter<'a> {
    krate: Option<Path>,
    errors: &'a mut Errors,
    /// What the attributes visited next stand on.
    place: &'static str,
}

impl<'a> Rewriter<'a> {
    fn new(krate: Option<Path>, errors: &'a mut Errors) -> Self {
        Self {
            krate,
            errors,
            place: "something else",
        }
    }

    /// Adds an error that underlines all of `tokens`.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: String) {
        self.errors.at(tokens, message);
    }

    /// Removes the attribute of ours, of which there should be one.
    fn take(&mut self, attrs: &mut Vec<Attribute>) -> Option<Attribute> {
        check_repeated(
            attrs.iter().filter(|attr| is_traffic(attr)).skip(1),
            self.errors,
        );
        let ours: Vec<_> = attrs.extract_if(.., |attr| is_traffic(attr)).collect();
        ours.into_iter().next()
    }

    /// Says in an attribute that the compiler will expand where the runtime is,
    /// unless it does itself.
    pub(crate) fn tell_crate(&self, attrs: &mut [Attribute]) {
        let Some(krate) = &self.krate else {
            return;
        };
        let told = |attr: &&mut Attribute| is_traffic(attr) || is_handler(attr);
        for attr in attrs.iter_mut().filter(told) {
            // What can't be read is reported where it is expanded.
            if let Ok(options) = arguments(attr)
                && !names_crate(&options)
            {
                let path = attr.path();
                attr.meta = syn::parse_quote!(#path(crate = #krate, #options));
            }
        }
    }

    /// Prepares the attributes of an item for the compiler, and tells whether its
    /// inside is this handler's: one that is a handler itself has its own way to
    /// the runtime.
    fn enters(&self, attrs: &mut [Attribute]) -> bool {
        self.tell_crate(attrs);
        !attrs.iter().any(is_handler)
    }

    fn expand(&mut self, attr: &Attribute, target: Target) -> TokenStream {
        let tokens = self.errors.keep(arguments(attr)).unwrap_or_default();
        let mut options = Options::parse(tokens, self.errors);
        options.default_crate(self.krate.as_ref());
        traffic::check_and_print(target, &options, self.errors)
    }
}

impl VisitMut for Rewriter<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let attr = match expr {
            Expr::Closure(closure) => self.take(&mut closure.attrs),
            Expr::Async(block) => self.take(&mut block.attrs),
            Expr::Group(group) if is_work(&group.expr) => self.take(&mut group.attrs),
            _ => None,
        };
        self.place = value::kind(expr);
        visit_mut::visit_expr_mut(self, expr);
        if let Some(attr) = attr
            && let Ok(target) = Target::from_expr(replace(expr))
        {
            *expr = Expr::Verbatim(self.expand(&attr, target));
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        let attr = match stmt {
            Stmt::Local(local) => self.take(&mut local.attrs),
            _ => None,
        };
        self.place = "a macro call";
        visit_mut::visit_stmt_mut(self, stmt);
        if let (Some(attr), Stmt::Local(local)) = (attr, &*stmt) {
            let target = Target::from_let(local.clone());
            *stmt = Stmt::Expr(Expr::Verbatim(self.expand(&attr, target)), None);
        }
    }

    /// An attribute that is still there stands in a wrong place. Nothing is left
    /// of it: the compiler refuses any attribute on some expressions.
    fn visit_attributes_mut(&mut self, attrs: &mut Vec<Attribute>) {
        for attr in attrs.extract_if(.., |attr| is_traffic(attr)) {
            self.errors.at(attr.path(), wrong_place(self.place));
        }
        for attr in attrs.extract_if(.., |attr| is_hidden_traffic(attr)) {
            self.errors.at(
                attr.path(),
                "`cfg_attr` hides what it holds from `#[crosstown_handler]`; write \
                 `#[cfg(…)]` and `#[crosstown_traffic]`, each by itself",
            );
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        self.place = "a `match` arm";
        visit_mut::visit_arm_mut(self, arm);
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        self.place = "a field";
        visit_mut::visit_field_value_mut(self, field);
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        mac.tokens = in_macro::rewrite(std::mem::take(&mut mac.tokens), &mac.path, self);
    }

    /// The attributes of items are the compiler's to expand; only what is
    /// inside their bodies is not.
    fn visit_item_mut(&mut self, item: &mut Item) {
        let attrs = match item {
            Item::Fn(item) => &mut item.attrs,
            Item::Impl(item) => &mut item.attrs,
            Item::Trait(item) => &mut item.attrs,
            _ => &mut Vec::new(),
        };
        if !self.enters(attrs) {
            return;
        }
        match item {
            Item::Fn(item) => self.visit_block_mut(&mut item.block),
            Item::Impl(item) => item
                .items
                .iter_mut()
                .for_each(|item| self.visit_impl_item_mut(item)),
            Item::Trait(item) => item
                .items
                .iter_mut()
                .for_each(|item| self.visit_trait_item_mut(item)),
            Item::Mod(item) => {
                let items = item.content.iter_mut().flat_map(|(_, items)| items);
                items.for_each(|item| self.visit_item_mut(item));
            }
            Item::Macro(item) => self.visit_macro_mut(&mut item.mac),
            _ => {}
        }
    }

    fn visit_impl_item_mut(&mut self, item: &mut syn::ImplItem) {
        if let syn::ImplItem::Fn(item) = item
            && self.enters(&mut item.attrs)
        {
            self.visit_block_mut(&mut item.block);
        }
    }

    fn visit_trait_item_mut(&mut self, item: &mut syn::TraitItem) {
        if let syn::TraitItem::Fn(item) = item
            && self.enters(&mut item.attrs)
            && let Some(block) = &mut item.default
        {
            self.visit_block_mut(block);
        }
    }
}

/// Whether an attribute holds one of ours, which nobody would expand.
fn is_hidden_traffic(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg_attr")
        && matches!(&attr.meta, Meta::List(list) if in_macro::mentions_traffic(&list.tokens))
}

/// Whether it is a closure or an `async` block, invisible delimiters aside.
fn is_work(expr: &Expr) -> bool {
    match expr {
        Expr::Closure(_) | Expr::Async(_) => true,
        Expr::Group(group) => is_work(&group.expr),
        _ => false,
    }
}

fn replace(expr: &mut Expr) -> Expr {
    std::mem::replace(expr, Expr::Verbatim(TokenStream::new()))
}

/// Whether the options say where the runtime is.
fn names_crate(options: &TokenStream) -> bool {
    let options: Vec<_> = options.clone().into_iter().collect();
    // Not the `crate` of a path.
    options.windows(2).any(|two| match two {
        [TokenTree::Ident(word), TokenTree::Punct(sign)] => {
            word == "crate" && sign.as_char() == '='
        }
        _ => false,
    })
}

/// What stands between the attribute's parentheses.
fn arguments(attr: &Attribute) -> Result<TokenStream> {
    match &attr.meta {
        Meta::Path(_) => Ok(TokenStream::new()),
        Meta::List(list) => Ok(list.tokens.clone()),
        Meta::NameValue(pair) => Err(Error::new_spanned(
            &pair.value,
            "options stand between parentheses; write `#[crosstown_traffic(option = value)]`",
        )),
    }
}
