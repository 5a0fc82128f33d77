//! From the model to tokens: one call into the runtime for each use.

mod constants;
mod expression;
mod function;
mod held;
#[cfg(test)]
mod tests;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Path, Type, parse_quote_spanned};

use crate::options::{Given, Options};
use crate::target::Target;

use std::mem::take;

use expression::{from_async, from_closure, from_let, with_attrs};
use function::from_function;

/// Prints a target that passed the checks.
pub(crate) fn target(model: Target, options: &Options) -> TokenStream {
    match model {
        Target::Function(function) => from_function(*function, options),
        Target::Closure(mut closure) => {
            let attrs = take(&mut closure.attrs);
            with_attrs(&attrs, from_closure(*closure, options))
        }
        Target::Block(mut block) => {
            let attrs = take(&mut block.attrs);
            with_attrs(&attrs, from_async(*block, options))
        }
        Target::Let(local) => from_let(*local, options),
        Target::Statement(expr, end) => {
            let registration = target(*expr, options);
            quote!(#registration #end)
        }
    }
}

/// Prints what stands in for a target that failed the checks: the same names
/// and types, but nothing of the body, which would only raise more errors.
pub(crate) fn stub(target: Target, options: &Options) -> TokenStream {
    match target {
        Target::Function(function) => function::stub(&function, options),
        Target::Closure(closure) => refused(options, closure.inputs_begin.spans[0]),
        Target::Block(block) => refused(options, block.async_token.span),
        Target::Statement(expr, end) => {
            let refused = stub(*expr, options);
            quote!(#refused #end)
        }
        Target::Let(local) => {
            let (pat, value) = (&local.pat, refused(options, local.let_token.span));
            let value = local.init.as_ref().map(|_| quote!(= #value));
            quote!(#[allow(unused_variables)] let #pat #value;)
        }
    }
}

/// A `Registration` that never comes to be, printed in a way that makes no
/// statement behind it unreachable.
fn refused(options: &Options, here: Span) -> TokenStream {
    let krate = crate_path(options, here);
    quote_spanned!(ours(here)=> (|| -> #krate::Registration { loop {} })())
}

/// Reads the name of a registration, so that nobody else has to. To allow
/// `unused_variables` is an error where that lint is forbidden.
fn read_once(name: &Ident, attrs: &[Attribute]) -> TokenStream {
    if name.to_string().starts_with('_') {
        return TokenStream::new();
    }
    // The name is there under the same conditions.
    let conditions = conditions(attrs);
    quote_spanned!(ours(name.span())=> #(#conditions)* let _ = &#name;)
}

/// The attributes that say whether what they stand on is there.
fn conditions(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| {
        let path = attr.path();
        path.is_ident("cfg") || path.is_ident("cfg_attr")
    })
}

/// A piece of work on its way to the runtime.
struct Task<'a> {
    options: &'a Options,
    /// The user's token that stands for the task: where it's registered, as
    /// far as backtraces, `line!()` and error messages are concerned.
    here: Span,
    /// The default name, as an expression.
    name: TokenStream,
    /// Which of the runtime's functions takes it.
    form: Form,
    /// The declared type of the result, if it's not to be inferred.
    output: Option<Type>,
    /// A closure or a future.
    body: TokenStream,
}

/// The forms of work, each a function of the runtime.
#[derive(Copy, Clone)]
enum Form {
    Closure,
    ClosureOfSent,
    Future,
    FutureOfSent,
}

impl Form {
    fn suffix(self) -> &'static str {
        match self {
            Self::Closure => "",
            Self::ClosureOfSent => "_sent",
            Self::Future => "_future",
            Self::FutureOfSent => "_future_sent",
        }
    }

    /// The type arguments that are left to inference when the output is given.
    fn inferred(self, here: Span) -> TokenStream {
        match self {
            Self::FutureOfSent => quote_spanned!(here=> _, _),
            _ => quote_spanned!(here=> _),
        }
    }
}

/// A span for tokens of ours: their names are out of the user's reach, their
/// place is that of the user's token.
fn ours(here: Span) -> Span {
    Span::mixed_site().located_at(here)
}

impl Task<'_> {
    /// Prints the expression whose value is the `Registration`.
    fn register(&self) -> TokenStream {
        let before = self.before();
        let call = self.call();
        if before.is_empty() {
            return call;
        }
        quote_spanned!(ours(self.here)=> { #before #call })
    }

    /// What happens before the body's captures are moved away.
    fn before(&self) -> TokenStream {
        let clones = self.clones();
        let also = value_of(&self.options.also).map(|also| self.bind("also", also));
        let key = value_of(&self.options.key).map(|key| self.bind("key", &self.key(key)));
        quote!(#clones #also #key)
    }

    /// All in one statement: a source means what it meant before the list, also
    /// where an earlier clone has taken its name.
    fn clones(&self) -> TokenStream {
        let clones = self.options.clones.iter().flat_map(|given| &given.value);
        let (names, values): (Vec<_>, Vec<_>) = clones
            .map(|clone| {
                let (name, source) = (&clone.name, &clone.source);
                let mutability = &clone.mutability;
                // As a method, so that it clones what a reference points at.
                let value = quote_spanned!(ours(name.span())=>
                    { use ::core::clone::Clone as _; #source.clone() }
                );
                (quote!(#mutability #name), value)
            })
            .unzip();
        let here = ours(self.here);
        match (&names[..], &values[..]) {
            ([], _) => TokenStream::new(),
            ([name], [value]) => quote_spanned!(here=> let #name = #value;),
            _ => quote_spanned!(here=> let (#(#names),*) = (#(#values),*);),
        }
    }

    fn hidden(&self, name: &str) -> Ident {
        format_ident!("__crosstown_{name}", span = ours(self.here))
    }

    fn bind(&self, name: &str, value: &impl ToTokens) -> TokenStream {
        let hidden = self.hidden(name);
        quote_spanned!(ours(self.here)=> let #hidden = #value;)
    }

    /// A literal key is a format string over what is in scope.
    fn key(&self, key: &Expr) -> TokenStream {
        let krate = crate_path(self.options, self.here);
        match crate::value::string(key) {
            Some(text) => quote_spanned!(ours(self.here)=> #krate::__private::format!(#text)),
            None => quote_spanned!(ours(self.here)=> #krate::__private::key(#key)),
        }
    }

    fn call(&self) -> TokenStream {
        let chain = self.chain();
        let verb = if chain.is_empty() { "follow" } else { "task" };
        let krate = crate_path(self.options, self.here);
        let function = format_ident!("{verb}{}", self.form.suffix(), span = self.here);
        let types = self.output.as_ref().map(|output| {
            let inferred = self.form.inferred(self.here);
            quote_spanned!(self.here=> ::<#inferred, #output>)
        });
        let constants = constants::print(self.options, &self.name, self.here);
        let body = &self.body;
        quote_spanned!(self.here=> #krate::__private::#function #types (#constants, #body) #chain)
    }

    /// The builder's calls for what can't be a constant.
    fn chain(&self) -> TokenStream {
        let when = value_of(&self.options.when).map(|rule| {
            let rule = moved(rule);
            quote_spanned!(ours(self.here)=> .when(#rule))
        });
        let also = value_of(&self.options.also).map(|also| {
            let mut hidden = self.hidden("also");
            // What it lacks is an error at the value.
            hidden.set_span(ours(also.span()));
            quote_spanned!(ours(also.span())=> .also(#hidden))
        });
        let key = self.options.key.as_ref().map(|_| {
            let hidden = self.hidden("key");
            quote_spanned!(ours(self.here)=> .key(#hidden))
        });
        let carry = self.options.carry.iter().flat_map(|given| &given.value);
        let carry = carry.map(|local| {
            let name = local.segments.last().map(|last| last.ident.span());
            quote_spanned!(ours(name.unwrap_or(self.here))=> .carry(&#local))
        });
        let calls = quote!(#when #also #key #(#carry)*);
        if calls.is_empty() {
            return calls;
        }
        quote_spanned!(ours(self.here)=> #calls .follow_response())
    }
}

fn value_of<T>(given: &Option<Given<T>>) -> Option<&T> {
    given.as_ref().map(|given| &given.value)
}

/// Adds `move` to a closure; leaves a path alone.
fn moved(rule: &Expr) -> Expr {
    let mut rule = rule.clone();
    if let Expr::Closure(closure) = &mut rule
        && closure.capture.is_none()
    {
        closure.capture = Some(syn::Token![move](closure.inputs_begin.spans[0]));
    }
    rule
}

/// The path to the runtime.
fn crate_path(options: &Options, here: Span) -> Path {
    match value_of(&options.krate) {
        Some(path) => path.clone(),
        None => parse_quote_spanned!(here=> ::crosstown_runtime),
    }
}
