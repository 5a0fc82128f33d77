//! HTTP/2 clients: one in control of every byte, and h2's.

use std::net::SocketAddr;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::order::tick;
use crate::{http1, within};

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;

pub const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// The first bytes of a client.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// As much flow-control window as there can be.
pub const UNLIMITED: u32 = (1 << 31) - 1;

/// A connection of the client's that reads and sends only when told to.
#[derive(Debug)]
pub struct Http2<IO = TcpStream> {
    io: IO,
    buffer: Vec<u8>,
    used: usize,
    consumed: u64,
    next_stream: u32,
}

/// A frame that came from the server.
#[derive(Debug, Clone)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
    /// At which byte of the connection it ended.
    pub end: u64,
}

/// What came of one stream.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// 0 where no head came.
    pub status: u16,
    /// Bytes of data.
    pub length: u64,
    /// Whether a second block of headers came.
    pub has_trailers: bool,
    /// The error code of a reset.
    pub reset: Option<u32>,
    /// At which byte of the connection it ended.
    pub end: u64,
    /// When its last frame was there.
    pub tick: u64,
}

/// Connects to `server`, with all the window there can be.
pub async fn connect(server: SocketAddr) -> Http2 {
    connect_with_window(server, UNLIMITED).await
}

/// Connects to `server`, with a window of `window` bytes for each stream and
/// all there can be for the connection.
pub async fn connect_with_window(server: SocketAddr, window: u32) -> Http2 {
    Http2::over(http1::tcp(server).await, window).await
}

impl Http2 {
    /// The client's address.
    pub fn address(&self) -> SocketAddr {
        self.io.local_addr().unwrap()
    }

    /// Closes with a reset in place of a FIN.
    pub fn abort(self) {
        self.io.set_zero_linger().unwrap();
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Http2<IO> {
    /// Speaks HTTP/2 over a stream, with a window of `window` bytes for each
    /// stream and all there can be for the connection.
    pub async fn over(io: IO, window: u32) -> Self {
        let mut client = Self {
            io,
            buffer: Vec::new(),
            used: 0,
            consumed: 0,
            next_stream: 1,
        };
        let mut settings = vec![0, 4];
        settings.extend(window.to_be_bytes());
        let more = UNLIMITED - 65_535;
        let hello = [
            PREFACE,
            &frame(SETTINGS, 0, 0, &settings),
            &frame(WINDOW_UPDATE, 0, 0, &more.to_be_bytes()),
        ];
        client.send(hello.concat()).await;
        client
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let sent = within("to send", self.io.write_all(bytes.as_ref())).await;
        sent.unwrap();
        within("to flush", self.io.flush()).await.unwrap();
    }

    /// Sends a request without a body; returns its stream.
    pub async fn request(&mut self, method: &str, path: &str) -> u32 {
        let stream = self.next_stream();
        let head = request_head(method, path);
        self.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, &head))
            .await;
        stream
    }

    /// Sends the head of a request whose body stays open; returns its stream.
    pub async fn open(&mut self, method: &str, path: &str) -> u32 {
        let stream = self.next_stream();
        let head = request_head(method, path);
        self.send(frame(HEADERS, END_HEADERS, stream, &head)).await;
        stream
    }

    /// The number of the next stream, to send its frames by hand.
    pub fn next_stream(&mut self) -> u32 {
        self.next_stream += 2;
        self.next_stream - 2
    }

    /// Resets a stream (`CANCEL`).
    pub async fn reset(&mut self, stream: u32) {
        self.send(reset_frame(stream)).await;
    }

    /// Lets the server send `bytes` more of a stream.
    pub async fn allow(&mut self, stream: u32, bytes: u32) {
        self.send(frame(WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes()))
            .await;
    }

    /// Sends a ping and reads until it is answered: whatever the server had
    /// queued before is there by then. Returns the frames before the answer.
    pub async fn ping(&mut self) -> Vec<Frame> {
        self.send(ping_frame()).await;
        let mut frames = Vec::new();
        loop {
            let next = self.frame().await.expect("the server closed");
            if next.kind == PING && next.flags & ACK != 0 {
                return frames;
            }
            frames.push(next);
        }
    }

    /// The stream, to leave in a way of one's own.
    pub fn into_io(self) -> IO {
        self.io
    }

    /// Bytes of the connection that were read and used.
    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Reads one frame; `None` at the end of the connection. Acknowledges
    /// settings.
    pub async fn frame(&mut self) -> Option<Frame> {
        let head = self.take(9).await?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & UNLIMITED;
        let payload = self.take(length as usize).await?;
        let (kind, flags) = (head[3], head[4]);
        if kind == SETTINGS && flags & ACK == 0 {
            // The server may have gone since.
            let _ = self.io.write_all(&frame(SETTINGS, ACK, 0, &[])).await;
        }
        Some(Frame {
            kind,
            flags,
            stream,
            payload,
            end: self.consumed,
        })
    }

    /// Reads what comes of one stream, to its end; skips what comes of others.
    pub async fn response(&mut self, stream: u32) -> Response {
        let mut response = Response::default();
        while !response.add(&self.frame_of(stream).await) {}
        response
    }

    /// Reads the next frame of one stream; skips those of others.
    pub async fn frame_of(&mut self, stream: u32) -> Frame {
        loop {
            let frame = self.frame().await.expect("the server closed");
            if frame.stream == stream {
                return frame;
            }
        }
    }

