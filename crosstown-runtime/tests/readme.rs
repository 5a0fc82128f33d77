//! The README's code, compiled and where it can be run; and a test that the
//! README shows just this.
#![cfg(all(feature = "axum", feature = "macros"))]
#![allow(missing_docs, unreachable_pub)]

use std::future::Future;
use std::sync::Arc;

use axum::routing::post;

mod the_first_example {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Order {
        calls: Vec<String>,
    }

    #[derive(Clone)]
    struct PhoneApi;

    impl PhoneApi {
        fn place(&self, _call: String) {}
    }

    #[rustfmt::skip]
    mod shown {
        use super::{Order, PhoneApi, post};

use axum::{Json, extract::State, http::StatusCode};
use crosstown_runtime::crosstown_traffic;

async fn place_order(State(phone): State<PhoneApi>, Json(order): Json<Order>) -> StatusCode {
    for call in order.calls {
        #[crosstown_traffic(clone(phone))]
        fn place_call() {
            phone.place(call);    // captures `call` and a clone of `phone`
        }
    }
    StatusCode::ACCEPTED          // the calls start once this is on the wire
}

        pub(super) fn router() -> axum::Router {
            axum::Router::new().route("/", post(place_order)).with_state(PhoneApi)
        }
    }

    #[test]
    fn is_a_handler_of_axum() {
        let _ = shown::router();
    }
}

#[rustfmt::skip]
#[allow(dead_code)]
async fn serve(app: axum::Router) -> std::io::Result<()> {
let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
crosstown_runtime::axum::serve(listener, app).await
}

mod a_receipt {
    use crosstown_runtime::{Outcome, testing};

    struct Mailer;

    impl Mailer {
        async fn send(&self, address: String) -> Result<(), std::io::Error> {
            assert_eq!(address, "somebody@example.org");
            Ok(())
        }
    }

    #[rustfmt::skip]
    async fn handler(mailer: Mailer, address: String) {
use crosstown_runtime::{Outcome, crosstown_traffic};

#[crosstown_traffic(no_go = ["4xx", "5xx", 302], timeout = "30s")]
async fn send_receipt() -> Result<(), std::io::Error> {
    mailer.send(address).await        // an error is an outcome, and is logged
}

// Not awaited here, for it follows the response that this handler returns.
tokio::spawn(async move {
    if send_receipt.outcome().await != Outcome::Completed {
        // …
    }
});
    }

    #[tokio::test]
    async fn is_sent() {
        let (_, recorded) = testing::record(handler(Mailer, "somebody@example.org".into())).await;
        let outcomes = recorded.respond(http::StatusCode::OK).await;
        assert_eq!(outcomes, [Outcome::Completed]);
    }
}

mod functions_and_closures {
    use super::*;
    use crosstown_runtime::{Outcome, testing};

    struct Cache;

    impl Cache {
        fn warm(&self, key: u64) {
            assert_eq!(key, 7);
        }
    }

    #[rustfmt::skip]
    mod shown {
        use super::Cache;

use crosstown_runtime::{crosstown_handler, crosstown_traffic};

#[crosstown_traffic]
fn warm(cache: std::sync::Arc<Cache>, key: u64) {
    cache.warm(key);
}

#[crosstown_handler]
pub async fn handler(cache: std::sync::Arc<Cache>) -> &'static str {
    warm(cache.clone(), 7);
    #[crosstown_traffic(same_thread = true)]
    || println!("on the thread that sent the response");
    "hello"
}
    }

    #[tokio::test]
    async fn are_registered() {
        let (_, recorded) = testing::record(shown::handler(Arc::new(Cache))).await;
        assert_eq!(recorded.len(), 2);
        let outcomes = recorded.respond(http::StatusCode::OK).await;
        assert_eq!(outcomes, [Outcome::Completed, Outcome::Completed]);
    }
}

#[rustfmt::skip]
mod testing_a_handler {
use axum::http::StatusCode;
use crosstown_runtime::{Outcome, Skip, crosstown_traffic, testing};

async fn handler() -> StatusCode {
    #[crosstown_traffic]
    fn receipt() { /* … */ }
    StatusCode::CONFLICT
}

#[tokio::test]
async fn a_conflict_sends_no_receipt() {
    let (status, recorded) = testing::record(handler()).await;
    assert_eq!(recorded.names(), ["receipt"]);
    let outcomes = recorded.respond(status).await;
    assert_eq!(outcomes, [Outcome::Skipped(Skip::NoGo(StatusCode::CONFLICT))]);
}
}

mod a_framework {
    use super::*;
    use crosstown_runtime::{Outcome, follow_response};

    struct Connection;

    impl Connection {
        async fn write_and_flush(&mut self, _: http::StatusCode) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[rustfmt::skip]
    mod shown {
        use super::{Connection, Future};

use crosstown_runtime::ResponseScope;
use http::StatusCode;

pub async fn serve_one<H>(connection: &mut Connection, handler: H) -> std::io::Result<()>
where
    H: Future<Output = StatusCode>,
{
    // Allocates nothing as long as the handler registers nothing.
    let (status, pending) = ResponseScope::new().run(handler).await;

    // The status is known: tasks of the phase `head` start here.
    let in_flight = pending.respond(status);

    // An error drops `in_flight`: the response broke, `on_abort` decides.
    connection.write_and_flush(status).await?;

    // The last byte is on the wire: tasks start here.
    in_flight.sent();
    Ok(())
}
    }

    #[tokio::test]
    async fn runs_what_follows() {
        let (tx, rx) = tokio::sync::oneshot::channel();
        let handler = async {
            tx.send(follow_response(|| {})).expect("received below");
            http::StatusCode::OK
        };
        shown::serve_one(&mut Connection, handler).await.unwrap();
        assert_eq!(rx.await.unwrap().outcome().await, Outcome::Completed);
    }
}

/// The lines of a text without their indentation, and without empty ones.
fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_readme_shows_no_other_code_than_this() {
    let this = lines(include_str!("readme.rs"));
    let readme = include_str!("../../README.md");
    let blocks: Vec<_> = readme.split("```rust\n").skip(1).collect();
    assert_eq!(blocks.len(), 6);
    for block in blocks {
        let block = lines(block.split("```").next().unwrap_or_default());
        assert!(
            this.windows(block.len()).any(|window| window == block),
            "the README shows code that is not compiled here:\n{}",
            block.join("\n")
        );
    }
}
