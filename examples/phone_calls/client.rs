//! A client on a plain socket, which knows to the byte what it could have read.

use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime;

use crate::phone_api::Log;

pub struct Client {
    /// Does not block: the witness looks at it without waiting.
    socket: Arc<std::net::TcpStream>,
}

/// An order and its response, as the client saw them.
pub struct Answered {
    pub sent: Instant,
    pub received: Instant,
    pub status: String,
}

/// Asks the client's socket whether the whole response has arrived.
pub struct Witness {
    socket: Arc<std::net::TcpStream>,
    has_response: AtomicBool,
}

impl Client {
    pub fn connect(app: SocketAddr) -> io::Result<Self> {
        let socket = std::net::TcpStream::connect(app)?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket: Arc::new(socket),
        })
    }

    /// Posts an order of `calls` calls; with a log, one whose calls are placed.
    /// Waits on this thread, apart from the runtime of the app.
    pub fn order(&mut self, calls: usize, log: Option<&Log>) -> io::Result<Answered> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let order = self.post(calls, log);
        runtime.block_on(async { tokio::time::timeout(Duration::from_secs(5), order).await? })
    }

    async fn post(&self, calls: usize, log: Option<&Log>) -> io::Result<Answered> {
        let path = if log.is_some() {
            "orders"
        } else {
            "dry-orders"
        };
        let names: Vec<String> = (1..=calls).map(|i| format!("\"customer {i}\"")).collect();
        let body = format!("{{\"calls\": [{}]}}", names.join(", "));
        let length = body.len();
        let request = format!(
            "POST /{path} HTTP/1.1\r\nhost: app\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        let witness = Arc::new(Witness {
            socket: Arc::clone(&self.socket),
            has_response: AtomicBool::new(false),
        });
        if let Some(log) = log {
            log.ask(Arc::clone(&witness));
        }
        let mut stream = TcpStream::from_std(self.socket.try_clone()?)?;
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        // The response is looked at and left where it is, so that at each
        // moment either the witness finds it there or the flag is set.
        let mut buffer = [0; 1024];
        let response = loop {
            let arrived = stream.peek(&mut buffer).await?;
            if arrived == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(response) = whole_response(&buffer[..arrived]) {
                break response;
            }
        };
        let received = Instant::now();
        witness.has_response.store(true, Ordering::SeqCst);
        stream.read_exact(&mut vec![0; response.len()]).await?;
        Ok(Answered {
            sent,
            received,
            status: status_of(response),
        })
    }
}

impl Witness {
    /// Whether the client could have the last byte of its response by now.
    pub fn could_have_response(&self) -> bool {
        let mut buffer = [0; 1024];
        let arrived = self.socket.peek(&mut buffer).unwrap_or(0);
        // In this order: the client sets the flag before it takes the response.
        whole_response(&buffer[..arrived]).is_some() || self.has_response.load(Ordering::SeqCst)
    }
}

/// Returns the response that `arrived` begins with, if it is all there.
fn whole_response(arrived: &[u8]) -> Option<&[u8]> {
    let head = arrived.windows(4).position(|end| end == b"\r\n\r\n")?;
    let lines = arrived[..head].lines().map_while(Result::ok);
    let length = lines
        .filter_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        })
        .next()
        .unwrap_or(0);
    let end: usize = head + 4 + length;
    arrived.get(..end)
}

fn status_of(response: &[u8]) -> String {
    let line = response.split(|byte| *byte == b'\r').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
    line.trim_start_matches("HTTP/1.1 ").to_owned()
}
