//! The promises of HTTP/1.1 alone.

use http::{Method, StatusCode};
use tokio::time::sleep;

use super::judge::{cut_off, ended, ended_well};
use super::{BIG, Checked};
use crate::conformance::case::Case;
use crate::conformance::client::{Got, Http1, request};
use crate::conformance::plan::{BodyPlan, Plan};
use crate::conformance::{Bench, PAUSE};

pub(super) async fn cut(bench: Bench, reset: bool) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let mut client = Http1::connect(bench.address).await?;
    client.request(&Method::GET, &case).await?;
    let status = client.head(&Method::GET, &case).await?;
    client.data().await?;
    if reset {
        client.reset()?;
    } else {
        drop(client);
    }
    ended(&case, Some(status), cut_off(&case)).await
}

/// The server has all of the body, and the client reads none of it.
pub(super) async fn unflushed(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Whole(BIG)));
    let mut client = Http1::connect(bench.address).await?;
    client.request(&Method::GET, &case).await?;
    case.arrived().await;
    sleep(PAUSE).await;
    drop(client);
    ended(&case, None, cut_off(&case)).await
}

pub(super) async fn left_after(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(100)));
    let mut client = Http1::connect(bench.address).await?;
    client.request(&Method::GET, &case).await?;
    let got = get(&mut client, &case).await?;
    client.reset()?;
    ended_well(&case, got).await
}

/// Of three statuses, so that none is taken for another's.
pub(super) async fn pipelined(bench: Bench) -> Checked<()> {
    let statuses = [
        StatusCode::OK,
        StatusCode::NOT_FOUND,
        StatusCode::INTERNAL_SERVER_ERROR,
    ];
    let cases = statuses.map(|status| bench.case(Plan::new(status, BodyPlan::Known(10))));
    let mut client = Http1::connect(bench.address).await?;
    let requests: String = cases
        .iter()
        .map(|case| request(&Method::GET, case))
        .collect();
    client.send(&requests).await?;
    for case in &cases {
        let got = get(&mut client, case).await?;
        ended_well(case, got).await?;
    }
    Ok(())
}

pub(super) async fn version_1_0(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)));
    let mut client = Http1::connect(bench.address).await?;
    let request = format!("GET {} HTTP/1.0\r\n\r\n", case.path);
    client.send(&request).await?;
    let got = get(&mut client, &case).await?;
    ended_well(&case, got).await
}

/// Reads a response that was asked for.
async fn get(client: &mut Http1, case: &Case) -> Checked<Got> {
    let status = client.head(&Method::GET, case).await?;
    let mut bytes = 0;
    while let Some(more) = client.data().await? {
        bytes += more;
    }
    Ok(Got { status, bytes })
}
