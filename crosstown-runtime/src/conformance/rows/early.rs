//! Nothing starts early: a task holds the adapter where that says how far the
//! response is, and a client on a thread of its own looks whether it is.

use http::{Method, StatusCode};

use super::Checked;
use super::either::bodiless;
use super::judge::ended_well;
use crate::conformance::Bench;
use crate::conformance::client::Apart;
use crate::conformance::plan::{BodyPlan, Plan};
use crate::outcome::Outcome;
use crate::sent::Phase;

pub(super) async fn end(bench: Bench, body: BodyPlan) -> Checked<()> {
    held(&bench, Method::GET, Plan::ok(body).holding(Phase::Sent)).await
}

/// Responses of which the head is all.
pub(super) async fn end_of_head(bench: Bench) -> Checked<()> {
    let all = [
        (Method::GET, StatusCode::NO_CONTENT),
        (Method::GET, StatusCode::NOT_MODIFIED),
        (Method::HEAD, StatusCode::OK),
    ];
    for (method, status) in all {
        let plan = bodiless(&method, status).holding(Phase::Sent);
        let held = held(&bench, method.clone(), plan).await;
        held.map_err(|error| format!("{method}, {}: {error}", status.as_u16()))?;
    }
    Ok(())
}

pub(super) async fn head(bench: Bench) -> Checked<()> {
    let plan = Plan::ok(BodyPlan::Known(10)).holding(Phase::Head);
    held(&bench, Method::GET, plan).await
}

async fn held(bench: &Bench, method: Method, plan: Plan) -> Checked<()> {
    let case = bench.case(plan);
    let mut client = Apart::get(bench, method, &case)?;
    let got = client.got().await?;
    let held = case.held().await?;
    if let Outcome::Failed(found) = &held {
        return Err(found.message().into());
    }
    ended_well(&case, got).await?;
    match held {
        Outcome::Completed => Ok(()),
        other => Err(format!("a task that holds the adapter became {other:?}").into()),
    }
}
