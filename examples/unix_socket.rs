//! axum on a Unix socket, followed to the wire.
//!
//! ```text
//! cargo run --example unix_socket
//! ```
//!
//! `axum::serve` of the crate takes whatever listener axum's takes.

#[cfg(unix)]
#[tokio::main]
async fn main() -> crosstown_examples::Result<()> {
    use axum::Router;
    use axum::routing::get;
    use crosstown_examples::{print_outcome, request_http1};
    use crosstown_runtime::follow_response;
    use tokio::net::{UnixListener, UnixStream};
    use tokio::sync::mpsc;

    let path = std::env::temp_dir().join(format!("crosstown-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path)?;
    let (outcomes, outcome) = mpsc::unbounded_channel();
    let app = Router::new().route(
        "/",
        get(|| async move {
            let task = follow_response(|| println!("task:   the response is on the wire"));
            tokio::spawn(async move { outcomes.send(task.outcome().await) });
            "hello over a Unix socket"
        }),
    );
    tokio::spawn(crosstown_runtime::axum::serve(listener, app).into_future());

    let answered = request_http1(UnixStream::connect(&path).await?).await;
    std::fs::remove_file(&path)?;
    answered?;
    print_outcome(outcome).await
}

#[cfg(not(unix))]
fn main() {
    println!("there are no Unix sockets here");
}
