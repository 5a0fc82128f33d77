//! A kit that proves an adapter: point it at a server built on yours, and get
//! each promise as kept, broken, or not claimed.
//!
//! Serve [`Kit::answer`] by your adapter, for every request, in a response scope
//! of that request; then [`Kit::run`] sends it clients that read slowly, hang up,
//! reset and pipeline, and looks at what the tasks of each response were told.
//! Nothing but the socket and those tasks is looked at.
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
//! tokio::spawn(crosstown_runtime::axum::serve(listener, app).into_future());
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

mod case;
mod client;
mod report;
mod rows;

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Response, StatusCode};

use self::case::{Case, Plan};
pub use self::case::{KitBody, KitError};
pub use self::report::{Promise, Report, Verdict};
use self::rows::{ROWS, Row};
use crate::lock::lock;

/// How long a row waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client pauses: time for a task to start too early.
const PAUSE: Duration = Duration::from_millis(250);

/// What an adapter claims. The rest is reported as not claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// It serves HTTP/1.1.
    pub http1: bool,
    /// It serves HTTP/2 without TLS, known in advance (RFC 9113, section 3.3).
    pub http2: bool,
    /// It waits for the wire also where the transport lets go of a response
    /// before that: responses without data, and resets of what is queued.
    pub wire: bool,
}

impl Claims {
    /// Everything.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            http1: true,
            http2: true,
            wire: true,
        }
    }

    /// Without HTTP/1.1.
    #[must_use]
    pub const fn without_http1(mut self) -> Self {
        self.http1 = false;
        self
    }

    /// Without HTTP/2.
    #[must_use]
    pub const fn without_http2(mut self) -> Self {
        self.http2 = false;
        self
    }

    /// Without the wire: a response counts as sent when the transport lets go
    /// of it.
    #[must_use]
    pub const fn without_wire(mut self) -> Self {
        self.wire = false;
        self
    }
}

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
                let mut response = Response::new(KitBody::empty());
                *response.status_mut() = StatusCode::NOT_FOUND;
                response
            }
        }
    }

    /// Runs every row that is claimed against the server at `address`, one
    /// after another. Takes some seconds.
    pub async fn run(&self, address: SocketAddr, claims: Claims) -> Report {
        let mut promises = Vec::with_capacity(ROWS.len());
        for row in ROWS {
            let verdict = if row.is_claimed(claims) {
                self.check(row, address).await
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

    async fn check(&self, row: &Row, address: SocketAddr) -> Verdict {
        let bench = Bench {
            kit: self.clone(),
            address,
        };
        match tokio::time::timeout(PATIENCE, (row.run)(bench)).await {
            Ok(Ok(())) => Verdict::Kept,
            Ok(Err(what)) => Verdict::Broken(what),
            Err(_) => Verdict::Broken(format!("nothing came of it in {PATIENCE:?}")),
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
