//! The cure of `fail/rc_across_await.rs`.

use crosstown_runtime::crosstown_traffic;
use std::sync::Arc;

pub fn handler() {
    #[crosstown_traffic]
    async fn send_receipt() {
        let order = Arc::new(1);
        std::future::ready(()).await;
        println!("{order}");
    }
}
