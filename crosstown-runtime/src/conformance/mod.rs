//! A kit that proves an adapter: point it at a server built on yours, and get
//! each promise as kept, broken, or not claimed.
//!
//! Serve [`Kit::answer`] by your adapter, for every request, in a response scope
//! of that request; then [`Kit::run`] sends it clients that read slowly, hang up,
//! reset and pipeline, and looks at what the tasks of each response were told.
//! Nothing but the socket and those tasks is looked at.
//!
//! To see whether a task starts too early, it holds the adapter's thread until the
//! client, on a thread of its own, has the end of the response, or has looked for it
//! in vain for half a second. It sees most of a server whose runtime has one thread:
//! on another thread what is held here may be written after all.
//!
//! The server is to be a right one: over HTTP/2 it sees to it that a response to
//! HEAD, a 204 and a 304 have no body, as axum does for HEAD. hyper itself sends
//! what it is given, whatever the adapter, and clients take that for malformed.
//!
//! # Examples
//!
//! ```
//! use crosstown_runtime::conformance::{Claims, Kit};
//! # #[cfg(feature = "axum")]
//! # async fn test() -> std::io::Result<()> {
//! let kit = Kit::new();
//! let app = axum::Router::new().fallback({
//!     let kit = kit.clone();
//!     move |uri: axum::http::Uri| async move { kit.answer(uri.path()).await.map(axum::body::Body::new) }
//! });
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! tokio::spawn(async move { crosstown_runtime::axum::serve(listener, app).await });
//!
//! let report = kit.run(address, Claims::all()).await;
//! println!("{report}");
//! assert!(report.is_kept());
//! # Ok(())
//! # }
//! # #[cfg(feature = "axum")]
//! # #[tokio::main] async fn main() { test().await.unwrap() }
//! # #[cfg(not(feature = "axum"))] fn main() {}
//! ```

mod body;
mod case;
mod claims;
mod client;
mod hold;
mod plan;
mod report;
mod rows;

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Response, StatusCode};

pub use self::body::{KitBody, KitError};
use self::case::Case;
pub use self::claims::Claims;
use self::plan::{BodyPlan, Plan};
pub use self::report::{Promise, Report, Verdict};
use self::rows::{Protocol, ROWS, Row};
use crate::lock::lock;

/// How long a row waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same, once it has waited in vain.
const LESS_PATIENCE: Duration = Duration::from_secs(3);
/// How long a client pauses: time for a task to start too early.
const PAUSE: Duration = Duration::from_millis(250);

/// The kit: the handler to serve, and the clients to run. Clones are the same.
#[derive(Clone, Default)]
pub struct Kit {
    cases: Arc<Cases>,
}

#[derive(Default)]
struct Cases {
    next: AtomicU64,
    by_path: Mutex<HashMap<String, Arc<Case>>>,
}

impl Kit {
    /// Makes a kit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a request: the handler to be served, in the scope of the request.
    ///
    /// # Panics
    ///
    /// Where a row asks for a handler that panics.
    pub async fn answer(&self, path: &str) -> Response<KitBody> {
        let case = lock(&self.cases.by_path).get(path).cloned();
        match case {
            Some(case) => case.answer().await,
            None => {
                let mut response = Response::new(KitBody::new(BodyPlan::Empty));
                *response.status_mut() = StatusCode::NOT_FOUND;
                response
            }
        }
    }

    /// Runs every row that is claimed against the server at `address`, one
    /// after another.
    ///
    /// Takes some seconds where the promises are kept. Where nothing comes of a row,
    /// it waits for half a minute, and for three seconds in each such row after it.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, and on one without timers or I/O.
    pub async fn run(&self, address: SocketAddr, claims: Claims) -> Report {
        let mut promises = Vec::with_capacity(ROWS.len());
        let mut patience = PATIENCE;
        for row in ROWS {
            let bench = Bench {
                kit: self.clone(),
                address,
                claims,
                protocol: row.protocol,
            };
            let verdict = if row.is_claimed(claims) {
                check(row, bench, &mut patience).await
            } else {
                Verdict::NotClaimed
            };
            promises.push(Promise {
                protocol: row.protocol.name(),
                name: row.name,
                verdict,
            });
        }
        Report::new(promises)
    }
}

async fn check(row: &Row, bench: Bench, patience: &mut Duration) -> Verdict {
    let limit = *patience;
    match tokio::time::timeout(limit, (row.run)(bench)).await {
        Ok(Ok(())) => Verdict::Kept,
        Ok(Err(what)) => Verdict::Broken(what),
        Err(_) => {
            *patience = LESS_PATIENCE;
            Verdict::Broken(format!("nothing came of it in {limit:?}"))
        }
    }
}

impl fmt::Debug for Kit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kit").finish_non_exhaustive()
    }
}

/// What a row works with.
#[derive(Clone)]
struct Bench {
    kit: Kit,
    address: SocketAddr,
    claims: Claims,
    protocol: Protocol,
}

impl Bench {
    /// Makes a case, which is answered under its path until it is dropped.
    fn case(&self, plan: Plan) -> Arc<Case> {
        let number = self.kit.cases.next.fetch_add(1, Ordering::Relaxed);
        let case = Arc::new(Case::new(format!("/case/{number}"), plan));
        let mut cases = lock(&self.kit.cases.by_path);
        // Those of rows that are over are held by nobody else.
        cases.retain(|_, case| Arc::strong_count(case) > 1);
        cases.insert(case.path.clone(), Arc::clone(&case));
        case
    }
}
