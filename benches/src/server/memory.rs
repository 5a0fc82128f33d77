//! A server whose one connection is a pipe in memory.

use std::future::pending;
use std::io;

use axum::serve::Listener;
use tokio::io::{DuplexStream, duplex};

use super::{Stack, hello};

/// Serves [`hello`] and returns the client's end.
#[must_use]
pub fn serve(stack: Stack) -> DuplexStream {
    let (client, server) = duplex(64 * 1024);
    super::serve(stack, OneConnection(Some(server)), hello());
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
