//! A request that registers nothing, through a whole server in memory.

use super::{Meter, Scenario};
use crate::server::{Client, Http, Stack, memory};

macro_rules! scenarios {
    ($($name:literal $stack:ident $http:ident;)*) => {
        &[$(Scenario {
            name: $name,
            operations: 1000,
            run: |scenario, meter| run(scenario, meter, Stack::$stack, Http::$http),
        },)*]
    };
}

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "request_http1/serve" Serve One;
    "request_http1/layer" Layer One;
    "request_http1/idle_layer" Idle One;
    "request_http1/by_hand" Plain One;
    "request_http2/serve" Serve Two;
    "request_http2/layer" Layer Two;
    "request_http2/idle_layer" Idle Two;
    "request_http2/by_hand" Plain Two;
};

/// One connection, one request after another; server and client share a
/// thread, and the client is the same on every side.
fn run(scenario: &Scenario, meter: Meter, stack: Stack, http: Http) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let mut client = runtime.block_on(async {
        let io = memory::serve(stack);
        let mut client = Client::connect(io, http).await;
        client.requests(100).await;
        client
    });
    meter(&mut || runtime.block_on(client.requests(scenario.operations)));
}
