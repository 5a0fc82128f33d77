//! One request of the kit: what its handler does, and what its tasks were told.

use std::sync::{Arc, OnceLock};

use http::{Response, StatusCode};
use tokio::sync::watch;

use super::body::KitBody;
use super::hold::Hold;
use super::plan::Plan;
use super::rows::Checked;
use crate::no_go::NoGo;
use crate::options::{NoResponse, OnAbort};
use crate::outcome::Outcome;
use crate::scope::ScopeHandle;
use crate::sent::{Abort, Phase, Sent};
use crate::task::{Registration, Task};

/// One request of the kit.
pub(super) struct Case {
    pub(super) path: String,
    pub(super) plan: Plan,
    /// Whether the handler has registered its tasks.
    arrived: watch::Sender<bool>,
    /// Whether a handler that waits may go on.
    let_go: watch::Sender<bool>,
    /// What the task that always runs was told.
    told: Arc<OnceLock<Sent>>,
    /// `None` where no response was in progress.
    tasks: OnceLock<Option<Tasks>>,
    pub(super) hold: Arc<Hold>,
}

struct Tasks {
    /// Runs whatever becomes of the response.
    always: Registration,
    /// With all defaults.
    default: Registration,
    holding: Option<Registration>,
}

/// How a response ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) status: Option<StatusCode>,
    pub(super) aborted: Option<Abort>,
    /// What became of a task with all defaults.
    pub(super) default: Outcome,
}

impl Case {
    pub(super) fn new(path: String, plan: Plan) -> Self {
        Self {
            path,
            plan,
            arrived: watch::Sender::new(false),
            let_go: watch::Sender::new(false),
            told: Arc::default(),
            tasks: OnceLock::new(),
            hold: Arc::default(),
        }
    }

    /// The handler.
    pub(super) async fn answer(&self) -> Response<KitBody> {
        // A path is asked for once.
        let _ = self.tasks.set(self.register());
        self.arrived.send_replace(true);
        if self.plan.waits {
            is_true(&self.let_go).await;
        }
        assert!(!self.plan.panics, "the handler panics, as the row asks for");
        let mut response = Response::new(KitBody::new(self.plan.body));
        *response.status_mut() = self.plan.status;
        response
    }

    fn register(&self) -> Option<Tasks> {
        ScopeHandle::current()?;
        let told = Arc::clone(&self.told);
        let always = Task::with_sent(move |sent| {
            let _ = told.set(sent);
        })
        .name("conformance, always")
        .no_go(NoGo::NONE)
        .no_response(NoResponse::Run);
        let default = Task::new(|| {}).name("conformance, by default");
        Some(Tasks {
            always: always.follow_response(),
            default: default.follow_response(),
            holding: self.plan.holds.map(|phase| self.register_holding(phase)),
        })
    }

    fn register_holding(&self, phase: Phase) -> Registration {
        let hold = Arc::clone(&self.hold);
        let holding = Task::new(move || match phase {
            Phase::Head => hold.at_the_head(),
            _ => hold.at_the_end(),
        });
        holding
            .name("conformance, holding")
            .no_go(NoGo::NONE)
            .on_abort(OnAbort::Skip)
            .phase(phase)
            .same_thread(true)
            .follow_response()
    }

    /// Waits until the handler has registered its tasks.
    pub(super) async fn arrived(&self) {
        is_true(&self.arrived).await;
    }

    /// Whether the handler has been called.
    pub(super) fn has_arrived(&self) -> bool {
        *self.arrived.borrow()
    }

    /// Lets a handler that waits go on.
    pub(super) fn let_go(&self) {
        self.let_go.send_replace(true);
    }

    /// Whether the task that always runs has started.
    pub(super) fn has_started(&self) -> bool {
        self.told.get().is_some()
    }

    async fn tasks(&self) -> Checked<&Tasks> {
        self.arrived().await;
        let tasks = self.tasks.get().and_then(Option::as_ref);
        tasks.ok_or_else(|| "the handler was not run in a response scope".into())
    }

    /// Waits for what the tasks are told.
    pub(super) async fn sent(&self) -> Checked<&Sent> {
        let outcome = self.tasks().await?.always.outcome().await;
        let lost =
            || format!("a task that runs in any case was lost: it became {outcome:?}").into();
        self.told.get().ok_or_else(lost)
    }

    /// Waits for the ending.
    pub(super) async fn ending(&self) -> Checked<Ending> {
        let sent = self.sent().await?;
        Ok(Ending {
            status: sent.status(),
            aborted: sent.aborted(),
            default: self.tasks().await?.default.outcome().await,
        })
    }

    /// Waits for what became of the task that holds the adapter.
    pub(super) async fn held(&self) -> Checked<Outcome> {
        match &self.tasks().await?.holding {
            Some(holding) => Ok(holding.outcome().await),
            None => Ok(Outcome::Completed),
        }
    }
}

async fn is_true(flag: &watch::Sender<bool>) {
    // The sender is here: it can't be gone.
    let _ = flag.subscribe().wait_for(|flag| *flag).await;
}
