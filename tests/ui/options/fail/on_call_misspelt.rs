//! The option that lets it stand where it does is misspelt.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic(oncall)]
fn send_invoice() {}

#[crosstown_traffic(on_call = true)]
fn send_reminder() {}

fn main() {}
