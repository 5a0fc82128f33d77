//! The promises of both protocols.

use std::sync::Arc;

use http::{Method, StatusCode, Version};
use tokio::time::sleep;

use super::judge::{cut_off, ended, ended_well, failed, no_response, not_started, panicked};
use super::{BIG, Checked, Protocol};
use crate::conformance::case::Case;
use crate::conformance::client::{Client, Got, Http1, Http2};
use crate::conformance::plan::{BodyPlan, Plan};
use crate::conformance::{Bench, PAUSE};
use crate::sent::Abort;

/// One response, to its end.
pub(super) async fn complete(bench: Bench, plan: Plan) -> Checked<()> {
    let case = bench.case(plan);
    let mut client = Client::connect(&bench).await?;
    let got = client.get(&Method::GET, &case).await?;
    ended_well(&case, got).await
}

/// The plan of a response that has no body.
pub(super) fn bodiless(method: &Method, status: StatusCode) -> Plan {
    match *method {
        Method::HEAD => Plan::new(status, BodyPlan::Known(BIG)),
        _ => Plan::new(status, BodyPlan::Empty),
    }
}

pub(super) async fn without_body(bench: Bench, method: Method, status: StatusCode) -> Checked<()> {
    let case = bench.case(bodiless(&method, status));
    let mut client = Client::connect(&bench).await?;
    let got = client.get(&method, &case).await?;
    ended_well(&case, got).await
}

/// The second handler waits when its tasks are registered: they would start if
/// they were those of the first response.
pub(super) async fn keep_alive(bench: Bench) -> Checked<()> {
    let mut client = Client::connect(&bench).await?;
    let first = bench.case(Plan::ok(BodyPlan::Known(10)));
    let error = StatusCode::INTERNAL_SERVER_ERROR;
    let second = bench.case(Plan::new(error, BodyPlan::Known(10)).waiting());
    let third = bench.case(Plan::ok(BodyPlan::Known(10)));
    let got = client.get(&Method::GET, &first).await?;
    ended_well(&first, got).await?;
    let waited = tokio::spawn({
        let second = Arc::clone(&second);
        async move {
            second.arrived().await;
            sleep(PAUSE).await;
            let waited = not_started(&second);
            second.let_go();
            waited
        }
    });
    let got = client.get(&Method::GET, &second).await?;
    waited.await??;
    ended_well(&second, got).await?;
    not_started(&third)?;
    let got = client.get(&Method::GET, &third).await?;
    ended_well(&third, got).await
}

/// The client pauses when it has the head, and looks again when it has a quarter of
/// the body: more is left than the buffers of two kernels, and the window, take.
pub(super) async fn paused(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Client::connect(&bench).await?;
    let status = client.begin(&Method::GET, &case).await?;
    sleep(PAUSE).await;
    not_started(&case)?;
    let quarter = client.some(body.bytes() / 4).await?;
    not_started(&case)?;
    let bytes = quarter + client.rest(&Method::GET).await?;
    ended_well(&case, Got { status, bytes }).await
}

/// The client hangs up while the handler works.
pub(super) async fn hang_up(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)).waiting());
    match bench.protocol {
        Protocol::Http1 => {
            let mut client = Http1::connect(bench.address).await?;
            client.request(&Method::GET, &case).await?;
            case.arrived().await;
            drop(client);
            left(&bench, &case).await
        }
        Protocol::Http2 => {
            let mut client = Http2::connect(bench.address).await?;
            let response = client.request(&Method::GET, &case)?;
            case.arrived().await;
            // That is a reset of the stream; the connection stays.
            drop(response);
            left(&bench, &case).await
        }
    }
}

async fn left(bench: &Bench, case: &Case) -> Checked<()> {
    if !bench.claims.detached {
        return ended(case, None, no_response(Abort::HandlerDropped)).await;
    }
    sleep(PAUSE).await;
    not_started(case)?;
    case.let_go();
    ended(case, None, cut_off(case)).await
}

pub(super) async fn failing(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Client::connect(&bench).await?;
    // What is sent before the fault may be lost with the connection.
    let status = client.begin(&Method::GET, &case).await.ok();
    ended(&case, status, failed(&case)).await
}

pub(super) async fn panic(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Empty).panicking());
    let mut client = Client::connect(&bench).await?;
    let status = client.begin(&Method::GET, &case).await;
    panicked(&case, status.ok()).await
}

/// What the tasks are told besides the status.
pub(super) async fn version(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)));
    let mut client = Client::connect(&bench).await?;
    client.get(&Method::GET, &case).await?;
    let expected = match bench.protocol {
        Protocol::Http1 => Version::HTTP_11,
        Protocol::Http2 => Version::HTTP_2,
    };
    match case.sent().await?.version() {
        Some(found) if found == expected => Ok(()),
        found => Err(
            format!("the request was one of {expected:?}, its tasks were told {found:?}").into(),
        ),
    }
}

pub(super) async fn bytes(bench: Bench) -> Checked<()> {
    for body in [BodyPlan::Known(100), BodyPlan::Streamed(100_000)] {
        let case = bench.case(Plan::ok(body));
        let mut client = Client::connect(&bench).await?;
        let got = client.get(&Method::GET, &case).await?;
        let told = case.sent().await?.bytes();
        if told != got.bytes as u64 {
            let got = got.bytes;
            return Err(format!("the client has {got} bytes, its tasks were told {told}").into());
        }
    }
    Ok(())
}
