//! A request through a whole server in memory: one that registers nothing, and
//! one that has a task.

use axum::Router;
use crosstown_runtime::crosstown_traffic;

use super::{Meter, Scenario};
use crate::server::{Client, Http, Stack, hello, hello_and, memory};

macro_rules! scenarios {
    ($($name:literal $stack:ident $http:ident $app:expr;)*) => {
        &[$(Scenario {
            name: $name,
            operations: 1000,
            run: |scenario, meter| run(scenario, meter, Stack::$stack, Http::$http, $app),
        },)*]
    };
}

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "request_http1/serve" Serve One hello();
    "request_http1/layer" Layer One hello();
    "request_http1/idle_layer" Idle One hello();
    "request_http1/by_hand" Plain One hello();
    "request_http2/serve" Serve Two hello();
    "request_http2/layer" Layer Two hello();
    "request_http2/idle_layer" Idle Two hello();
    "request_http2/by_hand" Plain Two hello();
    "request_http1/serve/same_thread" Serve One hello_and(same_thread);
    "request_http1/serve/async" Serve One hello_and(asynchronous);
    "request_http1/by_hand/async" Plain One hello_and(spawned);
    "request_http2/serve/same_thread" Serve Two hello_and(same_thread);
    "request_http2/serve/async" Serve Two hello_and(asynchronous);
    "request_http2/by_hand/async" Plain Two hello_and(spawned);
};

fn same_thread() {
    #[crosstown_traffic(same_thread = true)]
    fn call() {
        work();
    }
}

fn asynchronous() {
    #[crosstown_traffic]
    async fn call() {
        work();
    }
}

fn spawned() {
    drop(tokio::spawn(async { work() }));
}

fn work() {
    std::hint::black_box(());
}

/// One connection, one request after another; server and client share a
/// thread, and the client is the same on every side.
fn run(scenario: &Scenario, meter: Meter, stack: Stack, http: Http, app: Router) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let mut client = runtime.block_on(async {
        let io = memory::serve(stack, app);
        let mut client = Client::connect(io, http).await;
        client.requests(100).await;
        client
    });
    meter(&mut || runtime.block_on(client.requests(scenario.operations)));
}
