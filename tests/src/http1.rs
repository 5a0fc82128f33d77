//! An HTTP/1 client in control of every byte.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::order::tick;
use crate::within;

/// A connection of the client's. It reads only what a call asks for, so that
/// [`consumed`](Self::consumed) is exact.
#[derive(Debug)]
pub struct Http1<IO = TcpStream> {
    io: IO,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were used already.
    used: usize,
    consumed: u64,
}

/// A response, read to its last byte and not further.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    /// Head, as text, without the empty line.
    pub head: String,
    pub body: Vec<u8>,
    /// The trailers, as text.
    pub trailers: String,
    /// At which byte of the connection it ended.
    pub end: u64,
    /// When its last byte was there.
    pub tick: u64,
}

/// How a response says where its body ends.
enum Length {
    Known(u64),
    Chunked,
    ToTheEnd,
}

/// Connects to `server`.
pub async fn connect(server: SocketAddr) -> Http1 {
    Http1::over(tcp(server).await)
}

/// Connects to `server` with a receive buffer of about `bytes`, so that not
/// much more than that is taken from a server whose client does not read.
pub async fn connect_narrow(server: SocketAddr, bytes: u32) -> Http1 {
    narrow(TcpSocket::new_v4().unwrap(), server, bytes).await
}

/// The same from an address, which another connection may have had until now.
pub async fn connect_narrow_from(from: SocketAddr, server: SocketAddr, bytes: u32) -> Http1 {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(from).unwrap();
    narrow(socket, server, bytes).await
}

async fn narrow(socket: TcpSocket, server: SocketAddr, bytes: u32) -> Http1 {
    socket.set_recv_buffer_size(bytes).unwrap();
    let stream = within("to connect", socket.connect(server)).await;
    Http1::over(stream.unwrap())
}

/// Connects a socket that sends at once what it is given.
pub async fn tcp(server: SocketAddr) -> TcpStream {
    let stream = within("to connect", TcpStream::connect(server)).await;
    let stream = stream.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

impl Http1 {
    /// The client's address.
    pub fn address(&self) -> SocketAddr {
        self.io.local_addr().unwrap()
    }

    /// Closes with a reset in place of a FIN.
    pub fn reset(self) {
        self.io.set_zero_linger().unwrap();
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Http1<IO> {
    /// Speaks HTTP/1 over a stream.
    pub fn over(io: IO) -> Self {
        Self {
            io,
            buffer: Vec::new(),
            used: 0,
            consumed: 0,
        }
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let sent = within("to send", self.io.write_all(bytes.as_ref())).await;
        sent.unwrap();
        within("to flush", self.io.flush()).await.unwrap();
    }

    /// Sends bytes; the server may have gone.
    pub async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        within("to send", self.io.write_all(bytes.as_ref()))
            .await
            .is_ok()
    }

    /// Sends a request without a body.
    pub async fn request(&mut self, method: &str, path: &str) {
        self.send(format!("{method} {path} HTTP/1.1\r\nhost: test\r\n\r\n"))
            .await;
    }

    /// Sends a `GET` and reads the response.
    pub async fn get(&mut self, path: &str) -> Response {
        self.request("GET", path).await;
        self.response().await
    }

    /// Says that no more is to be sent, and goes on reading.
    pub async fn finish(&mut self) {
        self.io.shutdown().await.unwrap();
    }

    /// The stream, to leave in a way of one's own.
    pub fn into_io(self) -> IO {
        self.io
    }

    /// Says that no more is to be sent, unless the connection is gone.
    pub async fn finish_if_open(&mut self) {
        let _ = self.io.shutdown().await;
    }

    /// Bytes of the connection that were read and used.
    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Reads a response to a request that was no `HEAD`.
    pub async fn response(&mut self) -> Response {
        self.response_to("GET").await
    }

    /// Reads a response to a request with this method.
    pub async fn response_to(&mut self, method: &str) -> Response {
        let mut response = self.head().await;
        match length(method, &response) {
            Length::Known(length) => response.body = self.take(length).await,
            Length::Chunked => self.chunks(&mut response).await,
            Length::ToTheEnd => response.body = self.rest().await,
        }
        response.end = self.consumed;
        response.tick = tick();
        response
    }

    /// Reads the head of a response, to the end of the empty line.
    pub async fn head(&mut self) -> Response {
        let head = self.until("\r\n\r\n").await;
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        Response {
            status: status.unwrap_or_else(|| panic!("no status line: {head:?}")),
            head,
            body: Vec::new(),
            trailers: String::new(),
            end: self.consumed,
            tick: tick(),
        }
    }

    async fn chunks(&mut self, response: &mut Response) {
        loop {
            let size = self.until("\r\n").await;
            let size = u64::from_str_radix(&size, 16).expect("the size of a chunk");
            if size == 0 {
                break;
            }
            let chunk = self.take(size).await;
            response.body.extend(chunk);
            assert_eq!(self.take(2).await, b"\r\n");
        }
        loop {
            let line = self.until("\r\n").await;
            if line.is_empty() {
                break;
            }
            response.trailers.push_str(&line);
            response.trailers.push('\n');
        }
    }

    /// Reads exactly `count` bytes.
    pub async fn take(&mut self, count: u64) -> Vec<u8> {
        let count = usize::try_from(count).unwrap();
        while self.buffered().len() < count {
            assert!(self.fill().await, "the server closed within the body");
        }
        self.use_up(count)
    }

    /// Reads to the end of the connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        while self.fill().await {}
        self.use_up(self.buffered().len())
    }

    /// Waits for the server to close, and says whether anything came before.
    pub async fn closed(&mut self) -> bool {
        self.rest().await.is_empty()
    }

    async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self
                .buffered()
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            if let Some(at) = found {
                let text = self.use_up(at + end.len());
                return String::from_utf8_lossy(&text[..at]).into_owned();
            }
            assert!(self.fill().await, "the server closed before {end:?}");
        }
    }

    fn buffered(&self) -> &[u8] {
        &self.buffer[self.used..]
    }

    fn use_up(&mut self, count: usize) -> Vec<u8> {
        let bytes = self.buffered()[..count].to_vec();
        self.used += count;
        if self.used == self.buffer.len() {
            self.buffer.clear();
            self.used = 0;
        }
        self.consumed += count as u64;
        bytes
    }

    /// Reads from the socket once; `false` at its end.
    async fn fill(&mut self) -> bool {
        let mut some = vec![0; 64 * 1024];
        let count = within("to read", self.io.read(&mut some)).await;
        // A reset is an end, too.
        let count = count.unwrap_or(0);
        self.buffer.extend_from_slice(&some[..count]);
        count > 0
    }
}

fn length(method: &str, response: &Response) -> Length {
    let head = response.head.to_ascii_lowercase();
    let header = |name: &str| {
        let mut lines = head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    if method == "HEAD" || matches!(response.status, 100..=199 | 204 | 304) {
        Length::Known(0)
    } else if header("transfer-encoding") == Some("chunked") {
        Length::Chunked
    } else if let Some(length) = header("content-length") {
        Length::Known(length.parse().unwrap())
    } else {
        Length::ToTheEnd
    }
}
