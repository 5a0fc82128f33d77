//! A client on a thread of its own, apart from every runtime.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::client::{REQUEST, answer_length};

/// One connection over which one request at a time is sent, by a blocking
/// socket: what the server's threads are busy with delays it as little as can
/// be on the same machine.
#[derive(Debug)]
pub struct Probe {
    io: TcpStream,
    length: usize,
}

impl Probe {
    /// Begins a connection, with one request.
    ///
    /// # Panics
    ///
    /// When the server can't be reached.
    #[must_use]
    pub fn connect(address: SocketAddr) -> Self {
        let mut io = TcpStream::connect(address).expect("a connection");
        io.set_nodelay(true).expect("a socket option");
        io.write_all(REQUEST).expect("a connection");
        let mut answer = Vec::new();
        let length = loop {
            let mut part = [0; 1024];
            let read = io.read(&mut part).expect("an answer");
            answer.extend_from_slice(&part[..read]);
            if let Some(length) = answer_length(&answer) {
                break length;
            }
        };
        Self { io, length }
    }

    /// Sends a request and reads all of the answer.
    ///
    /// # Panics
    ///
    /// When the connection breaks.
    pub fn request(&mut self) {
        let mut answer = [0; 1024];
        self.io.write_all(REQUEST).expect("a connection");
        self.io
            .read_exact(&mut answer[..self.length])
            .expect("an answer");
    }
}
