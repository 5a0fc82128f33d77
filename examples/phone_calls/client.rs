//! A client on a plain socket, which knows to the byte what it could have read.

use std::io::{self, BufRead, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::phone_api::Log;

pub struct Client {
    socket: Arc<TcpStream>,
}

/// An order and its response, as the client saw them.
pub struct Answered {
    pub sent: Instant,
    pub received: Instant,
    pub status: String,
}

/// Asks the client's socket whether the whole response has arrived.
pub struct Witness {
    socket: Arc<TcpStream>,
    has_response: AtomicBool,
}

impl Client {
    pub fn connect(app: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(app)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        Ok(Self {
            socket: Arc::new(socket),
        })
    }

    /// Posts an order of `calls` calls; with a log, one whose calls are placed.
    pub fn order(&mut self, calls: usize, log: Option<&Log>) -> io::Result<Answered> {
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
        let sent = Instant::now();
        (&*self.socket).write_all(request.as_bytes())?;
        // The response is looked at and left where it is, so that at each
        // moment either the witness finds it there or the flag is set.
        let response = loop {
            if let Some(response) = peek_response(&self.socket)? {
                break response;
            }
        };
        let received = Instant::now();
        witness.has_response.store(true, Ordering::SeqCst);
        (&*self.socket).read_exact(&mut vec![0; response.len()])?;
        Ok(Answered {
            sent,
            received,
            status: status_of(&response),
        })
    }
}

impl Witness {
    /// Whether the client could have the last byte of its response by now.
    pub fn could_have_response(&self) -> bool {
        self.has_response.load(Ordering::SeqCst)
            || matches!(peek_response(&self.socket), Ok(Some(_)))
    }
}

/// Returns the response that waits in the socket, if it is all there.
fn peek_response(socket: &TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = [0; 1024];
    let arrived = socket.peek(&mut buffer)?;
    if arrived == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let response = &buffer[..arrived];
    let Some(head) = response.windows(4).position(|end| end == b"\r\n\r\n") else {
        return Ok(None);
    };
    let lines = response[..head].lines().map_while(Result::ok);
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
    Ok(response.get(..end).map(<[u8]>::to_vec))
}

fn status_of(response: &[u8]) -> String {
    let line = response.split(|byte| *byte == b'\r').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
    line.trim_start_matches("HTTP/1.1 ").to_owned()
}
