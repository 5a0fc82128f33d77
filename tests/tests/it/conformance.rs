//! The adapters of the crate under the conformance kit, and what others do.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::future::IntoFuture;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use crosstown_runtime::conformance::{Claims, Kit, Report, Verdict};
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::WireStream;
use crosstown_tests::naive;
use crosstown_tests::server::{self, Adapter};
use crosstown_tests::wrong::{self, Wrong};
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto;

fn app(kit: &Kit) -> Router {
    let kit = kit.clone();
    Router::new().fallback(move |request: Request| async move {
        let response = kit.answer(request.uri().path()).await;
        response.map(Body::new)
    })
}

fn kept(report: Report) -> Report {
    assert!(report.is_kept(), "\n{report}");
    report
}

async fn run(adapter: Adapter, claims: Claims) -> Report {
    let kit = Kit::new();
    let server = server::start(adapter, app(&kit)).await;
    kept(kit.run(server.address, claims).await)
}

/// On a runtime with one thread: where others could write what it holds up, it is
/// not always caught.
async fn run_naive() -> Report {
    let kit = Kit::new();
    let app = naive::layered(app(&kit));
    let (runtime, address) = server::apart(server::plain(app)).await;
    let report = kit.run(address, Claims::all()).await;
    runtime.shutdown_background();
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_adapters_keep_what_they_claim_and_the_page_says_what() {
    let (serve, wire, layer, naive) = tokio::join!(
        run(Adapter::Serve, Claims::all()),
        run(Adapter::LayerWire, Claims::all()),
        run(Adapter::Layer, Claims::all().without_wire()),
        run_naive(),
    );
    assert!(!naive.is_kept(), "the kit has gone blind");
    check_endings(&serve);
    check_readme(&[&serve, &wire, &layer, &naive]);

    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guarantees.md");
    let found = to_markdown(&[&serve, &wire, &layer, &naive]);
    if std::env::var_os("CROSSTOWN_BLESS").is_some() {
        std::fs::write(page, &found).unwrap();
    }
    let said = std::fs::read_to_string(page).unwrap_or_default();
    assert_eq!(
        said, found,
        "run again with CROSSTOWN_BLESS=1, and read what changed"
    );
}

/// Checks that docs/endings.md lists the promises of the kit, each once or, where
/// both protocols have it, once for both.
fn check_endings(report: &Report) {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/endings.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("## In the conformance kit").unwrap();
    let words: Vec<_> = section.split_whitespace().collect();
    let section = words.join(" ");
    let listed: Vec<_> = section.split('"').skip(1).step_by(2).collect();
    let found: BTreeSet<_> = listed.iter().copied().collect();
    let promised = report.promises().iter().map(|promise| promise.name);
    assert_eq!(found, promised.collect());
    assert_eq!(found.len(), listed.len(), "one is listed twice");
}

/// Checks the line of the README that counts what is kept.
fn check_readme(reports: &[&Report]) {
    let readme = include_str!("../../../README.md");
    let mut line = String::from("| promises kept, of those claimed |");
    for report in reports {
        let verdicts = report.promises().iter().map(|promise| &promise.verdict);
        let claimed = verdicts.filter(|verdict| **verdict != Verdict::NotClaimed);
        let claimed = claimed.count();
        let kept = claimed - report.broken().count();
        write!(line, " {kept} of {claimed} |").unwrap();
    }
    assert!(readme.contains(&line), "the README should have:\n{line}");
}

/// Checks that promises are reported as broken, for this reason, wherever claimed.
async fn catches(wrong: Wrong, claims: Claims, promises: &[&str], reason: &str) {
    let kit = Kit::new();
    let (runtime, address) = wrong::serve(wrong, app(&kit)).await;
    let report = kit.run(address, claims).await;
    runtime.shutdown_background();
    for name in promises {
        let promises = report.promises().iter();
        let mut verdicts = promises
            .filter(|promise| promise.verdict != Verdict::NotClaimed && promise.name == *name)
            .peekable();
        assert!(verdicts.peek().is_some(), "no row is named {name:?}");
        for promise in verdicts {
            let is_found =
                matches!(&promise.verdict, Verdict::Broken(what) if what.contains(reason));
            assert!(is_found, "of {wrong:?}: {promise:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_before_the_flush_is_caught() {
    let promises = [
        "nothing starts before the client can have the end of a response of known length",
        "nothing starts before the client can have the end of a chunked response",
        "nothing starts before the client can have the end of a streamed response",
        "nothing starts before the client can have the trailers",
        "nothing starts before the client can have a response of length 0",
        "nothing starts before the client can have a response without data",
        "nothing starts before the client can have a 204, a 304, an answer to HEAD",
    ];
    catches(Wrong::BeforeFlush, Claims::all(), &promises, "too early").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_for_a_whole_connection_is_caught() {
    // Over HTTP/2 other rows would wait for ever, which takes long to be told of.
    let claims = Claims::all().without_http2();
    let promises = ["requests of one connection each have their own tasks"];
    catches(Wrong::SharedScope, claims, &promises, "too early").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_that_is_changed_outside_is_caught() {
    let promises = [
        "a response of known length is followed to its end",
        "HEAD of a big resource is followed",
        "a client that closes within the body aborts",
    ];
    catches(
        Wrong::StatusOutside,
        Claims::all(),
        &promises,
        "the client has a 201",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_outside_of_a_scope_is_said_to_be_so() {
    let kit = Kit::new();
    let address = server::plain(app(&kit)).await;
    let report = kit.run(address, Claims::all()).await;
    assert_eq!(report.broken().count(), report.promises().len());
    for promise in report.broken() {
        let verdict = format!("{:?}", promise.verdict);
        assert!(
            verdict.contains("not run in a response scope"),
            "{promise:?}"
        );
    }
}

/// Who holds the thread holds the server, the kit and its clients but one.
#[tokio::test]
async fn one_thread_is_enough_for_the_server_and_the_kit() {
    let _ = run(Adapter::LayerWire, Claims::all()).await;
}

/// Where hyper copies what it writes, flushes less often, or queues less.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_options_of_hyper_change_no_promise() {
    let mut hyper = auto::Builder::new(TokioExecutor::new());
    hyper.http1().pipeline_flush(true).writev(false);
    hyper.http2().max_send_buf_size(1024).adaptive_window(true);
    let kit = Kit::new();
    let ((listener, address), app) = (server::listen().await, app(&kit));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = WireStream::new(stream);
            let layer = CrosstownLayer::new().wire(stream.handle());
            let (hyper, app) = (hyper.clone(), app.clone());
            tokio::spawn(async move { server::speak_as(&hyper, stream, layer, app).await });
        }
    });
    let _ = kept(kit.run(address, Claims::all()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn detached_handlers_keep_the_promises() {
    let kit = Kit::new();
    let (listener, address) = server::listen().await;
    let server = crosstown_runtime::axum::serve(listener, app(&kit)).detached();
    tokio::spawn(server.into_future());
    let _ = kept(kit.run(address, Claims::all().detached()).await);
}

fn to_markdown(reports: &[&Report]) -> String {
    let mut page = String::from(
        "# Guarantees\n\n\
         What the conformance kit (feature `conformance`) finds of each adapter. This page is\n\
         written by the test that runs it, and the test fails when they differ. The last column\n\
         is a layer as one writes it by hand, which starts what follows when the body is dropped,\n\
         served by one thread.\n\n\
         | protocol | promise | `axum::serve` | layer with `wire` | layer alone | by hand |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    let rows = reports[0].promises().iter().enumerate();
    for (row, promise) in rows {
        write!(page, "| {} | {} |", promise.protocol, promise.name).unwrap();
        for report in reports {
            let verdict = match report.promises()[row].verdict {
                Verdict::Kept => "kept",
                Verdict::Broken(_) => "**broken**",
                Verdict::NotClaimed => "not claimed",
                _ => unreachable!("no other verdict is known"),
            };
            write!(page, " {verdict} |").unwrap();
        }
        page.push('\n');
    }
    page
}
