//! `#[crosstown_traffic]`: options and target to models, checks, tokens.

use proc_macro2::TokenStream;

use crate::check::check;
use crate::errors::Errors;
use crate::expand;
use crate::options::Options;
use crate::target::Target;

/// Expands one use of the attribute.
pub(crate) fn expand(options: TokenStream, target: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(options, &mut errors);
    let Some(model) = errors.keep(Target::parse(target.clone())) else {
        return errors.report(target);
    };
    check_and_print(model, &options, errors)
}

fn check_and_print(target: Target, options: &Options, mut errors: Errors) -> TokenStream {
    let mut faults = Errors::default();
    check(&target, options, &mut faults);
    let sound = faults.is_empty();
    errors.append(faults);
    let code = match target {
        Target::Function(function) if !sound && function.registers_when_called(options) => {
            expand::stub(&function, options)
        }
        target => expand::from_target(target, options),
    };
    errors.report(code)
}
