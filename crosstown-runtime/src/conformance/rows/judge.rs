//! How the rows judge what they find.

use http::StatusCode;

use super::Checked;
use crate::conformance::case::{Case, Ending};
use crate::conformance::client::Got;
use crate::no_go::NoGo;
use crate::outcome::{Outcome, Skip};
use crate::sent::Abort;

/// How a response ends that is sent to its end.
fn complete(status: StatusCode) -> Ending {
    let is_no_go = NoGo::default().contains(status);
    Ending {
        status: Some(status),
        aborted: None,
        default: match is_no_go {
            true => Outcome::Skipped(Skip::NoGo(status)),
            false => Outcome::Completed,
        },
    }
}

/// The response was begun, and broke.
fn broken(case: &Case, why: Abort) -> Ending {
    Ending {
        status: Some(case.plan.status),
        aborted: Some(why),
        default: Outcome::Completed,
    }
}

/// The response was begun, and its client went away.
pub(super) fn cut_off(case: &Case) -> Ending {
    broken(case, Abort::Client)
}

/// The response was begun, and its body did not come to its end.
pub(super) fn failed(case: &Case) -> Ending {
    broken(case, Abort::Body)
}

pub(super) fn no_response(why: Abort) -> Ending {
    Ending {
        status: None,
        aborted: Some(why),
        default: Outcome::Skipped(Skip::NoResponse),
    }
}

/// Checks that the response was told as sent, as what the client got.
pub(super) async fn ended_well(case: &Case, got: Got) -> Checked<()> {
    if !case.has_arrived() {
        let status = got.status;
        return Err(format!("the client has a {status}, and the handler was not asked").into());
    }
    ended(case, Some(got.status), complete(case.plan.status)).await
}

/// Checks what was told of a response of which the client had this status.
pub(super) async fn ended(case: &Case, had: Option<StatusCode>, expected: Ending) -> Checked<()> {
    let found = case.ending().await?;
    if found != expected {
        return Err(format!("expected {expected:?}, found {found:?}").into());
    }
    same_status(had, &found)
}

/// Checks that the tasks were told of no other status than the client's.
fn same_status(had: Option<StatusCode>, found: &Ending) -> Checked<()> {
    match (had, found.status) {
        (Some(had), Some(told)) if had != told => {
            Err(format!("the client has a {had}, and its tasks were told of a {told}").into())
        }
        _ => Ok(()),
    }
}

/// Checks what was told of a handler that panicked: nothing was sent, or what
/// somebody who caught the panic has answered.
pub(super) async fn panicked(case: &Case, had: Option<StatusCode>) -> Checked<()> {
    let found = case.ending().await?;
    let expected = match (found.status, had) {
        (Some(_), Some(had)) => complete(had),
        _ => no_response(Abort::HandlerPanicked),
    };
    if found != expected {
        return Err(format!("expected {expected:?}, found {found:?}").into());
    }
    Ok(())
}

pub(super) fn not_started(case: &Case) -> Checked<()> {
    if case.has_started() {
        return Err("a task has started too early".into());
    }
    Ok(())
}
