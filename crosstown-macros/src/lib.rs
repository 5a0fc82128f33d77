//! The attributes of `crosstown-runtime`.

mod borrowed;
mod check;
mod clones;
mod duration;
mod errors;
mod expand;
mod handler;
mod in_macro;
mod nearest;
mod options;
mod show;
mod status;
mod target;
mod traffic;
mod value;

use proc_macro::TokenStream;

/// Runs what it stands on after the response is on the wire.
#[proc_macro_attribute]
pub fn crosstown_traffic(options: TokenStream, target: TokenStream) -> TokenStream {
    traffic::expand(options.into(), target.into()).into()
}

/// Makes the other attribute work on closures and blocks of a function body.
#[proc_macro_attribute]
pub fn crosstown_handler(options: TokenStream, function: TokenStream) -> TokenStream {
    handler::expand(options.into(), function.into()).into()
}
