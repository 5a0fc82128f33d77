//! A server whose one connection is a pipe in memory.

use std::future::pending;
use std::io;

use axum::Router;
use axum::serve::Listener;
use tokio::io::{DuplexStream, duplex};

use super::Stack;

/// Serves an app and returns the client's end.
#[must_use]
pub fn serve(stack: Stack, app: Router) -> DuplexStream {
    let (client, server) = duplex(64 * 1024);
    super::serve(stack, OneConnection(Some(server)), app);
    client
}

struct OneConnection(Option<DuplexStream>);

impl Listener for OneConnection {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.take() {
            Some(io) => (io, ()),
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}
