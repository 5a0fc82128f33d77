//! The errors of one use of an attribute, gathered and reported together.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects errors until [`Errors::report`] prints them all before the code.
#[derive(Default)]
#[must_use = "errors that are not reported let a wrong use compile"]
pub(crate) struct Errors {
    all: Option<syn::Error>,
}

impl Errors {
    /// Adds an error that underlines all of `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.all {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        }
    }

    /// Adds the errors of another list.
    pub(crate) fn append(&mut self, other: Self) {
        if let Some(errors) = other.all {
            self.push(errors);
        }
    }

    /// Takes the value, or keeps the error and goes on without a value.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether there is no error so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_none()
    }

    /// Returns the value, unless there was an error.
    pub(crate) fn into_result<T>(self, value: T) -> syn::Result<T> {
        self.all.map_or(Ok(value), Err)
    }

    /// Prints the errors, then `code`.
    pub(crate) fn report(self, code: TokenStream) -> TokenStream {
        match self.all {
            Some(error) => {
                let mut tokens = error.into_compile_error();
                tokens.extend(code);
                tokens
            }
            None => code,
        }
    }
}
