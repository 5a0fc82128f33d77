//! What became of the tasks, and when they started.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, ThreadId};

use crosstown_runtime::{
    Abort, NoGo, NoResponse, OnAbort, Outcome, Registration, ScopeHandle, Sent, Skip, Task,
};
use http::StatusCode;
use tokio::sync::watch;

use crate::order::tick;
use crate::within;

/// Registers tasks for the handlers of a test and sees what becomes of them.
#[derive(Clone, Default)]
pub struct Probe {
    seen: Arc<watch::Sender<Seen>>,
}

#[derive(Default)]
struct Seen {
    registrations: HashMap<String, Arc<Registration>>,
    starts: Vec<Start>,
    events: Vec<(u64, String)>,
}

/// The start of a task.
#[derive(Debug, Clone)]
pub struct Start {
    pub name: String,
    pub tick: u64,
    pub thread: ThreadId,
    pub sent: Sent,
}

/// How a response ended, as its tasks were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What a task with all defaults came to.
    pub default: Outcome,
    /// What a task came to that is to be skipped when the response aborts.
    pub strict: Outcome,
    /// The status that was or would have been sent.
    pub status: Option<StatusCode>,
    /// Why it aborted, if it did.
    pub aborted: Option<Abort>,
}

impl Ending {
    /// The response was sent whole.
    pub fn sent(status: u16) -> Self {
        Self {
            default: Outcome::Completed,
            strict: Outcome::Completed,
            status: code(status),
            aborted: None,
        }
    }

    /// The response was begun and broke.
    pub fn cut(status: u16, why: Abort) -> Self {
        Self {
            strict: Outcome::Skipped(Skip::Aborted),
            aborted: Some(why),
            ..Self::sent(status)
        }
    }

    /// The response was sent whole, and its status is an error.
    pub fn refused(status: u16) -> Self {
        Self {
            default: Outcome::Skipped(Skip::NoGo(code(status).unwrap())),
            ..Self::sent(status)
        }
    }

    /// There was no response.
    pub fn unanswered(why: Abort) -> Self {
        Self {
            default: Outcome::Skipped(Skip::NoResponse),
            strict: Outcome::Skipped(Skip::NoResponse),
            status: None,
            aborted: Some(why),
        }
    }
}

fn code(status: u16) -> Option<StatusCode> {
    Some(StatusCode::from_u16(status).unwrap())
}

impl Probe {
    /// Registers a task that does nothing but to be seen.
    pub fn follow(&self, name: impl Into<String>) {
        self.follow_with(name, |task| task);
    }

    /// Registers a task that does nothing but to be seen, with options.
    pub fn follow_with(&self, name: impl Into<String>, options: impl FnOnce(Task) -> Task) {
        let name = name.into();
        let task = self.task(name.clone(), |_| {});
        self.keep(name, options(task).follow_response());
    }

    /// Makes a task that is seen to start, and then runs `body`.
    pub fn task(&self, name: String, body: impl FnOnce(Sent) + Send + 'static) -> Task {
        let (probe, of) = (self.clone(), name.clone());
        let task = Task::with_sent(move |sent| {
            probe.started(of, sent.clone());
            body(sent);
        });
        task.name(name)
    }

    /// Registers three tasks that between them see how the response ends: see
    /// [`Ending`]. Returns when they are there.
    pub fn follow_ending(&self, name: &str) {
        self.follow(name);
        self.follow_with(format!("{name}/strict"), |task| {
            task.no_go(NoGo::NONE).on_abort(OnAbort::Skip)
        });
        self.follow_with(format!("{name}/always"), |task| {
            task.no_go(NoGo::NONE).no_response(NoResponse::Run)
        });
        self.event(format!("{name}/registered"));
    }

    /// Waits for the ending of the response that [`follow_ending`] follows.
    ///
    /// [`follow_ending`]: Self::follow_ending
    pub async fn ending(&self, name: &str) -> Ending {
        let default = self.outcome(name).await;
        let strict = self.outcome(&format!("{name}/strict")).await;
        let always = format!("{name}/always");
        self.outcome(&always).await;
        let sent = self.start(&always).await.sent;
        Ending {
            default,
            strict,
            status: sent.status(),
            aborted: sent.aborted(),
        }
    }

    /// Keeps a registration, to ask for its outcome by name.
    pub fn keep(&self, name: impl Into<String>, registration: Registration) {
        let (name, registration) = (name.into(), Arc::new(registration));
        self.seen.send_modify(|seen| {
            let before = seen.registrations.insert(name, registration);
            assert!(before.is_none(), "two tasks of one name in a test");
        });
    }

    /// Notes that a task has started.
    pub fn started(&self, name: String, sent: Sent) {
        let (tick, thread) = (tick(), thread::current().id());
        self.seen.send_modify(|seen| {
            seen.starts.push(Start {
                name,
                tick,
                thread,
                sent,
            });
        });
    }

    /// Notes that something has happened.
    pub fn event(&self, name: impl Into<String>) {
        let (tick, name) = (tick(), name.into());
        self.seen.send_modify(|seen| seen.events.push((tick, name)));
    }

    /// Waits until something has happened; returns when it did.
    pub async fn happened(&self, name: &str) -> u64 {
        self.wait_for(name, |seen| {
            let event = seen.events.iter().find(|event| event.1 == name);
            event.map(|event| event.0)
        })
        .await
    }

    /// Waits until a task is registered and has its outcome.
    pub async fn outcome(&self, name: &str) -> Outcome {
        let registration = self
            .wait_for(name, |seen| seen.registrations.get(name).cloned())
            .await;
        within(name, registration.outcome()).await
    }

    /// Returns whether a task has its outcome already.
    pub fn is_finished(&self, name: &str) -> bool {
        let seen = self.seen.borrow();
        seen.registrations
            .get(name)
            .is_some_and(|registration| registration.is_finished())
    }

    /// Waits until a task has started.
    pub async fn start(&self, name: &str) -> Start {
        self.wait_for(name, |seen| {
            seen.starts.iter().find(|start| start.name == name).cloned()
        })
        .await
    }

    /// Waits until `count` tasks have started.
    pub async fn started_in_all(&self, count: usize) -> Vec<Start> {
        self.wait_for("starts", |seen| {
            (seen.starts.len() >= count).then(|| seen.starts.clone())
        })
        .await
    }

    /// Returns the names of the tasks that have started so far, in that order.
    pub fn started_so_far(&self) -> Vec<String> {
        let seen = self.seen.borrow();
        seen.starts.iter().map(|start| start.name.clone()).collect()
    }

    async fn wait_for<R>(&self, what: &str, mut read: impl FnMut(&Seen) -> Option<R>) -> R {
        let mut seen = self.seen.subscribe();
        within(what, async {
            loop {
                if let Some(found) = read(&seen.borrow_and_update()) {
                    return found;
                }
                assert!(seen.changed().await.is_ok(), "the sender is in `self`");
            }
        })
        .await
    }
}

/// Returns the scope in progress here, which a handler always has.
#[track_caller]
pub fn scope() -> ScopeHandle {
    ScopeHandle::current().expect("a handler is running")
}
