//! Counts of tasks for Prometheus to scrape.
//!
//! ```text
//! cargo run --example prometheus
//! ```
//!
//! `POST /orders` is followed by tasks; `GET /metrics` tells what became of
//! them. The names are in the documentation of `crosstown_runtime::metrics`.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use crosstown_examples::Result;
use crosstown_runtime::{crosstown_traffic, metrics};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;

async fn place_order() -> StatusCode {
    #[crosstown_traffic]
    fn charge_card() {}

    #[crosstown_traffic]
    async fn send_receipt() -> Result<()> {
        Err("the mail server is away".into())
    }

    #[crosstown_traffic(no_go = ["2xx"])]
    fn apologise() {}

    StatusCode::ACCEPTED
}

#[tokio::main]
async fn main() -> Result<()> {
    // Times as histograms with these buckets; without any they are summaries.
    let seconds = [0.001, 0.01, 0.1, 1.0, 10.0];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &seconds)?
        .install_recorder()?;
    metrics::describe();

    let app = Router::new()
        .route("/orders", post(place_order))
        .route("/metrics", get(async move || recorder.render()));
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("http://{}", listener.local_addr()?);
    crosstown_runtime::axum::serve(listener, app).await?;
    Ok(())
}
