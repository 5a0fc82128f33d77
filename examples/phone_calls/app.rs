//! The app: an axum handler that places calls after its response.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use crosstown_runtime::crosstown_traffic;
use serde::Deserialize;

pub fn router(phone: PhoneApi) -> Router {
    Router::new()
        .route("/orders", post(place_order))
        .route("/dry-orders", post(place_nothing))
        .with_state(phone)
}

#[derive(Deserialize)]
struct Order {
    calls: Vec<String>,
}

async fn place_order(
    State(phone): State<PhoneApi>,
    Json(order): Json<Order>,
) -> (StatusCode, String) {
    let answer = format!("{} calls will be placed\n", order.calls.len());
    for call in order.calls {
        #[crosstown_traffic(clone(phone))]
        fn place_call() -> Result<(), ureq::Error> {
            phone.place(&call)
        }
    }
    (StatusCode::ACCEPTED, answer)
}

/// The same handler with no call registered, to compare with.
async fn place_nothing(Json(order): Json<Order>) -> (StatusCode, String) {
    let answer = format!("{} calls will be placed\n", order.calls.len());
    (StatusCode::ACCEPTED, answer)
}

/// The client of the phone API: blocking, one request a call.
#[derive(Clone)]
pub struct PhoneApi {
    url: Arc<str>,
    agent: ureq::Agent,
}

impl PhoneApi {
    pub fn at(address: SocketAddr) -> Self {
        Self {
            url: format!("http://{address}/calls").into(),
            agent: ureq::agent(),
        }
    }

    fn place(&self, who: &str) -> Result<(), ureq::Error> {
        note_beginning();
        self.agent.post(&*self.url).send(who)?;
        Ok(())
    }
}

/// When each call began, and on which thread.
static BEGUN: Mutex<Vec<(Instant, ThreadId)>> = Mutex::new(Vec::new());

fn note_beginning() {
    let begun = (Instant::now(), thread::current().id());
    BEGUN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(begun);
}

/// When the calls began, in order, and on how many threads, since the last time
/// this was asked.
pub fn take_begun() -> (Vec<Instant>, usize) {
    let begun = std::mem::take(&mut *BEGUN.lock().unwrap_or_else(PoisonError::into_inner));
    let threads: HashSet<_> = begun.iter().map(|(_, thread)| thread).collect();
    let mut instants: Vec<_> = begun.iter().map(|(at, _)| *at).collect();
    instants.sort();
    (instants, threads.len())
}
