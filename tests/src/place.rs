//! Where a connection is wrapped: plain, inside of TLS, or outside.

use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::WireStream;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::{tls, within};

/// A stream, whatever its type.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<IO: AsyncRead + AsyncWrite + Unpin + Send + 'static> Io for IO {}

/// Where the connection is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Plain,
    InsideTls,
    OutsideTls,
}

/// One end of a connection.
#[derive(Clone)]
pub enum End {
    Plain,
    Inside(TlsAcceptor),
    Outside(TlsAcceptor),
    Client(TlsConnector),
}

impl Place {
    pub const ALL: [Self; 3] = [Self::Plain, Self::InsideTls, Self::OutsideTls];

    /// The server's end, and the client's.
    pub fn ends(self) -> (End, End) {
        let (acceptor, connector) = tls::pair();
        match self {
            Self::Plain => (End::Plain, End::Plain),
            Self::InsideTls => (End::Inside(acceptor), End::Client(connector)),
            Self::OutsideTls => (End::Outside(acceptor), End::Client(connector)),
        }
    }
}

impl End {
    /// Wraps the server's stream, and gives the layer its connection.
    pub async fn wrap(self, stream: impl Io) -> (Box<dyn Io>, CrosstownLayer) {
        let layer = CrosstownLayer::new();
        if let Self::Outside(acceptor) = &self {
            let stream = within("TLS", acceptor.accept(stream)).await.unwrap();
            let stream = WireStream::new(stream);
            let layer = layer.wire(stream.handle());
            return (Box::new(stream), layer);
        }
        let stream = WireStream::new(stream);
        let layer = layer.wire(stream.handle());
        let Self::Inside(acceptor) = &self else {
            return (Box::new(stream), layer);
        };
        let stream = within("TLS", acceptor.accept(stream)).await.unwrap();
        (Box::new(stream), layer)
    }

    /// What the client speaks over.
    pub async fn speak(self, stream: impl Io) -> Box<dyn Io> {
        let Self::Client(connector) = self else {
            return Box::new(stream);
        };
        let stream = connector.connect(tls::name(), stream);
        Box::new(within("TLS", stream).await.unwrap())
    }
}
