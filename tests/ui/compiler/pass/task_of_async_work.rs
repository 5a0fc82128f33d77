//! The cure of `fail/task_of_async_work.rs`.

use crosstown_runtime::{Task, crosstown_traffic};

async fn send() {}

pub fn handler() {
    Task::future(async move { send().await }).follow_response();
    #[crosstown_traffic]
    async fn receipt() {
        send().await;
    }
    Task::future_with_sent(|_| send()).follow_response();
}
