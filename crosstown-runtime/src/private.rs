//! What the attributes expand to. No public API: it changes in any release.
//!
//! The compiler quotes the line of a bound that isn't met; the remarks behind
//! the bounds are written to be read there.

use std::future::Future;

pub use std::format;

pub use crate::options::Options;
use crate::options::TaskOptions;
use crate::outcome::TaskOutput;
use crate::sent::Sent;
use crate::task::{Async, Blocking, Registration, Task};

/// The key of a task. It is made where it is written, and borrows from nothing.
pub fn key<K>(key: K) -> String
where
    K: Into<String>, // a key is text, such as `format!("order-{id}")`
{
    key.into()
}

/// The value of a `return` that is never reached, and stands there for its type.
pub fn unreached<T>() -> T {
    unreachable!("it is called behind `if false`")
}

/// A closure, with options of its own added.
pub fn task<F, R>(options: &'static Options, body: F) -> Task<Blocking>
where
    F: FnOnce() -> R + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    Task::blocking(TaskOptions::Constant(options), |_| body())
}

/// A closure that takes [`Sent`].
pub fn task_sent<F, R>(options: &'static Options, body: F) -> Task<Blocking>
where
    F: FnOnce(Sent) -> R + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    Task::blocking(TaskOptions::Constant(options), |sent| body(sent.clone()))
}

/// An async block.
pub fn task_future<F, R>(options: &'static Options, body: F) -> Task<Async>
where
    F: Future<Output = R> + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    Task::asynchronous(TaskOptions::Constant(options), |_| body)
}

/// An async closure that takes [`Sent`].
pub fn task_future_sent<F, Fut, R>(options: &'static Options, body: F) -> Task<Async>
where
    F: FnOnce(Sent) -> Fut + Send + 'static, // a task that follows the response outlives the request
    Fut: Future<Output = R> + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    Task::asynchronous(TaskOptions::Constant(options), |sent| body(sent.clone()))
}

/// Registers a closure.
#[track_caller]
pub fn follow<F, R>(options: &'static Options, body: F) -> Registration
where
    F: FnOnce() -> R + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    task(options, body).follow_response()
}

/// Registers a closure that takes [`Sent`].
#[track_caller]
pub fn follow_sent<F, R>(options: &'static Options, body: F) -> Registration
where
    F: FnOnce(Sent) -> R + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    task_sent(options, body).follow_response()
}

/// Registers an async block.
#[track_caller]
pub fn follow_future<F, R>(options: &'static Options, body: F) -> Registration
where
    F: Future<Output = R> + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    task_future(options, body).follow_response()
}

/// Registers an async closure that takes [`Sent`].
#[track_caller]
pub fn follow_future_sent<F, Fut, R>(options: &'static Options, body: F) -> Registration
where
    F: FnOnce(Sent) -> Fut + Send + 'static, // a task that follows the response outlives the request
    Fut: Future<Output = R> + Send + 'static, // a task that follows the response outlives the request
    R: TaskOutput,
{
    task_future_sent(options, body).follow_response()
}
