//! Tasks: built, registered, run once.

mod between;
mod carry;
mod cell;
mod contained;
mod drive;
mod extras;
mod header;
mod list;
mod registration;
mod room;
mod runnable;
mod tasks;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::LocalKey;

pub(crate) use self::between::Between;
use self::cell::{AsyncBody, BlockingBody, Cell};
pub(crate) use self::extras::Extras;
pub(crate) use self::header::Header;
pub(crate) use self::list::{SWEPT_FROM, TaskList};
pub use self::registration::Registration;
pub(crate) use self::runnable::{BoxedFuture, Queued, Runnable};
pub(crate) use self::tasks::Tasks;
#[cfg(all(test, not(crosstown_shuttle)))]
use crate::executor::Home;
use crate::executor::{AlsoOutput, Gate};
use crate::no_go::NoGo;
use crate::options::{NoResponse, OnAbort, Options, TaskOptions, WithoutResponse};
use crate::outcome::TaskOutput;
use crate::scope::context;
use crate::sent::{Phase, Sent};

/// Marks a [`Task`] whose body is a closure, run on one thread.
#[derive(Debug)]
pub enum Blocking {}

/// Marks a [`Task`] whose body is a future, polled by the runtime.
#[derive(Debug)]
pub enum Async {}

/// Work that shall follow the response, with its options.
///
/// What the attribute does at compile time, this does at run time: make one
/// with [`Task::new`] from a closure or [`Task::future`] from a future, set
/// options, and hand it to the response in progress with
/// [`follow_response`](Task::follow_response). The defaults are those of the
/// attribute.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{NoGo, Task, testing};
/// use http::StatusCode;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(async {
///     Task::new(|| println!("warm the cache"))
///         .name("warm_cache")
///         .no_go(NoGo::NONE)
///         .follow_response();
/// }).await;
/// assert_eq!(recorded.names(), ["warm_cache"]);
/// # recorded.respond(StatusCode::OK).await;
/// # }
/// ```
#[must_use = "a task that is not registered never runs"]
pub struct Task<K = Blocking> {
    task: Arc<dyn Runnable>,
    kind: PhantomData<fn() -> K>,
}

impl Task<Blocking> {
    /// Makes a task of a closure.
    ///
    /// At the phase it runs on a thread of the runtime's blocking pool, or with
    /// [`same_thread`](Self::same_thread) on the thread that finished the
    /// response.
    #[track_caller]
    pub fn new<F, R>(body: F) -> Self
    where
        F: FnOnce() -> R + Send + 'static,
        R: TaskOutput,
    {
        Self::blocking(made_here(), |_| body())
    }

    /// Makes a task of a closure that is told what became of the response.
    #[track_caller]
    pub fn with_sent<F, R>(body: F) -> Self
    where
        F: FnOnce(Sent) -> R + Send + 'static,
        R: TaskOutput,
    {
        Self::blocking(made_here(), |sent| body(sent.clone()))
    }

    /// Runs it synchronously on the thread that finished the response, before
    /// that thread does anything else, when `same_thread` is true.
    ///
    /// It blocks that thread, and with it every connection the thread serves:
    /// for work of microseconds that must not wait for a thread.
    ///
    /// With [`also`](Self::also) the thread is the one that polled that future; of a
    /// response that runs into its time limit, one of the runtime; and what is
    /// registered late, by a [`ScopeHandle`](crate::ScopeHandle), runs before its
    /// registration returns.
    pub fn same_thread(mut self, same_thread: bool) -> Self {
        self.options().same_thread = same_thread;
        self
    }

    pub(crate) fn blocking<F, R>(options: TaskOptions, body: F) -> Self
    where
        F: FnOnce(&Sent) -> R + Send + 'static,
        R: TaskOutput,
    {
        Self::from_cell(Arc::new(Cell::new(
            Header::new(options),
            BlockingBody(body),
        )))
    }
}

impl Task<Async> {
    /// Makes a task of a future. At the phase the runtime polls it: for the first
    /// time beside other futures, one after another as a runtime does; if it has
    /// to wait then, as a task of its own from there on.
    #[track_caller]
    pub fn future<F>(future: F) -> Self
    where
        F: Future<Output: TaskOutput> + Send + 'static,
    {
        Self::asynchronous(made_here(), |_| future)
    }

