//! `axum::serve` told to stop.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use crosstown_runtime::{Executor, Task, axum::serve, follow_response};
use http_body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::{Gate, LONG, drained, limited, runtime, within_reason};

/// Serves `app`; stops within `deadline` when told to.
struct Stoppable {
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
    client: TcpStream,
}

async fn start(app: Router, executor: &Executor, deadline: Duration) -> Stoppable {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(listener, app)
        .executor(executor.clone())
        .with_graceful_shutdown(async { _ = stopped.await })
        .drain_deadline(deadline);
    let served = tokio::spawn(server.into_future());
    let mut client = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
    client.write_all(request).await.unwrap();
    let mut head = [0; 12];
    client.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    Stoppable {
        stop,
        served,
        client,
    }
}

#[test]
fn a_response_that_never_ends_does_not_outlast_the_deadline() {
    runtime().block_on(async {
        let executor = Executor::new();
        let app = get(|| async {
            follow_response(|| ());
            Body::new(Endless(Some(Bytes::from("first"))))
        });
        let app = Router::new().route("/", app);
        let server = start(app, &executor, Duration::from_millis(50)).await;
        server.stop.send(()).unwrap();
        within_reason(server.served).await.unwrap().unwrap();
        assert_eq!(executor.stats().pending, 1);
        drop(server.client);
        assert_eq!(drained(&executor).await.completed, 1);
    });
}

#[cfg(feature = "tracing")]
#[test]
fn what_follows_a_response_that_never_ends_is_named_when_the_runtime_goes() {
    crate::log::start();
    let (runtime, executor) = (runtime(), Executor::new());
    let server = runtime.block_on(async {
        let app = get(|| async {
            Task::future(async {}).name("never_due").follow_response();
            Body::new(Endless(Some(Bytes::from("first"))))
        });
        let app = Router::new().route("/", app);
        let server = start(app, &executor, Duration::from_millis(1)).await;
        server.stop.send(()).unwrap();
        within_reason(server.served).await.unwrap().unwrap();
        server.client
    });
    assert_eq!(executor.stats().pending, 1);
    drop(runtime);
    drop(server);
    assert_eq!(executor.stats().skipped.shut_down, 1);
    let lines = crate::log::about("never_due");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("serve.rs") && lines[0].contains("was lost"));
}

#[test]
fn a_task_that_ends_within_the_deadline_is_waited_for() {
    runtime().block_on(async {
        let (executor, gate) = (limited(1), Gate::default());
        let held = gate.clone();
        let app = get(move || async move {
            Task::new(move || held.wait()).follow_response();
        });
        let app = Router::new().route("/", app);
        let mut server = start(app, &executor, LONG).await;
        server.stop.send(()).unwrap();
        let early = timeout(Duration::from_millis(50), &mut server.served).await;
        gate.open();
        assert!(early.is_err(), "it did not wait");
        within_reason(server.served).await.unwrap().unwrap();
        assert_eq!(executor.stats().completed, 1);
    });
}

/// A body of one chunk that never comes to its end.
struct Endless(Option<Bytes>);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.0.take() {
            Some(chunk) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            None => Poll::Pending,
        }
    }
}
