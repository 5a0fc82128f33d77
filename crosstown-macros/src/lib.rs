//! The attributes of `crosstown-runtime`, which re-exports them: depend on that
//! crate, not on this one.

mod arguments;
mod attributes;
mod borrowed;
mod check;
mod clones;
mod duration;
mod errors;
mod expand;
#[cfg(test)]
mod fuzz;
mod handler;
mod in_macro;
mod locals;
mod nearest;
mod no_go;
mod options;
mod show;
mod status;
mod target;
mod traffic;
mod value;
mod written;

use proc_macro::TokenStream;

/// Runs what it stands on after the response is on the wire.
///
/// The work is registered with the response that is in progress, starts once
/// that response has been sent, and doesn't start at all when the response
/// turned out to be an error. Where and when it registers depends on what the
/// attribute stands on:
///
/// | written on | when it registers | captures |
/// | --- | --- | --- |
/// | `fn name()` or `async fn name()` inside a function body | there and then; `name` becomes the `Registration` | yes, by move |
/// | a `fn` or `async fn` with parameters, or `pub`, or with the option `on_call`: free function, method, nested | each time it is called; it now returns the `Registration` | its arguments, whole, as an `async fn` does, but for those that it does not mention |
/// | a closure, `async` closure or `async` block, or a `let` with one, inside a function marked [`#[crosstown_handler]`](macro@crosstown_handler) | there and then; the value is the `Registration` | by move |
/// | the same without the outer attribute | nightly only, with `stmt_expr_attributes` and `proc_macro_hygiene` | by move |
///
/// A macro can't see where it stands, hence the rule on syntax alone: a `fn`
/// without parameters outside a function body needs `on_call`, and the
/// compiler's error there says so.
///
/// What is captured lives until the body has ended. A name that begins with `_` is
/// captured though nothing mentions it, such as a permit that is only held:
/// `clone(permit as _permit)`. What the pattern of an argument leaves out by `..` is
/// dropped when the function is called.
///
/// Another attribute that rewrites the function, such as `#[tracing::instrument]`, goes
/// above this one: there its span is around the body, below around the registering.
///
/// A body returns `()` or `Result<(), E>` where `E: Display`. What it captures
/// must be `Send` and `'static`, since the request is over when it runs. A
/// closure may take one argument, `Sent`, which tells what became of the
/// response. To a `fn` it is a parameter like any other, which its caller gives,
/// so it registers when it is called; the body of any task has `Sent::current()`.
///
/// # Options
///
/// | option | default | meaning |
/// | --- | --- | --- |
/// | `same_thread = bool` | `false` | run on the thread that finished the response; refused on async bodies, and beside `also`, which would have it run on another |
/// | `no_go = ["5xx", "400-405", 302]` | `["4xx", "5xx"]` | statuses for which it doesn't run: classes, inclusive ranges, codes from 100 to 999; `[]` for none |
/// | `phase = "head"`, `"sent"`, `"delivered"` | `"sent"` | the moment that starts it |
/// | `on_abort = "run"`, `"skip"` | `"run"`; `"skip"` for `delivered` | the connection broke before the phase |
/// | `no_response = "skip"`, `"run"` | `"skip"` | the handler ended without a response |
/// | `without_response = "run"`, `"skip"`, `"panic"` | `"run"`, with a warning | no response is in progress where it registers |
/// | `when = \|sent: &Sent\| …` | | a rule of your own, asked at the phase after `no_go` |
/// | `also = future` | | a future to wait for besides the phase |
/// | `key = "order-{id}"` | | of the tasks of one response with one key, only the last runs; a format string or an expression |
/// | `timeout = "30s"` | | the longest that an async body may take; `ms`, `s`, `m`, `h` |
/// | `name = "…"` | the fn's name, or `file:line` | for logs, metrics and tests |
/// | `clone(a, mut b, self.mailer as mailer)` | | cloned before the move, fields and paths under a new name; with `mut`, also behind `as`, the body may change the clone |
/// | `carry(TENANT)` | | task-locals that have their value of here in the task, too; no others have |
/// | `on_call` | | register each time the `fn` is called |
/// | `crate = path` | `::crosstown_runtime` | for frameworks that re-export the runtime |
///
/// # Errors
///
/// Every mistake is a compile error that underlines the token at fault and says
/// what would be right; those of one use are all reported together. References
/// as arguments are refused, with the owned type to take instead: the work
/// outlives what they point at.
///
/// Some mistakes the compiler sees before this attribute does, or after it:
///
/// | message | what to do |
/// | --- | --- |
/// | `custom attributes cannot be applied to statements`, or `… to expressions` (E0658) | put [`#[crosstown_handler]`](macro@crosstown_handler) on the function around the closure or block, above `#[debug_handler]`; a nested `fn` needs none, also in what a `macro_rules!` makes |
/// | `use of moved value` or `borrow of moved value` (E0382) | say `clone(name)`: the task takes what it uses, in a loop the first one takes it from the next |
/// | the same, of what the rule of `when` uses, too | give each its clone: `clone(order, order as answered)` |
/// | `cannot move out of …, a captured variable in an FnMut closure` (E0507) | say `clone(name)`, as in a loop |
/// | `can't capture dynamic environment in a fn item` (E0434) | the `fn` has parameters, is `pub`, or says `on_call`: leave that out, and a nested one captures what it uses; with it, it registers when it is called, with its arguments |
/// | `expected function, found Registration` (E0618) or `cannot find function` (E0425) | leave the call out: a nested `fn` without parameters is registered where it stands, and its name is the `Registration` from there on |
/// | `does not live long enough` (E0597), as of what a loop borrows | say `clone(name)` |
/// | `borrowed data escapes outside of function` (E0521), as of a `&str` | make it one's own before, as by `let name = name.to_owned();`: a clone of a reference is one |
/// | `cannot move out of type …, which implements the Drop trait` (E0509), of `_` in an argument | write `..`: what is left out goes when the `fn` is called |
/// | `fn(…) -> Registration {handler}: Handler` is not satisfied (E0277) | the attribute is on the handler itself: put it on a function inside |
/// | `mismatched types`, found `Registration` (E0308), as at the end of a function | end it with `;`: the value is the `Registration` |
/// | `invalid format string`, as of a field in a `key` | say `key = format!("order-{}", order.id)` |
/// | `Registration` is not a future (E0277) | say `name.outcome().await`, and not in the handler, whose response it follows |
/// | `cannot find crosstown_runtime`, or `could not find` it (E0433) | say `crate = path`: the crate has another name here |
/// | `incompatible type for trait`, found `Registration` (E0053) | put it on a function inside of the method, or let the trait's method return `Registration` |
/// | `borrowed data escapes outside of method` (E0521), in one with `&self` | say `clone(self.field as field)`: the work outlives what `self` points at |
///
/// # Examples
///
/// The common use, on a nested function:
///
/// ```
/// use crosstown_runtime::{crosstown_traffic, testing};
///
/// async fn place_order(phone: String) {
///     for call in 0..3 {
///         #[crosstown_traffic(clone(phone))]
///         fn place_call() {
///             println!("calling {phone}, {call}");
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(place_order("555".into())).await;
/// assert_eq!(recorded.names(), ["place_call"; 3]);
/// # }
/// ```
///
/// A method that registers each time it is called, with options:
///
/// ```
/// use std::sync::Arc;
/// use crosstown_runtime::{crosstown_traffic, testing};
///
/// struct Mailer;
///
/// impl Mailer {
///     #[crosstown_traffic(no_go = ["5xx"], timeout = "30s", name = "receipt")]
///     async fn send_receipt(self: Arc<Self>, to: String) -> Result<(), String> {
///         if to.is_empty() { Err("no address".into()) } else { Ok(()) }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (receipt, recorded) = testing::record(async {
///     Arc::new(Mailer).send_receipt("me@example.com".into())
/// }).await;
/// assert_eq!(receipt.name(), "receipt");
/// # drop(recorded);
/// # }
/// ```
///
/// # What it expands to
///
/// One call into the runtime. This
///
/// ```
/// # use crosstown_runtime::crosstown_traffic;
/// # let phone = String::new();
/// #[crosstown_traffic(clone(phone), no_go = ["5xx"])]
/// fn place_call() {
///     println!("calling {phone}");
/// }
/// # place_call.cancel();
/// ```
///
/// becomes, but for a statement that keeps the name from being unused:
///
/// ```
/// # let phone = String::new();
/// let place_call = {
///     let phone = phone.clone();
///     ::crosstown_runtime::__private::follow::<_, ()>(
///         const {
///             &::crosstown_runtime::__private::Options::new(
///                 "place_call", ::core::file!(), ::core::line!(),
///             )
///             .no_go(&[(500u16, 599u16)])
///         },
///         move || {
///             println!("calling {phone}");
///         },
///     )
/// };
/// # place_call.cancel();
/// ```
///
/// In front of the `let` stands a string that does nothing between statements;
/// outside a function body it is what the compiler's error quotes.
#[proc_macro_attribute]
pub fn crosstown_traffic(options: TokenStream, target: TokenStream) -> TokenStream {
    traffic::expand(options.into(), target.into()).into()
}

