//! Stands in for the delivery where it can't be had.

use std::net::SocketAddr;
use std::sync::Arc;

use super::connection::Connection;
use crate::scope::Settled;

/// A way to ask for the delivery; there is none.
#[derive(Debug, Clone, Copy)]
#[expect(dead_code, reason = "there is none to be had")]
pub(super) struct Probe;

impl Probe {
    pub(super) fn new(_: SocketAddr, _: SocketAddr) -> Option<Self> {
        None
    }
}

pub(super) fn follow(_: Probe, _: Arc<Connection>, _: Settled, _: u64) {}
