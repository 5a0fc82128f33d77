//! The adapters of the crate under the conformance kit, and what others do.

use std::collections::BTreeSet;
use std::fmt::Write;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use crosstown_runtime::conformance::{Claims, Kit, Report, Verdict};
use crosstown_tests::naive;
use crosstown_tests::server::{self, Adapter};

fn app(kit: &Kit) -> Router {
    let kit = kit.clone();
    Router::new().fallback(move |request: Request| async move {
        let response = kit.answer(request.uri().path()).await;
        response.map(Body::new)
    })
}

async fn run(adapter: Adapter, claims: Claims) -> Report {
    let kit = Kit::new();
    let server = server::start(adapter, app(&kit)).await;
    let report = kit.run(server.address, claims).await;
    assert!(report.is_kept(), "\n{report}");
    report
}

async fn run_naive() -> Report {
    let kit = Kit::new();
    let address = server::plain(naive::layered(app(&kit))).await;
    kit.run(address, Claims::all()).await
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

fn to_markdown(reports: &[&Report]) -> String {
    let mut page = String::from(
        "# Guarantees\n\n\
         What the conformance kit (feature `conformance`) finds of each adapter. This page is\n\
         written by the test that runs it, and the test fails when they differ. The last column\n\
         is a layer as one writes it by hand, which starts what follows when the body is dropped.\n\n\
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
            };
            write!(page, " {verdict} |").unwrap();
        }
        page.push('\n');
    }
    page
}
