//! Requests a second of an app that registers nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crosstown_benches::server::{Client, Http, Stack, bind, hello, serve};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::{rounds, runtime};
use crate::ratio::{Side, in_turn, ratio, verdict};

const CONNECTIONS: usize = 64;
const ROUND: Duration = Duration::from_millis(100);

pub(super) fn part() -> String {
    let mut text = format!(
        "\
### Requests a second when nothing is registered

{CONNECTIONS} connections over loopback, client and server in one process.
Target: at least 0.99 of axum alone.

| through | protocol | ratio to axum alone | target |
| --- | --- | --- | --- |
"
    );
    for http in [Http::One, Http::Two] {
        text += &table(http);
    }
    text
}

fn table(http: Http) -> String {
    let runtime = runtime();
    let stacks = [Stack::Plain, Stack::Idle, Stack::Layer, Stack::Serve];
    let sides = stacks.map(|stack| side(&runtime, stack, http));
    let [plain, idle, layer, served] = in_turn(rounds(120), sides);
    let protocol = match http {
        Http::One => "HTTP/1, keep-alive",
        Http::Two => "HTTP/2",
    };
    let row = |through: &str, measured: &[f64], held: bool| {
        let ratio = ratio(measured, &plain);
        let target = if held {
            verdict(ratio.median >= 0.99)
        } else {
            ""
        };
        format!("| {through} | {protocol} | {ratio} | {target} |\n")
    };
    row("a layer that does nothing", &idle, false)
        + &row("`CrosstownLayer`", &layer, true)
        + &row("`serve`", &served, true)
}

fn side(runtime: &Runtime, stack: Stack, http: Http) -> Side<'_> {
    let mut clients = runtime.block_on(async {
        let (listener, address) = bind().await;
        serve(stack, listener, hello());
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            let io = TcpStream::connect(address).await.expect("a connection");
            io.set_nodelay(true).expect("a socket option");
            clients.push(Client::connect(io, http).await);
        }
        clients
    });
    Box::new(move || runtime.block_on(round(&mut clients)))
}

async fn round(clients: &mut Vec<Client<TcpStream>>) -> f64 {
    let answered = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let mut running = JoinSet::new();
    for mut client in clients.drain(..) {
        let answered = Arc::clone(&answered);
        running.spawn(async move {
            while start.elapsed() < ROUND {
                client.request().await;
                answered.fetch_add(1, Ordering::Relaxed);
            }
            client
        });
    }
    *clients = running.join_all().await;
    answered.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}
