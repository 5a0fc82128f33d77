//! Options that change what happens, from attribute to outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crosstown_runtime::{Outcome, Sent, Skip, crosstown_handler, crosstown_traffic, testing};
use http::StatusCode;

async fn judged(status: u16) -> Vec<Outcome> {
    let (_, recorded) = testing::record(judged_handler()).await;
    recorded
        .respond(StatusCode::from_u16(status).unwrap())
        .await
}

async fn judged_handler() {
    #[crosstown_traffic]
    fn by_default() {}
    #[crosstown_traffic(no_go = [])]
    fn always() {}
    #[crosstown_traffic(no_go = ["6xx", "400-405", 302, "500, 502-503"])]
    fn listed() {}
    #[crosstown_traffic(when = |sent: &Sent| sent.status() == Some(StatusCode::IM_A_TEAPOT), no_go = [])]
    fn ruled() {}
}

#[tokio::test]
async fn no_go_and_when_decide_by_the_status() {
    let skipped = |status| Outcome::Skipped(Skip::NoGo(StatusCode::from_u16(status).unwrap()));
    for (status, by_default, listed) in [
        (200, true, true),
        (302, true, false),
        (400, false, false),
        (405, false, false),
        (406, false, true),
        (418, false, true),
        (500, false, false),
        (501, false, true),
        (503, false, false),
        (600, true, false),
    ] {
        let outcomes = judged(status).await;
        let expected = |runs| {
            if runs {
                Outcome::Completed
            } else {
                skipped(status)
            }
        };
        assert_eq!(outcomes[0], expected(by_default), "{status}");
        assert_eq!(outcomes[1], Outcome::Completed, "{status}");
        assert_eq!(outcomes[2], expected(listed), "{status}");
        assert_eq!(outcomes[3] == Outcome::Completed, status == 418, "{status}");
    }
}

#[tokio::test]
async fn a_rule_takes_along_what_it_mentions() {
    let (_, recorded) = testing::record(async {
        let least = 5;
        #[crosstown_traffic(when = |sent: &Sent| sent.bytes() >= least)]
        fn big() {}
        #[crosstown_traffic(when = |sent: &Sent| sent.bytes() < least)]
        fn small() {}
    })
    .await;
    let outcomes = recorded.respond(StatusCode::OK).await;
    assert_eq!(outcomes, [Outcome::Skipped(Skip::When), Outcome::Completed]);
}

#[crosstown_handler]
fn threads(same: Arc<AtomicBool>, other: Arc<AtomicBool>) {
    let here = thread::current().id();
    #[crosstown_traffic(same_thread = true)]
    || same.store(thread::current().id() == here, Ordering::SeqCst);
    #[crosstown_traffic(same_thread = false)]
    || other.store(thread::current().id() != here, Ordering::SeqCst);
}

#[tokio::test]
async fn same_thread_is_the_thread_of_the_response() {
    let flags = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
    let [same, other] = flags.clone();
    let (_, recorded) = testing::record(async { threads(same, other) }).await;
    recorded.respond(StatusCode::OK).await;
    assert!(flags.iter().all(|flag| flag.load(Ordering::SeqCst)));
}

#[tokio::test]
async fn a_timeout_stops_what_hangs() {
    let (_, recorded) = testing::record(async {
        #[crosstown_traffic(timeout = "1ms")]
        async fn hangs() {
            std::future::pending::<()>().await;
        }
    })
    .await;
    let outcomes = recorded.respond(StatusCode::OK).await;
    assert_eq!(outcomes, [Outcome::TimedOut]);
}

#[tokio::test]
async fn without_a_response_the_choice_is_the_users() {
    #[crosstown_traffic(without_response = "skip")]
    fn skipped() {}
    assert!(matches!(skipped.outcome().await, Outcome::Skipped(_)));
    #[crosstown_traffic]
    fn run() {}
    assert_eq!(run.outcome().await, Outcome::Completed);
    #[crosstown_traffic(without_response = "run")]
    fn meant() {}
    assert_eq!(meant.outcome().await, Outcome::Completed);
}

#[test]
#[should_panic(expected = "loud")]
fn without_a_response_a_task_may_panic() {
    #[crosstown_traffic(without_response = "panic")]
    fn loud() {}
}

mod framework {
    pub(super) use crosstown_runtime as crosstown;
}

#[tokio::test]
async fn the_runtime_may_lie_elsewhere() {
    #[crosstown_handler(crate = framework::crosstown)]
    fn handler() {
        #[crosstown_traffic]
        || ();
        #[crosstown_traffic(crate = crosstown_runtime)]
        || ();
    }
    let (_, recorded) = testing::record(async { handler() }).await;
    assert_eq!(recorded.len(), 2);
}

struct Order {
    id: String,
}

#[tokio::test]
async fn a_key_may_borrow_what_the_body_takes() {
    let (_, recorded) = testing::record(async {
        let (id, order) = (String::from("7"), Order { id: "8".into() });
        #[crosstown_traffic(key = &id)]
        fn replaced() {
            drop(id);
        }
        let id = "7";
        #[crosstown_traffic(key = id)]
        fn last() {}
        #[crosstown_traffic(key = order.id.as_str())]
        fn other() {
            drop(order.id);
        }
    })
    .await;
    assert_eq!(recorded.names(), ["last", "other"]);
    let outcomes = recorded.respond(StatusCode::OK).await;
    assert_eq!(outcomes, [Outcome::Completed, Outcome::Completed]);
}
