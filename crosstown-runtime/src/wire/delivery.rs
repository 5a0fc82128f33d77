//! Hearing of the delivery: what the peer's kernel has acknowledged.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};
use tokio::runtime::Handle;

use super::connection::Connection;
use crate::scope::Settled;

/// The first and the longest pause between two questions.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Asks the kernel for the send queue of one TCP connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe {
    request: [u8; REQUEST],
}

/// A netlink header and an `inet_diag_req_v2` (linux/inet_diag.h).
const REQUEST: usize = 16 + 56;
/// A netlink header and an `inet_diag_msg`.
const ANSWER: usize = 16 + 72;
/// Where in the answer `idiag_state` stands.
const STATE: usize = 16 + 1;
/// `TCP_LISTEN`: of a connection that is gone, the kernel finds the listener.
const LISTENS: u8 = 10;
/// Where in the answer `idiag_wqueue` stands: for TCP, the bytes written and
/// not yet acknowledged (net/ipv4/tcp_diag.c).
const WRITE_QUEUE: usize = 16 + 60;

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST: u16 = 1;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IPPROTO_TCP: u8 = 6;
/// `INET_DIAG_NOCOOKIE`: any incarnation of the socket.
const NO_COOKIE: [u8; 8] = [0xff; 8];

impl Probe {
    /// Returns a probe for the connection, if the kernel answers it.
    pub(super) fn new(local: SocketAddr, peer: SocketAddr) -> Option<Self> {
        let probe = Self {
            request: request(local, peer),
        };
        probe.unacknowledged().ok()?;
        Some(probe)
    }

    /// Returns how many bytes the peer has yet to acknowledge.
    fn unacknowledged(&self) -> io::Result<u32> {
        let kernel = socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            Some(netlink::SOCK_DIAG),
        )?;
        send(&kernel, &self.request, SendFlags::empty())?;
        let mut answer = [0; 512];
        let (length, _) = recv(&kernel, &mut answer, RecvFlags::empty())?;
        let is_answer = length >= ANSWER
            && answer[4..6] == SOCK_DIAG_BY_FAMILY.to_ne_bytes()
            && answer[STATE] != LISTENS;
        match answer[WRITE_QUEUE..].first_chunk() {
            Some(bytes) if is_answer => Ok(u32::from_ne_bytes(*bytes)),
            _ => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

fn request(local: SocketAddr, peer: SocketAddr) -> [u8; REQUEST] {
    let family = if local.is_ipv4() { AF_INET } else { AF_INET6 };
    let any_state = u32::MAX.to_ne_bytes();
    let fields: [&[u8]; 12] = [
        &(REQUEST as u32).to_ne_bytes(),
        &SOCK_DIAG_BY_FAMILY.to_ne_bytes(),
        &NLM_F_REQUEST.to_ne_bytes(),
        &[0; 8], // sequence number and port, which we leave to the kernel
        &[family, IPPROTO_TCP, 0, 0],
        &any_state,
        &local.port().to_be_bytes(),
        &peer.port().to_be_bytes(),
        &address(local.ip()),
        &address(peer.ip()),
        &[0; 4], // any interface
        &NO_COOKIE,
    ];
    let mut request = [0; REQUEST];
    let mut at = 0;
    for field in fields {
        request[at..at + field.len()].copy_from_slice(field);
        at += field.len();
    }
    request
}

/// The address as the kernel wants it: in the first of sixteen bytes.
fn address(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V6(ip) => ip.octets(),
        IpAddr::V4(ip) => {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&ip.octets());
            bytes
        }
    }
}

/// Waits until the peer has acknowledged the first `mark` bytes of the
/// connection, and tells the response.
pub(super) fn follow(probe: Probe, connection: Arc<Connection>, settled: Settled, mark: u64) {
    // Without a runtime there is no timer; dropped, the response is aborted.
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        let (mut pause, longest) = PAUSES;
        // No task waits any more once the time limit has passed.
        while settled.awaits_delivery() {
            match is_acknowledged(&probe, &connection, mark) {
                Ok(true) => return settled.delivered(),
                Ok(false) => tokio::time::sleep(pause).await,
                // The connection is gone, and was not seen to deliver.
                Err(_) => return,
            }
            pause = longest.min(pause * 2);
        }
    });
}

fn is_acknowledged(probe: &Probe, connection: &Connection, mark: u64) -> io::Result<bool> {
    // Read before the queue, so that bytes written between the two can only
    // make it look as if less was acknowledged.
    let written = connection.written();
    let queued = u64::from(probe.unacknowledged()?);
    Ok(written.saturating_sub(queued) >= mark)
}
