//! What is known when the task is compiled, as one constant.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::{crate_path, ours, value_of};
use crate::options::{Options, Phase, Verdict, WithoutResponse};

/// Prints a `&'static` reference to the task's options.
pub(super) fn print(options: &Options, default_name: &TokenStream, here: Span) -> TokenStream {
    let span = ours(here);
    let krate = crate_path(options, here);
    let name = match value_of(&options.name) {
        Some(name) => name.to_token_stream(),
        None => default_name.clone(),
    };
    // These two name the line of the outermost macro call that they come from,
    // so they get the user's own span rather than one of ours.
    let place = quote_spanned!(here=> ::core::file!(), ::core::line!());
    let setters = setters(options, span);
    quote_spanned!(span=> const { &#krate::__private::Options::new(#name, #place) #setters })
}

/// The name of a task that has none: its file and line.
pub(super) fn place_as_name(here: Span) -> TokenStream {
    quote_spanned!(here=> ::core::concat!(::core::file!(), ":", ::core::line!()))
}

/// One call for each option that differs from the default.
fn setters(options: &Options, span: Span) -> TokenStream {
    let no_go = value_of(&options.no_go).map(|ranges| {
        let ranges = ranges
            .iter()
            .map(|(low, high)| quote_spanned!(span=> (#low, #high)));
        quote_spanned!(span=> .no_go(&[#(#ranges),*]))
    });
    let timeout = value_of(&options.timeout);
    let timeout = timeout.map(|milliseconds| quote_spanned!(span=> .timeout_ms(#milliseconds)));
    let words = words(options).into_iter().flatten().map(|word| {
        let word = proc_macro2::Ident::new(word, span);
        quote_spanned!(span=> .#word())
    });
    quote!(#no_go #timeout #(#words)*)
}

/// The setters that take no argument.
fn words(options: &Options) -> [Option<&'static str>; 5] {
    let same_thread = value_of(&options.same_thread).filter(|same_thread| **same_thread);
    [
        same_thread.map(|_| "same_thread"),
        value_of(&options.phase).and_then(phase),
        value_of(&options.on_abort).map(on_abort),
        value_of(&options.no_response).and_then(no_response),
        value_of(&options.without_response).map(without_response),
    ]
}

fn phase(phase: &Phase) -> Option<&'static str> {
    match phase {
        Phase::Head => Some("phase_head"),
        Phase::Sent => None,
        Phase::Delivered => Some("phase_delivered"),
    }
}

/// The default depends on the phase, so both words are passed on.
fn on_abort(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Run => "on_abort_run",
        Verdict::Skip => "on_abort_skip",
    }
}

fn no_response(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Run => Some("no_response_run"),
        Verdict::Skip => None,
    }
}

/// The default is warned of, so all words are passed on.
fn without_response(choice: &WithoutResponse) -> &'static str {
    match choice {
        WithoutResponse::Run => "without_response_run",
        WithoutResponse::Skip => "without_response_skip",
        WithoutResponse::Panic => "without_response_panic",
    }
}
