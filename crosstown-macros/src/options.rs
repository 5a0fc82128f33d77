//! The options of one use, from syntax to model.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Error, Expr, LitStr, Path, Result};

use crate::clones::{self, CloneAs};
use crate::errors::Errors;
use crate::locals;
use crate::nearest::nearest;
use crate::no_go;
use crate::status::Range;
use crate::value;
use crate::written::{FORMS, Written, each_option};

/// What the user said about one task.
#[derive(Default)]
pub(crate) struct Options {
    /// Run on the thread that finished the response.
    pub(crate) same_thread: Option<Given<bool>>,
    /// The statuses for which the task does not run.
    pub(crate) no_go: Option<Given<Vec<Range>>>,
    /// The moment that starts the task.
    pub(crate) phase: Option<Given<Phase>>,
    /// What a response means that broke before the phase.
    pub(crate) on_abort: Option<Given<Verdict>>,
    /// What a handler means that ended without a response.
    pub(crate) no_response: Option<Given<Verdict>>,
    /// What to do where no response is in progress.
    pub(crate) without_response: Option<Given<WithoutResponse>>,
    /// The user's own rule.
    pub(crate) when: Option<Given<Expr>>,
    /// A future to wait for besides.
    pub(crate) also: Option<Given<Expr>>,
    /// Which tasks of one response are the same.
    pub(crate) key: Option<Given<Expr>>,
    /// The time limit of an async body, in milliseconds.
    pub(crate) timeout: Option<Given<u64>>,
    /// The task's name.
    pub(crate) name: Option<Given<LitStr>>,
    /// What is cloned before the move.
    pub(crate) clones: Option<Given<Vec<CloneAs>>>,
    /// The task-locals that the task takes along.
    pub(crate) carry: Option<Given<Vec<Path>>>,
    /// Register each time the `fn` is called.
    pub(crate) on_call: Option<Given<()>>,
    /// Where the runtime lies.
    pub(crate) krate: Option<Given<Path>>,
    /// Whether names are unknown that the body uses, since a list of clones
    /// couldn't be read.
    pub(crate) lacks_clones: bool,
    /// Whether `on_call` was meant, and couldn't be read.
    pub(crate) lacks_on_call: bool,
}

/// The value of an option, with all its tokens for errors about it.
pub(crate) struct Given<T> {
    /// What was said.
    pub(crate) value: T,
    /// `name = value`, as written.
    pub(crate) source: TokenStream,
}

/// The moment that starts a task.
#[derive(Debug, Copy, Clone, PartialEq)]
pub(crate) enum Phase {
    Head,
    Sent,
    Delivered,
}

/// Whether to run.
#[derive(Debug, Copy, Clone, PartialEq)]
pub(crate) enum Verdict {
    Run,
    Skip,
}

/// What to do where no response is in progress.
#[derive(Debug, Copy, Clone, PartialEq)]
pub(crate) enum WithoutResponse {
    Run,
    Skip,
    Panic,
}

const VERDICTS: [(&str, Verdict); 2] = [("run", Verdict::Run), ("skip", Verdict::Skip)];

impl Options {
    /// Reads what stands between the attribute's parentheses.
    ///
    /// A faulty option is left out of the result, so that the rest of the use
    /// is still expanded and checked.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        each_option(tokens, errors, |option, errors| options.set(option, errors));
        options
    }

    /// Takes the handler's path to the runtime, unless this use has its own.
    pub(crate) fn default_crate(&mut self, path: Option<&Path>) {
        if let (None, Some(path)) = (&self.krate, path) {
            let source = TokenStream::new();
            self.krate = Some(Given {
                value: path.clone(),
                source,
            });
        }
    }

    fn set(&mut self, option: Written, errors: &mut Errors) {
        let name = option.name.to_string();
        match name.as_str() {
            "same_thread" => once(&mut self.same_thread, option, errors, boolean),
            "no_go" => once(&mut self.no_go, option, errors, with(no_go::statuses)),
            "phase" => once(&mut self.phase, option, errors, with(value::phase)),
            "on_abort" => once(&mut self.on_abort, option, errors, verdict),
            "no_response" => once(&mut self.no_response, option, errors, verdict),
            "without_response" => {
                once(&mut self.without_response, option, errors, without_response);
            }
            "when" => once(&mut self.when, option, errors, with(value::rule)),
            "also" => once(&mut self.also, option, errors, with(value::future)),
            "key" => once(&mut self.key, option, errors, with(value::key)),
            "timeout" => once(&mut self.timeout, option, errors, with(value::timeout)),
            "name" => once(&mut self.name, option, errors, with(value::name)),
            "clone" => {
                let lacks = &mut self.lacks_clones;
                once_or_lacks(&mut self.clones, lacks, option, errors, clone_list);
            }
            "carry" => once(&mut self.carry, option, errors, local_list),
            "on_call" => {
                let lacks = &mut self.lacks_on_call;
                once_or_lacks(&mut self.on_call, lacks, option, errors, Written::bare);
            }
            "crate" => once(&mut self.krate, option, errors, with(value::path)),
            _ => {
                let meant = meant(&option);
                self.lacks_on_call |= meant == Some("on_call");
                errors.push(unknown(&option, meant));
            }
        }
    }
}

