//! One use of `#[crosstown_traffic]`: models, checks, tokens.

use proc_macro2::TokenStream;

use crate::check::{check_options, check_target};
use crate::errors::Errors;
use crate::expand;
use crate::options::Options;
use crate::target::Target;

/// Expands the attribute as the compiler calls it.
pub(crate) fn expand(options: TokenStream, target: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(options, &mut errors);
    let code = match errors.keep(Target::parse(target.clone())) {
        Some(target) => check_and_print(target, &options, &mut errors),
        None => target,
    };
    errors.report(code)
}

/// Checks and prints what the attribute stands on.
pub(crate) fn check_and_print(
    target: Target,
    options: &Options,
    errors: &mut Errors,
) -> TokenStream {
    check_options(&target, options, errors);
    let mut faults = Errors::default();
    check_target(&target, options, &mut faults);
    let sound = faults.is_empty() && !options.lacks_clones;
    errors.append(faults);
    if sound {
        expand::target(target, options)
    } else {
        expand::stub(target, options)
    }
}
