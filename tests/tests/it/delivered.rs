//! Tasks that wait until the client's kernel has acknowledged the response.

use std::future::IntoFuture;
#[cfg(target_os = "linux")]
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use crosstown_runtime::axum::serve;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::{WireHandle, WireStream};
use crosstown_runtime::{Outcome, Phase, Skip, Task};
use crosstown_tests::http1::Http1;
use crosstown_tests::probe::{Probe, scope};
use crosstown_tests::{Once, http1, http2, order, server, within};
#[cfg(target_os = "linux")]
use rustix::net::{AddressFamily, SocketFlags, SocketType, ipproto, socket_with};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
#[cfg(target_os = "linux")]
use tokio::task::JoinHandle;
#[cfg(target_os = "linux")]
use tokio::time::sleep;

use crate::phases::{phases, serve_tcp};

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn has_its_instant_after_those_of_the_other_phases() {
    let probe = Probe::default();
    let address = serve_tcp(phases(&probe, 10), |serve| serve).await;
    let mut client = http1::connect(address).await;
    client.get("/").await;
    let mut reached = None;
    for (name, phase) in [
        ("head", Phase::Head),
        ("sent", Phase::Sent),
        ("delivered", Phase::Delivered),
    ] {
        let sent = probe.start(name).await.sent;
        assert_eq!(sent.phase(), Some(phase));
        assert!(sent.registered_at() <= sent.head_at().unwrap());
        assert!(sent.head_at().unwrap() <= sent.reached_at());
        assert!(reached <= Some(sent.reached_at()), "{name}");
        reached = Some(sent.reached_at());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_once_a_client_that_paused_has_read() {
    // It fits into the server's kernel, and not into the client's.
    let probe = Probe::default();
    let address = serve_tcp(phases(&probe, 1 << 20), |serve| serve).await;
    let mut client = http1::connect_narrow(address, 4096).await;
    client.request("GET", "/").await;
    probe.start("sent").await;
    others_are_delivered(1).await;
    assert!(!probe.is_finished("delivered"));

    let begins = order::tick();
    let response = client.response().await;
    assert_eq!(response.body.len(), 1 << 20);
    let delivered = probe.start("delivered").await;
    assert!(delivered.tick > begins);
    assert_eq!(delivered.sent.phase(), Some(Phase::Delivered));
    assert_eq!(delivered.sent.aborted(), None);
}

/// Waits until as many others, one after another and each on a connection of
/// its own, are delivered: time to be asked for once more, for a response that
/// must not be taken for delivered.
#[cfg(target_os = "linux")]
async fn others_are_delivered(others: usize) {
    for _ in 0..others {
        let probe = Probe::default();
        let address = serve_tcp(phases(&probe, 10), |serve| serve).await;
        let mut client = http1::connect(address).await;
        client.get("/").await;
        probe.start("delivered").await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tells_the_responses_of_a_connection_apart() {
    // Both fit into the server's kernel, and neither into the client's.
    const SIZE: usize = 1 << 18;
    let probe = Probe::default();
    let follow = probe.clone();
    let handler = get(move |Path(name): Path<String>| async move {
        for (phase, of) in [("sent", Phase::Sent), ("delivered", Phase::Delivered)] {
            follow.follow_with(format!("{name} {phase}"), |task| task.phase(of));
        }
        vec![7; SIZE]
    });
    let app = Router::new().route("/{name}", handler);
    let address = serve_tcp(app, |serve| serve).await;
    let mut client = http1::connect_narrow(address, 4096).await;
    client.request("GET", "/first").await;
    client.request("GET", "/second").await;
    probe.start("second sent").await;
    // Each response is asked for again after a pause, which grows.
    others_are_delivered(16).await;
    assert!(!probe.is_finished("first delivered"));

    assert_eq!(client.response().await.body.len(), SIZE);
    probe.start("first delivered").await;
    others_are_delivered(32).await;
    assert!(!probe.is_finished("second delivered"));
    assert_eq!(client.response().await.body.len(), SIZE);
    probe.start("second delivered").await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comes_last_over_http2() {
    let probe = Probe::default();
    let address = serve_tcp(phases(&probe, 10), |serve| serve).await;
    let mut client = http2::connect(address).await;
    assert_eq!(client.get("/").await.length, 10);
    probe.start("delivered").await;
    assert_eq!(probe.started_so_far(), ["head", "sent", "delivered"]);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_not_claimed_of_a_client_that_resets() {
    let probe = Probe::default();
    let address = serve_tcp(phases(&probe, 1 << 20), |serve| serve).await;
    let mut client = http1::connect_narrow(address, 4096).await;
    client.request("GET", "/").await;
    probe.start("sent").await;
    client.reset();
    assert_eq!(
        probe.outcome("delivered").await,
        Outcome::Skipped(Skip::Aborted)
    );
}

/// After as long the pauses between two questions are of 50 ms and more: what is heard of
/// within one is so for another reason.
#[cfg(target_os = "linux")]
const GROWN: Duration = Duration::from_secs(1);

/// With its end its kernel says that it has all; a moment later the connection is gone.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_heard_of_a_client_that_leaves_when_it_has_all() {
    for headers in ["", "connection: close\r\n"] {
        let probe = Probe::default();
        let address = serve_tcp(phases(&probe, 1 << 20), |serve| serve).await;
        let mut client = http1::connect_narrow(address, 4096).await;
        let request = format!("GET / HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        client.send(request).await;
        probe.start("sent").await;
        sleep(GROWN).await;
        assert_eq!(client.response().await.body.len(), 1 << 20);
        drop(client);
        let outcome = probe.outcome("delivered").await;
        assert_eq!(outcome, Outcome::Completed, "{headers:?}");
    }
}

/// Serves one connection, by the layer; returns what serves it, its client, which takes
/// little, and a handle to it.
#[cfg(target_os = "linux")]
async fn one_connection(app: Router) -> (JoinHandle<()>, Http1, WireHandle) {
    let (listener, address) = server::listen().await;
    let client = http1::connect_narrow(address, 4096).await;
    let (stream, _) = within("the client", listener.accept()).await.unwrap();
    let stream = WireStream::new(stream).on_tcp();
    let handle = stream.handle();
    let layer = CrosstownLayer::new().wire(stream.handle());
    let served = tokio::spawn(server::speak(stream, layer, app));
    (served, client, handle)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn is_heard_of_where_the_stream_is_dropped_as_it_is() {
    let probe = Probe::default();
    let (served, mut client, _) = one_connection(phases(&probe, 1 << 20)).await;
    client.request("GET", "/").await;
    probe.start("sent").await;
    sleep(GROWN).await;
    assert_eq!(client.response().await.body.len(), 1 << 20);
    drop(client);
    served.abort();
    assert_eq!(probe.outcome("delivered").await, Outcome::Completed);
}

/// What the sockets of its paths have sent is not all that it has.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn can_not_be_heard_of_over_mptcp() {
    let (listener, client) = match mptcp() {
        Ok(sockets) => sockets,
        Err(error) => return println!("there is no MPTCP here: {error}"),
    };
    let probe = Probe::default();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, phases(&probe, 1 << 20)).into_future());
    let connected = within("to connect", client.connect(address)).await;
    let mut client = Http1::over(connected.unwrap());
    client.request("GET", "/").await;
    assert_eq!(
        probe.outcome("delivered").await,
        Outcome::Skipped(Skip::Undeliverable)
    );
}

/// A listener, and a client's socket that takes little.
#[cfg(target_os = "linux")]
fn mptcp() -> io::Result<(TcpListener, TcpSocket)> {
    let socket = || {
        let protocol = Some(ipproto::MPTCP);
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        socket_with(AddressFamily::INET, SocketType::STREAM, flags, protocol)
    };
    let listener = TcpSocket::from_std_stream(socket()?.into());
    listener.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let client = TcpSocket::from_std_stream(socket()?.into());
    client.set_recv_buffer_size(4096)?;
    Ok((listener.listen(1)?, client))
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_not_claimed_of_a_connection_of_which_a_handle_is_left() {
    let probe = Probe::default();
    let (served, mut client, _left) = one_connection(phases(&probe, 1 << 20)).await;
    client.request("GET", "/").await;
    probe.start("sent").await;
    client.reset();
    within("the connection to end", served).await.unwrap();
    assert_eq!(
        probe.outcome("delivered").await,
        Outcome::Skipped(Skip::Aborted)
    );
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_given_up_at_the_time_limit() {
    let probe = Probe::default();
    let limit = Duration::from_millis(300);
    let address = serve_tcp(phases(&probe, 1 << 20), |serve| serve.time_limit(limit)).await;
    let mut client = http1::connect_narrow(address, 4096).await;
    client.request("GET", "/").await;
    assert_eq!(probe.outcome("sent").await, Outcome::Completed);
    assert_eq!(
        probe.outcome("delivered").await,
        Outcome::Skipped(Skip::Aborted)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ends_at_once_where_it_can_not_be_heard_of() {
    // A listener whose streams are not plain TCP streams.
    let probe = Probe::default();
    let server = server::serve(phases(&probe, 10)).await;
    http1::connect(server.address).await.get("/").await;
    let undeliverable = Outcome::Skipped(Skip::Undeliverable);
    assert_eq!(probe.outcome("delivered").await, undeliverable);
    assert_eq!(probe.outcome("sent").await, Outcome::Completed);
    assert_eq!(server.executor.stats().skipped.undeliverable, 1);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_not_claimed_of_another_connection_with_the_same_addresses() {
    let probe = Probe::default();
    let address = serve_tcp(phases(&probe, 1 << 20), |serve| serve).await;
    // Where no other test connects from.
    let from = SocketAddr::from(([127, 0, 0, 2], 0));
    let mut client = http1::connect_narrow_from(from, address, 4096).await;
    let from = client.address();
    client.request("GET", "/").await;
    probe.start("sent").await;
    // The pauses between two questions have grown by then.
    others_are_delivered(16).await;
    client.reset();
    let _next = http1::connect_narrow_from(from, address, 4096).await;
    assert_eq!(
        probe.outcome("delivered").await,
        Outcome::Skipped(Skip::Aborted)
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn is_asked_for_once_for_all_responses_of_a_connection() {
    const RESPONSES: usize = 8;
    let probe = Probe::default();
    let handler = {
        let probe = probe.clone();
        get(move |Path(number): Path<String>| async move {
            let follow = |name, phase| {
                let name = format!("{number} {name}");
                probe.follow_with(name, |task| task.phase(phase).same_thread(true));
            };
            follow("sent", Phase::Sent);
            follow("delivered", Phase::Delivered);
            vec![7; 1 << 14]
        })
    };
    let app = Router::new().route("/{number}", handler);
    let address = serve_tcp(app, |serve| serve).await;
    let mut client = http1::connect_narrow(address, 4096).await;
    let mut asking = Vec::new();
    for number in 0..RESPONSES {
        client.request("GET", &format!("/{number}")).await;
        probe.start(&format!("{number} sent")).await;
        asking.push(Handle::current().metrics().num_alive_tasks());
    }
    // What is left of it is not in the client's kernel.
    let waiting = |number: usize| !probe.is_finished(&format!("{number} delivered"));
    assert!((1..RESPONSES).all(waiting));
    assert_eq!(asking[1..], [asking[1]; RESPONSES - 1], "tasks alive");
    for number in 0..RESPONSES {
        client.response().await;
        probe.start(&format!("{number} delivered")).await;
    }
}

/// An app that answers with `size` bytes, after it has sent the test what `make`
/// makes in its handler.
#[cfg(target_os = "linux")]
fn handing_out<T: Send + 'static>(
    size: usize,
    make: fn() -> T,
) -> (Router, impl Future<Output = T>) {
    let (sender, receiver) = oneshot::channel();
    let given = Once::new(sender);
    let handler = get(move || async move {
        assert!(given.take().send(make()).is_ok());
        vec![7; size]
    });
    let made = async { within("the handler", receiver).await.unwrap() };
    (Router::new().route("/", handler), made)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn is_asked_for_no_more_once_its_task_is_cancelled() {
    let (app, task) = handing_out(1 << 20, || {
        let task = Task::new(|| ()).phase(Phase::Delivered);
        task.follow_response()
    });
    let address = serve_tcp(app, |serve| serve).await;
    let alive = || Handle::current().metrics().num_alive_tasks();
    let mut client = http1::connect_narrow(address, 4096).await;
    client.request("GET", "/").await;
    let task = task.await;
    // The server, the connection, and who asks for the delivery.
    let asked_for = async {
        while alive() < 3 {
            tokio::task::yield_now().await;
        }
    };
    within("the question", asked_for).await;
    assert!(task.cancel());
    let over = async {
        while alive() == 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    within("the end of the questions", over).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_heard_of_whatever_the_kind_of_address() {
    let everywhere = SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0));
    let mut kinds = vec![
        ((Ipv6Addr::LOCALHOST, 0).into(), None),
        // IPv4 over a socket of IPv6.
        (everywhere, Some(Ipv4Addr::LOCALHOST)),
    ];
    kinds.extend(link_local().map(|address| (address, None)));
    for (bound, through) in kinds {
        let Ok(listener) = TcpListener::bind(bound).await else {
            println!("there is no {bound} here");
            continue;
        };
        let probe = Probe::default();
        let mut address = listener.local_addr().unwrap();
        if let Some(through) = through {
            address.set_ip(through.into());
        }
        tokio::spawn(serve(listener, phases(&probe, 10)).into_future());
        let mut client = http1::connect(address).await;
        client.get("/").await;
        let outcome = probe.outcome("delivered").await;
        assert_eq!(outcome, Outcome::Completed, "{address}");
    }
}

/// An address that is good on one interface alone, if this machine has one.
#[cfg(target_os = "linux")]
fn link_local() -> Option<SocketAddr> {
    let interfaces = std::fs::read_to_string("/proc/net/if_inet6").ok()?;
    interfaces.lines().find_map(|line| {
        let mut fields = line.split_whitespace();
        let ip = u128::from_str_radix(fields.next()?, 16).ok()?;
        let scope = u32::from_str_radix(fields.next()?, 16).ok()?;
        let ip = Ipv6Addr::from_bits(ip);
        ip.is_unicast_link_local()
            .then(|| SocketAddrV6::new(ip, 0, 0, scope).into())
    })
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_heard_of_by_a_task_that_is_registered_late() {
    let probe = Probe::default();
    let (app, handle) = handing_out(10, scope);
    let address = serve_tcp(app, |serve| serve).await;
    let mut client = http1::connect(address).await;
    client.get("/").await;
    // The response is over for the server, too: it has read the next head.
    assert_eq!(client.get("/none").await.status, 404);
    let follow = || probe.follow_with("late", |task| task.phase(Phase::Delivered));
    handle.await.enter(follow);
    assert_eq!(probe.outcome("late").await, Outcome::Completed);
    let sent = probe.start("late").await.sent;
    assert_eq!(sent.phase(), Some(Phase::Delivered));
    assert_eq!(sent.aborted(), None);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_given_up_with_the_runtime() {
    let probe = Probe::default();
    let app = phases(&probe, 1 << 20);
    let (runtime, address) = server::apart(serve_tcp(app, |serve| serve)).await;
    let mut client = http1::connect_narrow(address, 4096).await;
    client.request("GET", "/").await;
    probe.start("sent").await;
    runtime.shutdown_background();
    let outcome = probe.outcome("delivered").await;
    assert_eq!(outcome, Outcome::Skipped(Skip::Aborted));
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_given_up_where_the_runtime_has_no_timers() {
    let probe = Probe::default();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_io().build().unwrap();
    let serves = runtime.spawn(serve_tcp(phases(&probe, 1 << 20), |serve| serve));
    let mut client = http1::connect_narrow(serves.await.unwrap(), 4096).await;
    client.request("GET", "/").await;
    let outcome = probe.outcome("delivered").await;
    assert_eq!(outcome, Outcome::Skipped(Skip::Aborted));
    assert_eq!(probe.outcome("sent").await, Outcome::Completed);
    runtime.shutdown_background();
}
