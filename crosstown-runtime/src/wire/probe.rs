//! Asking the kernel how much of a TCP connection the peer has yet to acknowledge.

use std::io;
use std::iter;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Mutex;
use std::thread;

use rustix::net::sockopt::socket_cookie;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, getpeername, getsockname,
    netlink, recv, send, socket_with,
};

use crate::lock::lock;

/// Asks the kernel for the send queue of one TCP connection.
#[derive(Debug)]
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

impl Probe {
    /// Returns a probe for the connection, if the kernel answers it.
    pub(super) fn new(socket: BorrowedFd<'_>) -> Option<Self> {
        let local = getsockname(socket).ok()?.try_into().ok()?;
        let peer = getpeername(socket).ok()??.try_into().ok()?;
        // The one socket that has this cookie. Others may have the same addresses: in
        // another network namespace, as a subflow of MPTCP, which need not have yet what
        // that holds, or as soon as this one is gone.
        let cookie = socket_cookie(socket).ok()?;
        let probe = Self {
            request: request(local, peer, cookie),
        };
        probe.unacknowledged().ok()??;
        Some(probe)
    }

    /// Returns how many bytes the peer has yet to acknowledge; `None` when the
    /// connection is gone.
    ///
    /// # Errors
    ///
    /// When it can't be asked now, as where the process has no descriptor left.
    pub(super) fn unacknowledged(&self) -> io::Result<Option<u32>> {
        Ok(Answer::to(&self.request)?.write_queue())
    }
}

/// What the kernel says: an `inet_diag_msg`, or why there is none.
struct Answer {
    bytes: [u8; 512],
    length: usize,
}

/// The sockets by which it is asked, kept from one question to the next, of whatever
/// thread: a connection that is accepted with the last descriptor can be asked for, too.
/// As many as have asked at once at most.
static KEPT: Mutex<Vec<OwnedFd>> = Mutex::new(Vec::new());

impl Answer {
    fn to(request: &[u8; REQUEST]) -> io::Result<Self> {
        let kernel = socket()?;
        send(&kernel, request, SendFlags::empty())?;
        let mut bytes = [0; 512];
        let (length, _) = recv(&kernel, &mut bytes, RecvFlags::empty())?;
        // After an error it is not kept: an answer that comes late is none to what is
        // asked next.
        lock(&KEPT).push(kernel);
        Ok(Self { bytes, length })
    }

    /// What it says of a connection, from the netlink header on.
    fn connection(&self) -> Option<&[u8]> {
        let answer = self.bytes.get(..self.length.min(self.bytes.len()))?;
        let is_one = answer.len() >= ANSWER
            && answer[4..6] == SOCK_DIAG_BY_FAMILY.to_ne_bytes()
            && answer[STATE] != LISTENS;
        is_one.then_some(answer)
    }

    fn write_queue(&self) -> Option<u32> {
        let bytes = self.connection()?[WRITE_QUEUE..].first_chunk()?;
        Some(u32::from_ne_bytes(*bytes))
    }
}

fn socket() -> io::Result<OwnedFd> {
    /// Who asks has its answer within microseconds.
    const TRIES: usize = 100;
    let kept = || lock(&KEPT).pop();
    kept().map_or_else(open, Ok).or_else(|error| {
        // Others may be asking by those that there are.
        let mut tries = iter::repeat_with(thread::yield_now).take(TRIES);
        tries.find_map(|()| kept()).ok_or(error)
    })
}

fn open() -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let protocol = Some(netlink::SOCK_DIAG);
    Ok(socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        flags,
        protocol,
    )?)
}

fn request(local: SocketAddr, peer: SocketAddr, cookie: u64) -> [u8; REQUEST] {
    let family = if local.is_ipv4() { AF_INET } else { AF_INET6 };
    let any_state = u32::MAX.to_ne_bytes();
    let fields: [&[u8]; 13] = [
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
        &interface(local),
        // `idiag_cookie`, its lower half first (net/core/sock_diag.c)
        &(cookie as u32).to_ne_bytes(),
        &((cookie >> 32) as u32).to_ne_bytes(),
    ];
    let mut request = [0; REQUEST];
    let mut at = 0;
    for field in fields {
        request[at..at + field.len()].copy_from_slice(field);
        at += field.len();
    }
    request
}

/// The interface that a link-local address is of; else any.
fn interface(local: SocketAddr) -> [u8; 4] {
    match local {
        SocketAddr::V6(local) => local.scope_id().to_ne_bytes(),
        SocketAddr::V4(_) => [0; 4],
    }
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