    /// Reads what comes of one stream, to its end; returns what came of another.
    pub async fn read_past(&mut self, stream: u32, other: u32) -> Vec<Frame> {
        let (mut response, mut came) = (Response::default(), Vec::new());
        loop {
            let frame = self.frame().await.expect("the server closed");
            if frame.stream == stream && response.add(&frame) {
                return came;
            }
            if frame.stream == other {
                came.push(frame);
            }
        }
    }

    /// Sends a `GET` and reads its response.
    pub async fn get(&mut self, path: &str) -> Response {
        let stream = self.request("GET", path).await;
        self.response(stream).await
    }

    /// Reads to the end of the connection.
    pub async fn rest(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.frame().await {
            frames.push(frame);
        }
        frames
    }

    /// Reads to the end of the connection, or of `stream` if that is first;
    /// returns the bytes of data that came on it.
    pub async fn rest_or_end_of(&mut self, stream: u32) -> u64 {
        let mut response = Response::default();
        while let Some(frame) = self.frame().await {
            if frame.stream == stream && response.add(&frame) {
                break;
            }
        }
        response.length
    }

    async fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut some = [0; 64 * 1024];
        while self.buffer.len() - self.used < count {
            let read = within("to read", self.io.read(&mut some)).await;
            // A reset is an end, too.
            let read = read.unwrap_or(0);
            if read == 0 {
                return None;
            }
            self.buffer.extend_from_slice(&some[..read]);
        }
        let bytes = self.buffer[self.used..self.used + count].to_vec();
        self.used += count;
        if self.used == self.buffer.len() {
            self.buffer.clear();
            self.used = 0;
        }
        self.consumed += count as u64;
        Some(bytes)
    }
}

impl Response {
    /// Adds a frame of the stream; returns whether it was the last.
    pub fn add(&mut self, frame: &Frame) -> bool {
        match frame.kind {
            HEADERS => match status(&frame.payload) {
                Some(status) => self.status = status,
                None => self.has_trailers = true,
            },
            DATA => self.length += frame.payload.len() as u64,
            RST_STREAM => {
                let code = frame.payload[..4].try_into().unwrap();
                self.reset = Some(u32::from_be_bytes(code));
            }
            _ => return false,
        }
        self.end = frame.end;
        self.tick = tick();
        self.reset.is_some() || frame.flags & END_STREAM != 0
    }
}

/// Encodes a frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Encodes a reset (`CANCEL`).
pub fn reset_frame(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())
}

/// Encodes a ping.
pub fn ping_frame() -> Vec<u8> {
    frame(PING, 0, 0, b"is there")
}

/// Encodes a `GOAWAY` (`NO_ERROR`).
pub fn go_away_frame() -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[0; 8])
}

/// Encodes the head of a request, without Huffman codes or dynamic table.
pub fn request_head(method: &str, path: &str) -> Vec<u8> {
    // Literals without indexing; the names are entries 2, 4, 1 of the static
    // table; 0x86 is `:scheme: http`.
    let mut head = vec![0x86];
    let fields = [(2, method), (4, path), (1, "test")];
    for (name, value) in fields {
        head.extend([name, u8::try_from(value.len()).unwrap()]);
        head.extend(value.as_bytes());
    }
    head
}

/// The status at the start of a block of headers; `None` for trailers. As the
/// peer is h2's encoder, it is an entry of the static table, or of the dynamic
/// one when the code is an odd one: then this says 999.
fn status(block: &[u8]) -> Option<u16> {
    const STATIC: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];
    match block.first()? {
        index @ 0x88..=0x8e => Some(STATIC[usize::from(index - 0x88)]),
        // `:status` by name, with a literal of three digits, plain or Huffman.
        0x48 => Some(literal_status(&block[1..]).unwrap_or(999)),
        _ => None,
    }
}

fn literal_status(value: &[u8]) -> Option<u16> {
    let (length, rest) = value.split_first()?;
    if length & 0x80 == 0 {
        return std::str::from_utf8(rest.get(..3)?).ok()?.parse().ok();
    }
    // Digits 0-2 have codes of five bits, 3-9 of six.
    let bits: Vec<bool> = rest
        .iter()
        .take(usize::from(length & 0x7f))
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let (mut at, mut status) = (0, 0);
    for _ in 0..3 {
        let number = |count: usize| {
            let bits = bits.get(at..at + count)?;
            Some(bits.iter().fold(0, |sum, bit| sum * 2 + u16::from(*bit)))
        };
        let (digit, count) = match number(5)? {
            short @ 0..=2 => (short, 5),
            _ => (number(6)?.checked_sub(0x19 - 3)?, 6),
        };
        status = status * 10 + digit;
        at += count;
    }
    Some(status)
}

/// h2's client on a connection to `server`; its task reads all that comes.
pub async fn h2(server: SocketAddr) -> h2::client::SendRequest<Bytes> {
    let (client, connection) = h2_parts(server, 65_535).await;
    tokio::spawn(connection);
    client
}

/// h2's client, with a window of `window` bytes for each stream, and its
/// connection, which reads and writes as long as it is polled.
pub async fn h2_parts(
    server: SocketAddr,
    window: u32,
) -> (
    h2::client::SendRequest<Bytes>,
    h2::client::Connection<TcpStream>,
) {
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(window);
    builder.initial_connection_window_size(UNLIMITED);
    let handshake = builder.handshake(http1::tcp(server).await);
    within("the handshake", handshake).await.unwrap()
}