/// Makes [`#[crosstown_traffic]`](macro@crosstown_traffic) work on closures and
/// blocks anywhere in a function's body.
///
/// Stable compilers accept no attribute of a library on an expression, but one
/// on the function around it, which may rewrite what is inside. This one goes
/// on any `fn`, `async fn` or method, and on an `impl` or `trait` block for all
/// its methods. Inside, the other attribute works on closures, `async` closures
/// and `async` blocks in every position, on `let` statements with such a value,
/// and in the arguments of macros such as `vec![]`, `assert!` and
/// `tokio::join!`, whatever the macro does with them afterwards.
///
/// Inside, the attribute is found by its name and needs no import; a nested `fn`
/// needs one, since the compiler expands that. Beside axum's `debug_handler` write
/// this one first: `debug_handler` copies the body of a handler with a declared
/// result to where this can't reach. With `async_trait` any order works.
///
/// The one option, `crate = path`, says where the runtime is for all uses in
/// the body.
///
/// # Errors
///
/// An attribute that stands on anything but a closure, a block, a `let` or a
/// function is an error at that attribute, and so is one in a macro where what
/// follows isn't an expression, such as a variable of `macro_rules!`.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{Sent, crosstown_handler, testing};
///
/// #[crosstown_handler]
/// async fn place_order(order: String) {
///     #[crosstown_traffic(clone(order), name = "receipt")]
///     || println!("sending the receipt of {order}");
///
///     let audit = #[crosstown_traffic(name = "audit")]
///     async move |sent: Sent| {
///         println!("{order} was answered with {:?}", sent.status());
///     };
///     assert_eq!(audit.name(), "audit");
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(place_order("tea".into())).await;
/// assert_eq!(recorded.names(), ["receipt", "audit"]);
/// # }
/// ```
#[proc_macro_attribute]
pub fn crosstown_handler(options: TokenStream, function: TokenStream) -> TokenStream {
    handler::expand(options.into(), function.into()).into()
}
