//! Clients that read when they are told to.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use h2::RecvStream;
use h2::client::{ResponseFuture, SendRequest};
use http::{Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::rows::Checked;

/// An HTTP/1.1 connection.
pub(super) struct Http1 {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Http1 {
    pub(super) async fn connect(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::new(),
        })
    }

    pub(super) async fn request(&mut self, method: &str, path: &str) -> io::Result<()> {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: kit\r\n\r\n");
        self.send(&request).await
    }

    pub(super) async fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes()).await
    }

    /// Reads a response without a body, to the end of its head.
    pub(super) async fn head(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = find(&self.read, b"\r\n\r\n") {
                let rest = self.read.split_off(at + 4);
                let head = std::mem::replace(&mut self.read, rest);
                return Ok(String::from_utf8_lossy(&head).to_ascii_lowercase());
            }
            self.fill().await?;
        }
    }

    /// Reads a response with a body, and returns how many bytes that had.
    pub(super) async fn response(&mut self) -> io::Result<usize> {
        let head = self.head().await?;
        let header = |name: &str| {
            let mut lines = head.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        if let Some(length) = header("content-length").and_then(|length| length.parse().ok()) {
            self.skip(length).await?;
            return Ok(length);
        }
        let mut sum = 0;
        loop {
            let size = self.line().await?;
            let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
            self.skip(size).await?;
            sum += size;
            while !self.line().await?.is_empty() {}
            if size == 0 {
                return Ok(sum);
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = find(&self.read, b"\r\n") {
                let line: Vec<u8> = self.read.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.fill().await?;
        }
    }

    async fn skip(&mut self, mut bytes: usize) -> io::Result<()> {
        loop {
            let here = bytes.min(self.read.len());
            self.read.drain(..here);
            bytes -= here;
            if bytes == 0 {
                return Ok(());
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Reads so many bytes of whatever comes.
    pub(super) async fn some(&mut self, bytes: usize) -> io::Result<()> {
        self.skip(bytes).await
    }

    /// Closes with a reset.
    pub(super) fn reset(self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// An HTTP/2 connection, whose task reads what comes; what a stream may send is
/// up to its window.
pub(super) struct Http2 {
    requests: SendRequest<Bytes>,
    connection: tokio::task::JoinHandle<()>,
}

impl Http2 {
    pub(super) async fn connect(server: SocketAddr) -> Checked<Self> {
        let stream = TcpStream::connect(server).await?;
        let (requests, connection) = h2::client::handshake(stream).await?;
        let connection = tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            requests,
            connection,
        })
    }

    pub(super) fn request(&mut self, method: Method, path: &str) -> Checked<ResponseFuture> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://kit{path}"))
            .body(())?;
        let (response, _) = self.requests.send_request(request, true)?;
        Ok(response)
    }

    /// Drops the connection where it stands.
    pub(super) fn hang_up(self) {
        self.connection.abort();
    }
}

/// Reads a body to its end, and returns how many bytes it had.
pub(super) async fn read(mut body: RecvStream) -> Checked<usize> {
    let mut sum = 0;
    while let Some(data) = body.data().await {
        let data = data?;
        sum += data.len();
        body.flow_control().release_capacity(data.len())?;
    }
    body.trailers().await?;
    Ok(sum)
}