    /// Sets how long it may take from its start, for ever unless said. After
    /// that the future is dropped where it stands, and the task ends as
    /// [`Outcome::TimedOut`](crate::Outcome::TimedOut). A future that blocks
    /// its thread can't be stopped so.
    ///
    /// It needs the timers of the tokio runtime: where those are not enabled,
    /// the task ends as [`Outcome::Panicked`](crate::Outcome::Panicked), with
    /// tokio's message, and its body does not run.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options().timeout = Some(timeout);
        self
    }

    /// Makes a task of a closure that is told what became of the response and
    /// returns a future.
    #[track_caller]
    pub fn future_with_sent<F, Fut>(make: F) -> Self
    where
        F: FnOnce(Sent) -> Fut + Send + 'static,
        Fut: Future<Output: TaskOutput> + Send + 'static,
    {
        Self::asynchronous(made_here(), |sent| make(sent.clone()))
    }

    pub(crate) fn asynchronous<F, Fut>(options: TaskOptions, make: F) -> Self
    where
        F: FnOnce(&Sent) -> Fut + Send + 'static,
        Fut: Future<Output: TaskOutput> + Send + 'static,
    {
        Self::from_cell(Arc::new(Cell::new(Header::new(options), AsyncBody(make))))
    }
}

impl<K> Task<K> {
    fn from_cell(task: Arc<dyn Runnable>) -> Self {
        Self {
            task,
            kind: PhantomData,
        }
    }

