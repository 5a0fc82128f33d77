//! The cure of `fail/argument_path.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: std::path::PathBuf) {
    let _kept = to;
}
