//! Stands in for the probe where the kernel can't be asked.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

/// A way to ask; there is none.
#[derive(Debug)]
pub(super) struct Probe(Infallible);

impl Probe {
    pub(super) fn new(_: SocketAddr, _: SocketAddr) -> Option<Self> {
        None
    }

    pub(super) fn unacknowledged(&self) -> io::Result<Option<u32>> {
        match self.0 {}
    }
}