    /// Gives it a name for logs, metrics and tests. The default is file and
    /// line of where it was made.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.task_options().set_name(name.into());
        self
    }

    /// Sets the statuses for which it does not run; [`NoGo::ERRORS`] unless
    /// said.
    pub fn no_go(mut self, no_go: NoGo) -> Self {
        self.options().no_go = no_go;
        self
    }

    /// Sets the moment that starts it; [`Phase::Sent`] unless said.
    pub fn phase(mut self, phase: Phase) -> Self {
        self.options().phase = phase;
        self
    }

    /// Says what to do when the response breaks before the phase is reached:
    /// run, unless said, or for [`Phase::Delivered`] skip.
    pub fn on_abort(mut self, on_abort: OnAbort) -> Self {
        self.task_options().set_on_abort(on_abort);
        self
    }

    /// Says what to do when the handler ends without a response: skip, unless
    /// said.
    pub fn no_response(mut self, no_response: NoResponse) -> Self {
        self.options().no_response = no_response;
        self
    }

    /// Says what to do when it is registered where no response is in progress:
    /// run now, unless said. Where nothing is said, the log is told of the first
    /// such task of the program, since as a rule the app is then served without
    /// this crate; inside a running task it is not.
    /// [`ExecutorBuilder::without_response`](crate::ExecutorBuilder::without_response)
    /// says it for all tasks of a program that don't.
    pub fn without_response(mut self, without_response: WithoutResponse) -> Self {
        self.options().without_response = Some(without_response);
        self
    }

    /// Adds a rule of one's own over what became of the response. It is asked
    /// at the phase, on the thread that reached it, after `no_go` and the rest
    /// have let the task through; it should return at once. Several are asked in
    /// the order in which they were added, until one says no. A rule that panics
    /// lets the task end as [`Outcome::Panicked`](crate::Outcome::Panicked).
    ///
    /// Where no response is in progress it is dropped and not asked: there
    /// [`without_response`](Self::without_response) decides.
    pub fn when<F>(mut self, rule: F) -> Self
    where
        F: FnOnce(&Sent) -> bool + Send + 'static,
    {
        self.extras().add_rule(Box::new(rule));
        self
    }

    /// Takes a task-local of one's own along: while the task runs, on whatever
    /// thread, `local` has the value that it has here, a clone of it.
    ///
    /// Name each that the task needs: no others go along, and what has no value here
    /// is as on the thread that runs the task.
    ///
    /// Where no response is in progress a closure runs at once: registered within
    /// `local.with`, which has the value in use, it ends as
    /// [`Outcome::Panicked`](crate::Outcome::Panicked), with tokio's message.
    ///
    /// # Examples
    ///
    /// ```
    /// use crosstown_runtime::{Outcome, Task};
    ///
    /// tokio::task_local! {
    ///     static TENANT: String;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let handler = async {
    ///     let task = Task::new(|| assert_eq!(TENANT.get(), "mill"));
    ///     task.carry(&TENANT).follow_response().outcome().await
    /// };
    /// let outcome = TENANT.scope("mill".to_owned(), handler).await;
    /// assert_eq!(outcome, Outcome::Completed);
    /// # }
    /// ```
    pub fn carry<T>(mut self, local: &'static LocalKey<T>) -> Self
    where
        T: Clone + Send + 'static,
    {
        self.extras().pack(local);
        self
    }

    /// Gives it a key. Of several tasks with one key on one response, only the
    /// one registered last runs; the earlier ones end as
    /// [`Skip::Replaced`](crate::Skip::Replaced), unless they have begun. What
    /// then becomes of the last one, a cancellation included, brings none of
    /// them back; not even that its delivery can't be heard of. Where no response
    /// is in progress a key means nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use crosstown_runtime::{Outcome, Task, testing};
    /// use http::StatusCode;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let (_, recorded) = testing::record(async {
    ///     for (user, page) in [(7, "home"), (8, "home"), (7, "cart")] {
    ///         Task::new(move || println!("{user} was last seen at {page}"))
    ///             .name(page)
    ///             .key(format!("seen-{user}"))
    ///             .follow_response();
    ///     }
    /// }).await;
    /// assert_eq!(recorded.names(), ["home", "cart"]);
    /// # recorded.respond(StatusCode::OK).await;
    /// # }
    /// ```
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.extras().set_key(key.into());
        self
    }

    /// Names something else that must come to pass before it starts, such as a
    /// commit that goes on when the handler has returned.
    ///
    /// When the response has let the task through, the future is awaited on
    /// the runtime: for as long as it takes, or for as long as the time limit
    /// of the response says, if that has one. With `()`, `true` or `Ok` the
    /// task starts. With `false`, an `Err` (a `oneshot` whose sender is gone
    /// gives one) or no time left, [`on_abort`](Self::on_abort) decides, and a
    /// task that runs finds [`Abort::Also`](crate::Abort::Also) or
    /// [`Abort::TimeLimit`](crate::Abort::TimeLimit) in its
    /// [`Sent::aborted`]. A panic in it is the task's outcome. A task that is
    /// cancelled meanwhile lets it be dropped, soon after. Several are awaited in
    /// the order in which they were named, until one says no.
    ///
    /// The future is awaited as the body of a task is: [`Sent::current`] tells it
    /// of the response, none is in progress in it, and what it registers is counted
    /// with the task.
    ///
    /// A task with [`same_thread`](Task::same_thread) then runs on the thread that
    /// polled the future, which need not be the one that finished the response. So
    /// the attribute refuses the two together.
    ///
    /// # Examples
    ///
    /// ```
    /// use crosstown_runtime::{OnAbort, Outcome, Skip, Task, testing};
    /// use http::StatusCode;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let (commit, committed) = tokio::sync::oneshot::channel::<()>();
    /// let (_, recorded) = testing::record(async {
    ///     Task::new(|| println!("the order is in the books"))
    ///         .also(committed)
    ///         .on_abort(OnAbort::Skip)
    ///         .follow_response();
    /// }).await;
    /// drop(commit); // The transaction is rolled back.
    /// let outcomes = recorded.respond(StatusCode::OK).await;
    /// assert_eq!(outcomes, [Outcome::Skipped(Skip::Aborted)]);
    /// # }
    /// ```
    pub fn also<F>(mut self, also: F) -> Self
    where
        F: Future<Output: AlsoOutput> + Send + 'static,
    {
        self.extras().add_gate(Gate::new(also));
        self
    }

    /// Registers it with the response in progress here.
    ///
    /// Where no response is in progress, the option
    /// [`without_response`](Self::without_response) decides; inside a running
    /// task none is.
    ///
    /// # Panics
    ///
    /// Where no response is in progress, with [`WithoutResponse::Panic`].
    #[track_caller]
    pub fn follow_response(self) -> Registration {
        context::register(self.task)
    }

    /// Registers it with no response, for a test to start it.
    #[cfg(all(test, not(crosstown_shuttle)))]
    pub(crate) fn registered_with(mut self, executor: &Home) -> (Arc<dyn Runnable>, Registration) {
        let registration = self.task.registered_with(executor);
        (self.task, registration)
    }

    fn options(&mut self) -> &mut Options {
        self.task_options().edit()
    }

    fn extras(&mut self) -> &Extras {
        self.task_options().make_extras()
    }

    fn task_options(&mut self) -> &mut TaskOptions {
        let task = Arc::get_mut(&mut self.task).expect("a builder is the only owner");
        &mut task.header_mut().options
    }
}

impl<K> fmt::Debug for Task<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("name", &self.task.header().options.name())
            .finish_non_exhaustive()
    }
}

#[track_caller]
fn made_here() -> TaskOptions {
    TaskOptions::Default(Location::caller())
}

/// Registers a closure with the response in progress here, with the default
/// options: short for [`Task::new(body).follow_response()`](Task::new).
///
/// # Examples
///
/// ```
/// use crosstown_runtime::follow_response;
///
/// // In a handler this runs once the response is on the wire; here, where no
/// // response is in progress, at once.
/// let registration = follow_response(|| println!("done"));
/// assert!(registration.is_finished());
/// ```
#[track_caller]
pub fn follow_response<F, R>(body: F) -> Registration
where
    F: FnOnce() -> R + Send + 'static,
    R: TaskOutput,
{
    Task::new(body).follow_response()
}
