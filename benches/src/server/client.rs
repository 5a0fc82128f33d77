//! A client that costs little.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The protocol to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Http {
    /// HTTP/1.1, keep-alive.
    One,
    /// HTTP/2 with prior knowledge.
    Two,
}

/// One connection, for one request after another.
#[derive(Debug)]
pub enum Client<IO> {
    /// Raw bytes; the answer is known by its length.
    One {
        /// The connection.
        io: IO,
        /// Length of an answer, learnt from the first.
        length: usize,
    },
    /// hyper's.
    Two(SendRequest<Empty<Bytes>>),
}

pub(super) const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

impl<IO: AsyncRead + AsyncWrite + Unpin + Send + 'static> Client<IO> {
    /// Begins a connection, with one request.
    pub async fn connect(mut io: IO, http: Http) -> Self {
        match http {
            Http::One => {
                io.write_all(REQUEST).await.expect("a connection");
                let length = read_first(&mut io).await;
                Self::One { io, length }
            }
            Http::Two => {
                let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(io));
                let (client, connection) = handshake.await.expect("HTTP/2");
                tokio::spawn(connection);
                let mut client = Self::Two(client);
                client.request().await;
                client
            }
        }
    }

    /// Sends requests, each when the one before it is answered.
    pub async fn requests(&mut self, count: u64) {
        for _ in 0..count {
            self.request().await;
        }
    }

    /// Sends a request and reads all of the answer.
    pub async fn request(&mut self) {
        match self {
            Self::One { io, length } => {
                let mut answer = [0; 1024];
                let answer = &mut answer[..*length];
                io.write_all(REQUEST).await.expect("a connection");
                io.read_exact(answer).await.expect("an answer");
            }
            Self::Two(client) => {
                let request = Request::get("http://localhost/").body(Empty::new());
                let answer = client.send_request(request.expect("a request")).await;
                let body = answer.expect("an answer").into_body();
                body.collect().await.expect("a body");
            }
        }
    }
}

/// Reads the first answer, and returns its length.
async fn read_first(io: &mut (impl AsyncRead + Unpin)) -> usize {
    let mut answer = Vec::new();
    loop {
        io.read_buf(&mut answer).await.expect("an answer");
        if let Some(length) = answer_length(&answer) {
            return length;
        }
    }
}

/// Returns the length of an answer with a `content-length`, once all is there.
pub(super) fn answer_length(answer: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))?;
    let length: usize = length.parse().ok()?;
    (body.len() >= length).then_some(answer.len())
}
