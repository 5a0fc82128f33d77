//! An HTTP/2 client that gives window when it is told to.

use std::net::SocketAddr;

use bytes::Bytes;
use h2::RecvStream;
use h2::client::{ResponseFuture, SendRequest};
use http::{Method, Request, StatusCode};
use tokio::net::TcpStream;

use super::super::case::Case;
use super::super::rows::Checked;

/// An HTTP/2 connection, whose task reads what comes; what a stream may send is
/// up to its window.
pub(in super::super) struct Http2 {
    requests: SendRequest<Bytes>,
    connection: tokio::task::JoinHandle<()>,
}

/// A response of which the head is here. Dropped before its end, it is reset.
pub(in super::super) struct Incoming {
    pub(in super::super) status: StatusCode,
    body: RecvStream,
}

impl Http2 {
    pub(in super::super) async fn connect(server: SocketAddr) -> Checked<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = h2::client::handshake(stream).await?;
        let connection = tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            requests,
            connection,
        })
    }

    pub(in super::super) fn request(
        &mut self,
        method: &Method,
        case: &Case,
    ) -> Checked<ResponseFuture> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://kit{}", case.path))
            .body(())?;
        let (response, _) = self.requests.send_request(request, true)?;
        Ok(response)
    }

    /// Asks for a case, and reads the head of the response.
    pub(in super::super) async fn begin(
        &mut self,
        method: &Method,
        case: &Case,
    ) -> Checked<Incoming> {
        let (head, body) = self.request(method, case)?.await?.into_parts();
        let status = head.status;
        Ok(Incoming { status, body })
    }

    /// Drops the connection where it stands.
    pub(in super::super) fn hang_up(self) {
        self.connection.abort();
    }
}

impl Incoming {
    /// Reads of the body what is there, and returns how many bytes that were;
    /// `None` at its end.
    pub(in super::super) async fn data(&mut self) -> Checked<Option<usize>> {
        let Some(data) = self.body.data().await.transpose()? else {
            self.body.trailers().await?;
            return Ok(None);
        };
        self.body.flow_control().release_capacity(data.len())?;
        Ok(Some(data.len()))
    }

    /// Reads the body to its end, and returns how many bytes came.
    pub(in super::super) async fn rest(&mut self) -> Checked<usize> {
        let mut bytes = 0;
        while let Some(more) = self.data().await? {
            bytes += more;
        }
        Ok(bytes)
    }
}
