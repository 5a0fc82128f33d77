//! The promises of HTTP/1.1.

use http::StatusCode;

use super::super::case::{BodyPlan, Plan};
use super::super::client::Http1;
use super::super::{Bench, PAUSE};
use super::{BIG, Checked, cut_off, ended, ended_well, ending, failed, no_response, not_started};
use crate::outcome::{Outcome, Skip};
use crate::sent::Abort;

pub(super) async fn complete(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    client.response().await?;
    ended_well(&case).await
}

pub(super) async fn bodiless(bench: Bench, method: &str, status: StatusCode) -> Checked<()> {
    let body = match method {
        "HEAD" => BodyPlan::Known(BIG),
        _ => BodyPlan::Empty,
    };
    let case = bench.case(Plan::new(status, body));
    let mut client = Http1::connect(bench.address).await?;
    client.request(method, &case.path).await?;
    client.head().await?;
    let default = Outcome::Completed;
    ended(&case, ending(Some(status), None, default)).await
}

pub(super) async fn error_status(bench: Bench) -> Checked<()> {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let case = bench.case(Plan::new(status, BodyPlan::Known(10)));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    client.response().await?;
    let default = Outcome::Skipped(Skip::NoGo(status));
    ended(&case, ending(Some(status), None, default)).await
}

pub(super) async fn keep_alive(bench: Bench) -> Checked<()> {
    let mut client = Http1::connect(bench.address).await?;
    let last = bench.case(Plan::ok(BodyPlan::Known(10)));
    for _ in 0..5 {
        let case = bench.case(Plan::ok(BodyPlan::Known(10)));
        client.request("GET", &case.path).await?;
        client.response().await?;
        ended_well(&case).await?;
        not_started(&last)?;
    }
    client.request("GET", &last.path).await?;
    client.response().await?;
    ended_well(&last).await
}

pub(super) async fn paused(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    case.arrived().await;
    tokio::time::sleep(PAUSE).await;
    not_started(&case)?;
    client.response().await?;
    ended_well(&case).await
}

pub(super) async fn hang_up(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)).waiting());
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    case.arrived().await;
    drop(client);
    ended(&case, no_response(Abort::HandlerDropped)).await
}

pub(super) async fn cut(bench: Bench, reset: bool) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    client.some(1000).await?;
    if reset {
        client.reset()?;
    } else {
        drop(client);
    }
    ended(&case, cut_off()).await
}

/// The server has all of the body, and the client reads none of it.
pub(super) async fn unflushed(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Whole(BIG)));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    case.arrived().await;
    tokio::time::sleep(PAUSE).await;
    drop(client);
    ended(&case, cut_off()).await
}

pub(super) async fn left_after(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(100)));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    client.response().await?;
    client.reset()?;
    ended_well(&case).await
}

pub(super) async fn pipelined(bench: Bench) -> Checked<()> {
    let cases = [(); 3].map(|()| bench.case(Plan::ok(BodyPlan::Known(10))));
    let mut client = Http1::connect(bench.address).await?;
    let mut requests = String::new();
    for case in &cases {
        requests += &format!("GET {} HTTP/1.1\r\nhost: kit\r\n\r\n", case.path);
    }
    client.send(&requests).await?;
    for case in &cases {
        client.response().await?;
        ended_well(case).await?;
    }
    Ok(())
}

pub(super) async fn version_1_0(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)));
    let mut client = Http1::connect(bench.address).await?;
    client
        .send(&format!("GET {} HTTP/1.0\r\n\r\n", case.path))
        .await?;
    client.response().await?;
    ended_well(&case).await
}

pub(super) async fn failing(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    ended(&case, failed()).await
}

pub(super) async fn panic(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Empty).panicking());
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    ended(&case, no_response(Abort::HandlerPanicked)).await
}
