//! A client on a thread of its own, which goes on while the adapter is held.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;

use http::Method;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use super::super::Bench;
use super::super::case::Case;
use super::super::hold::{LOOK, Part};
use super::super::rows::Checked;
use super::{Client, Got};

/// A client on a thread of its own. Dropped, it leaves.
pub(in super::super) struct Apart {
    got: oneshot::Receiver<Checked<Got>>,
    /// Closed, it tells the client to leave.
    _stays: oneshot::Sender<()>,
}

impl Apart {
    /// Sends a request from there.
    pub(in super::super) fn get(bench: &Bench, method: Method, case: &Arc<Case>) -> Checked<Self> {
        let (tell, got) = oneshot::channel();
        let (stays, leave) = oneshot::channel();
        let (bench, case) = (bench.clone(), Arc::clone(case));
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = thread::Builder::new().name("conformance client".into());
        thread.spawn(move || {
            let _over = Over(&case);
            runtime.block_on(run(&bench, &method, &case, tell, leave));
        })?;
        Ok(Self { got, _stays: stays })
    }

    /// Waits for the response.
    pub(in super::super) async fn got(&mut self) -> Checked<Got> {
        (&mut self.got).await?
    }
}

/// Tells, by its end, that the client has left.
struct Over<'a>(&'a Case);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.hold.is_over();
    }
}

/// Gets a response, looking again and again, and stays until it is told to leave.
async fn run(
    bench: &Bench,
    method: &Method,
    case: &Case,
    tell: oneshot::Sender<Checked<Got>>,
    mut leave: oneshot::Receiver<()>,
) {
    let mut client = None;
    let got = {
        let mut get = pin!(get(&mut client, bench, method, case));
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut leave = pin!(&mut leave);
        poll_fn(|cx| {
            if let Poll::Ready(got) = get.as_mut().poll(cx) {
                return Poll::Ready(Some(got));
            }
            while looks.poll_tick(cx).is_ready() {
                case.hold.looked();
            }
            leave.as_mut().poll(cx).map(|_| None)
        })
        .await
    };
    if let Some(got) = got {
        let _ = tell.send(got);
        let _ = leave.await;
    }
}

async fn get(
    client: &mut Option<Client>,
    bench: &Bench,
    method: &Method,
    case: &Case,
) -> Checked<Got> {
    let client = client.insert(Client::connect(bench).await?);
    let status = client.begin(method, case).await?;
    case.hold.has(Part::Head);
    let bytes = client.rest(method).await?;
    case.hold.has(Part::End);
    Ok(Got { status, bytes })
}
