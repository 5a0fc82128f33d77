//! Futures where the work of a closure stands, which nobody would poll.

use crosstown_runtime::{Task, follow_response};

async fn send() {}

pub fn handler() {
    Task::new(|| async { send().await }).follow_response();
    Task::new(async || send().await).follow_response();
    follow_response(|| async { send().await });
    Task::with_sent(|_| send()).follow_response();
}

fn main() {}
