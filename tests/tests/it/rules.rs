//! Rules over what became of the response: the option `when`.

use axum::Router;
use axum::routing::get;
use crosstown_runtime::{Abort, Outcome, Sent, Skip, crosstown_traffic};
use crosstown_tests::http1;
use crosstown_tests::probe::Probe;
use crosstown_tests::server::serve;

use crate::app::HUGE;

/// Registers one task for a client that got all of 5 bytes, and one for a client
/// that left; notes when the first rule is asked.
fn decide(probe: &Probe) {
    let asked = probe.clone();
    #[crosstown_traffic(when = move |sent: &Sent| {
        asked.event("asked");
        sent.aborted().is_none() && sent.bytes() == 5
    })]
    fn thanks() {}
    probe.keep("thanks", thanks);

    #[crosstown_traffic(when = |sent: &Sent| sent.aborted() == Some(Abort::Client))]
    fn sorry() {}
    probe.keep("sorry", sorry);
}

fn app(probe: &Probe, length: usize) -> Router {
    let probe = probe.clone();
    let handler = move || {
        decide(&probe);
        async move { vec![0; length] }
    };
    Router::new().route("/", get(handler))
}

#[tokio::test]
async fn is_asked_with_the_last_byte_what_the_client_got() {
    let probe = Probe::default();
    let server = serve(app(&probe, 5)).await;
    let mut client = http1::connect(server.address).await;
    client.get("/").await;
    assert_eq!(probe.outcome("thanks").await, Outcome::Completed);
    assert_eq!(probe.outcome("sorry").await, Outcome::Skipped(Skip::When));
    let asked = probe.happened("asked").await;
    let record = server.witness(client.address()).record();
    assert_eq!(record.accepted_at(asked), client.consumed());
}

#[tokio::test]
async fn is_asked_of_a_response_that_its_client_left() {
    let probe = Probe::default();
    let server = serve(app(&probe, HUGE)).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    server.witness(client.address()).blocked().await;
    drop(client);
    assert_eq!(probe.outcome("sorry").await, Outcome::Completed);
    assert_eq!(probe.outcome("thanks").await, Outcome::Skipped(Skip::When));
}
