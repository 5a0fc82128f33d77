use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic(on_call)]
pub fn send_invoice() {}

#[crosstown_traffic(on_call)]
pub fn send_reminder() {}
