//! An HTTP/1 client that reads when it is told to, and takes all that RFC 9112
//! lets a server send.

use std::io;
use std::net::SocketAddr;

use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::case::Case;

/// How much it reads at once, in bytes.
const AT_ONCE: usize = 64 * 1024;

/// An HTTP/1.1 connection.
pub(in super::super) struct Http1 {
    stream: TcpStream,
    read: Vec<u8>,
    rest: Rest,
}

/// What is to come of the body in progress.
#[derive(Clone, Copy)]
enum Rest {
    /// So many bytes, and that is the end.
    Bytes(usize),
    /// So many bytes of a chunk, and its line end.
    Chunk(usize),
    /// The size of a chunk.
    Size,
}

impl Http1 {
    pub(in super::super) async fn connect(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::new(),
            rest: Rest::Bytes(0),
        })
    }

    pub(in super::super) async fn request(
        &mut self,
        method: &Method,
        case: &Case,
    ) -> io::Result<()> {
        self.send(&request(method, case)).await
    }

    pub(in super::super) async fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes()).await
    }

    /// Reads the head of the response to a request.
    pub(in super::super) async fn head(
        &mut self,
        method: &Method,
        case: &Case,
    ) -> io::Result<StatusCode> {
        let mut head = self.any_head().await?;
        while head.status.is_informational() && head.status != StatusCode::SWITCHING_PROTOCOLS {
            head = self.any_head().await?;
        }
        self.rest = match () {
            () if head.is_without_body(method) => Rest::Bytes(0),
            () if head.is_chunked => Rest::Size,
            // Where the close is to say it, the kit knows it before.
            () => Rest::Bytes(head.length.unwrap_or(case.plan.body.bytes())),
        };
        Ok(head.status)
    }

    async fn any_head(&mut self) -> io::Result<Head> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Head::parse(&lines).ok_or_else(|| malformed(&lines.join(", ")));
            }
            lines.push(line);
        }
    }

    /// Reads of the body what is there, and returns how many bytes that were;
    /// `None` at its end.
    pub(in super::super) async fn data(&mut self) -> io::Result<Option<usize>> {
        loop {
            match self.rest {
                Rest::Bytes(0) => return Ok(None),
                Rest::Bytes(left) => {
                    let here = self.skip(left).await?;
                    self.rest = Rest::Bytes(left - here);
                    return Ok(Some(here));
                }
                Rest::Chunk(0) => {
                    self.line().await?;
                    self.rest = Rest::Size;
                }
                Rest::Chunk(left) => {
                    let here = self.skip(left).await?;
                    self.rest = Rest::Chunk(left - here);
                    return Ok(Some(here));
                }
                Rest::Size => self.rest = self.size().await?,
            }
        }
    }

    async fn size(&mut self) -> io::Result<Rest> {
        let line = self.line().await?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        match usize::from_str_radix(digits, 16).map_err(|_| malformed(&line))? {
            0 => {
                while !self.line().await?.is_empty() {}
                Ok(Rest::Bytes(0))
            }
            size => Ok(Rest::Chunk(size)),
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.read.windows(2).position(|window| window == b"\r\n") {
                let line: Vec<u8> = self.read.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.fill().await?;
        }
    }

    /// Reads at most so many bytes, and at least one.
    async fn skip(&mut self, bytes: usize) -> io::Result<usize> {
        if self.read.is_empty() {
            self.fill().await?;
        }
        let here = bytes.min(self.read.len());
        self.read.drain(..here);
        Ok(here)
    }

    async fn fill(&mut self) -> io::Result<()> {
        // It reads no more than there is room for.
        self.read.reserve(AT_ONCE);
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Closes with a reset.
    pub(in super::super) fn reset(self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }
}

/// What a request looks like.
pub(in super::super) fn request(method: &Method, case: &Case) -> String {
    format!("{method} {} HTTP/1.1\r\nhost: kit\r\n\r\n", case.path)
}

/// The head of a response.
struct Head {
    status: StatusCode,
    length: Option<usize>,
    is_chunked: bool,
}

impl Head {
    fn parse(lines: &[String]) -> Option<Self> {
        let (first, headers) = lines.split_first()?;
        let header = |name: &str| {
            let mut headers = headers.iter().filter_map(|line| line.split_once(':'));
            let value = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
            value.map(|(_, value)| value.trim().to_ascii_lowercase())
        };
        Some(Self {
            status: first.split(' ').nth(1)?.parse().ok()?,
            length: match header("content-length") {
                Some(length) => Some(length.parse().ok()?),
                None => None,
            },
            is_chunked: header("transfer-encoding").is_some_and(|coding| coding == "chunked"),
        })
    }

    fn is_without_body(&self, method: &Method) -> bool {
        let statuses = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED];
        method == Method::HEAD || statuses.contains(&self.status)
    }
}

fn malformed(what: &str) -> io::Error {
    io::Error::other(format!("the client can make nothing of {what:?}"))
}
