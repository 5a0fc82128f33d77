//! The cure of `fail/body_of_wrong_type.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{}", 7);
    }

    #[crosstown_traffic]
    async fn send_invoice() -> Result<(), String> {
        Err(7.to_string())
    }
}