/// Reads the one option of `#[crosstown_handler]`: the path to the runtime.
pub(crate) fn parse_handler(tokens: TokenStream, errors: &mut Errors) -> Option<Path> {
    let mut krate = None;
    each_option(tokens, errors, |option, errors| {
        if option.name == "crate" {
            once(&mut krate, option, errors, with(value::path));
        } else {
            let message = format!(
                "`#[crosstown_handler]` has no option `{}`; the options of a task stand on its \
                 own `#[crosstown_traffic(…)]`",
                option.name
            );
            errors.at(&option.name, message);
        }
    });
    krate.map(|given| given.value)
}

fn boolean(option: &Written) -> Result<bool> {
    option.value().and_then(value::boolean)
}

fn verdict(option: &Written) -> Result<Verdict> {
    value::word(&option.name.to_string(), option.value()?, &VERDICTS)
}

fn without_response(option: &Written) -> Result<WithoutResponse> {
    let words = [
        ("run", WithoutResponse::Run),
        ("skip", WithoutResponse::Skip),
        ("panic", WithoutResponse::Panic),
    ];
    value::word("without_response", option.value()?, &words)
}

fn clone_list(option: &Written) -> Result<Vec<CloneAs>> {
    clones::read(&option.name, &option.list()?)
}

fn local_list(option: &Written) -> Result<Vec<Path>> {
    locals::read(&option.name, &option.list()?)
}

/// Turns a reader of a value into a reader of a whole option.
fn with<T>(read: fn(&Expr) -> Result<T>) -> impl Fn(&Written) -> Result<T> {
    move |option| option.value().and_then(read)
}

/// Sets an option that may be given once.
fn once<T>(
    slot: &mut Option<Given<T>>,
    option: Written,
    errors: &mut Errors,
    read: impl FnOnce(&Written) -> Result<T>,
) {
    if slot.is_some() {
        return errors.at(&option.name, given_twice(&option.name));
    }
    if let Some(value) = errors.keep(read(&option)) {
        let source = option.into_token_stream();
        *slot = Some(Given { value, source });
    }
}

/// Sets an option, and notes whether it had a fault, where what follows from its
/// absence would only raise more errors.
fn once_or_lacks<T>(
    slot: &mut Option<Given<T>>,
    lacks: &mut bool,
    option: Written,
    errors: &mut Errors,
    read: impl FnOnce(&Written) -> Result<T>,
) {
    let mut faults = Errors::default();
    once(slot, option, &mut faults, read);
    *lacks |= !faults.is_empty();
    errors.append(faults);
}

fn given_twice(name: &Ident) -> String {
    let cure = if name == "no_go" || name == "clone" || name == "carry" {
        "merge the two lists"
    } else {
        "remove one of the two"
    };
    format!("option `{name}` is given twice; {cure}")
}

/// The option whose name is near the one that is unknown.
fn meant(option: &Written) -> Option<&'static str> {
    nearest(&option.name.unraw().to_string(), &names())
}

fn names() -> Vec<&'static str> {
    FORMS.iter().map(|(name, _)| *name).collect()
}

fn unknown(option: &Written, meant: Option<&str>) -> Error {
    let name = option.name.unraw();
    let message = match meant {
        Some(meant) => format!("unknown option `{name}`; did you mean `{meant}`?"),
        None => format!(
            "unknown option `{name}`; the options are `{}`",
            names().join("`, `")
        ),
    };
    Error::new_spanned(&option.name, message)
}
