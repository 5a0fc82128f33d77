//! What the [`metrics`] facade hears of tasks, of every executor.
//!
//! Install a recorder before the first request; [`describe`] then tells it
//! what the names mean.
//!
//! | name | kind | labels | what |
//! | --- | --- | --- | --- |
//! | [`TASKS_REGISTERED`] | counter | `task` | tasks registered |
//! | [`TASKS_ENDED`] | counter | `task`, `outcome`, `cause` | tasks ended |
//! | [`TASKS_PENDING`] | gauge | | tasks that wait: for their response, or for a place to run |
//! | [`TASKS_RUNNING`] | gauge | | tasks that are being run |
//! | [`TASK_WAIT`] | histogram | `task` | seconds from registration to start |
//! | [`TASK_RUN`] | histogram | `task` | seconds from start to end |
//!
//! `task` is the task's name: name tasks after what they do and not after what
//! they do it to, for each name is a series of its own. `outcome` is one of
//! `completed`, `failed`, `panicked`, `timed_out`, `skipped`, `cancelled` and
//! `abandoned`. `cause` is there for skipped tasks: one of `no_go`,
//! `no_response`, `aborted`, `undeliverable`, `when`, `replaced`,
//! `without_response`, `shut_down` and `queue_full`.
//!
//! The names follow the conventions of Prometheus: counters end in `_total`,
//! and times are in seconds.
//!
//! # Examples
//!
//! ```
//! use crosstown_runtime::metrics;
//!
//! // recorder.install();
//! metrics::describe();
//! assert_eq!(metrics::TASKS_ENDED, "crosstown_tasks_total");
//! ```

use ::metrics::{
    Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::executor::Ended;
use crate::labels;
use crate::task::Header;
use crate::unwind::contained;

/// Counter of tasks registered, by name.
pub const TASKS_REGISTERED: &str = "crosstown_tasks_registered_total";
/// Counter of tasks that ended, by name, outcome and cause.
pub const TASKS_ENDED: &str = "crosstown_tasks_total";
/// Gauge of tasks that wait for their response or for a place to run.
pub const TASKS_PENDING: &str = "crosstown_tasks_pending";
/// Gauge of tasks that are being run.
pub const TASKS_RUNNING: &str = "crosstown_tasks_running";
/// Histogram of the seconds from registration to start, by name.
pub const TASK_WAIT: &str = "crosstown_task_wait_seconds";
/// Histogram of the seconds from start to end, by name.
pub const TASK_RUN: &str = "crosstown_task_run_seconds";

/// Tells the recorder what the names mean. Call it after the recorder is
/// installed.
pub fn describe() {
    describe_counter!(TASKS_REGISTERED, Unit::Count, "Tasks registered.");
    describe_counter!(TASKS_ENDED, Unit::Count, "Tasks ended, by outcome.");
    describe_gauge!(TASKS_PENDING, Unit::Count, "Tasks that wait to start.");
    describe_gauge!(TASKS_RUNNING, Unit::Count, "Tasks that are being run.");
    describe_histogram!(TASK_WAIT, Unit::Seconds, "From registration to start.");
    describe_histogram!(TASK_RUN, Unit::Seconds, "From start to end.");
}

fn name(name: &str) -> Label {
    Label::new("task", name.to_owned())
}

// A recorder that panics loses what it is told there, and no more: what goes up
// must come down.

/// A task is about to be registered. Told before anybody can start it, so that
/// nothing is counted down that was not counted up.
pub(crate) fn registered(task: &Header) {
    contained(|| counter!(TASKS_REGISTERED, vec![name(&task.options.name())]).increment(1));
    contained(|| gauge!(TASKS_PENDING).increment(1));
}

pub(crate) fn started() {
    contained(|| gauge!(TASKS_PENDING).decrement(1));
    contained(|| gauge!(TASKS_RUNNING).increment(1));
}

pub(crate) fn ended(ended: &Ended<'_>) {
    let name = name(&ended.name);
    match ended.ran {
        Some(ran) => {
            contained(|| gauge!(TASKS_RUNNING).decrement(1));
            let labels = || vec![name.clone()];
            contained(|| histogram!(TASK_WAIT, labels()).record(ended.waited));
            contained(|| histogram!(TASK_RUN, labels()).record(ran));
        }
        None => contained(|| gauge!(TASKS_PENDING).decrement(1)),
    }
    let mut labels = vec![name, Label::new("outcome", labels::outcome(ended.outcome))];
    labels.extend(labels::cause(ended.outcome).map(|cause| Label::new("cause", cause)));
    contained(|| counter!(TASKS_ENDED, labels).increment(1));
}
