//! What a task holds to its end, as an `async fn` holds its arguments.

use std::sync::{Arc, Mutex, Weak};

use crosstown_runtime::{crosstown_handler, crosstown_traffic};

use super::all_completed;

/// Alive as long as what it came with is held.
type Alive = Weak<()>;
type Held = Arc<()>;

fn held() -> (Alive, Held) {
    let held = Held::new(());
    (Arc::downgrade(&held), held)
}

#[track_caller]
fn check(alive: &Alive) {
    assert!(alive.upgrade().is_some(), "let go of before the task");
}

#[crosstown_traffic]
fn named(alive: Alive, _held: Held) {
    check(&alive);
}

#[crosstown_traffic]
async fn named_async(alive: Alive, _held: Held) {
    tokio::task::yield_now().await;
    check(&alive);
}

#[crosstown_traffic]
fn unnamed(alive: Alive, _: Held) {
    check(&alive);
}

#[crosstown_traffic]
async fn unnamed_async(alive: Alive, _: Held) {
    check(&alive);
}

#[crosstown_traffic]
fn in_a_pattern(alive: Alive, (number, _held): (u32, Held)) {
    assert_eq!(number, 7);
    check(&alive);
}

struct Permit(Held);

#[crosstown_traffic]
fn unnamed_in_a_pattern(alive: Alive, Permit(_): Permit) {
    check(&alive);
}

#[crosstown_traffic]
async fn unnamed_in_a_pattern_async(alive: Alive, (Permit(_), number): (Permit, u32)) {
    assert_eq!(number, 7);
    check(&alive);
}

/// Patterns in which a name would mean something else than `_`.
#[crosstown_traffic]
fn borrowed_or_named(
    alive: Alive,
    &(_, number): &'static (String, u32),
    whole @ (_, _): (Permit, Held),
    (Ok(word) | Err((word, _))): Result<u32, (u32, String)>,
) {
    assert_eq!((number, word), (7, 8));
    check(&alive);
    drop(whole);
}

/// An argument is held where it is there.
#[crosstown_traffic]
fn conditional(
    alive: Alive,
    #[cfg(any())] nowhere: u32,
    #[cfg(any())] _nowhere: u32,
    #[cfg(any())] _: u32,
    #[cfg(test)] _held: Held,
) {
    #[cfg(any())]
    drop(nowhere);
    check(&alive);
}

struct Job {
    number: u32,
    #[expect(dead_code, reason = "it is only held")]
    held: Held,
}

#[crosstown_traffic]
fn of_a_field(alive: Alive, job: Job) {
    assert_eq!(job.number, 7);
    check(&alive);
}

#[crosstown_traffic]
fn behind_a_range(alive: Alive, job: Job) {
    for _ in 6..job.number {
        check(&alive);
    }
}

impl Job {
    #[crosstown_traffic]
    fn unmentioned(self, alive: Alive) {
        check(&alive);
    }

    #[crosstown_traffic]
    async fn of_a_field_of_self(self, alive: Alive) {
        assert_eq!(self.number, 7);
        check(&alive);
    }
}

#[tokio::test]
async fn arguments_live_as_long_as_the_task() {
    static WORD: (String, u32) = (String::new(), 7);
    let handler = async {
        for register in [named, named_async, unnamed, unnamed_async] {
            let (alive, held) = held();
            register(alive, held);
        }
        let (alive, held) = held();
        in_a_pattern(alive, (7, held));
        let (alive, held) = self::held();
        unnamed_in_a_pattern(alive, Permit(held));
        let (alive, held) = self::held();
        unnamed_in_a_pattern_async(alive, (Permit(held), 7));
        let (alive, held) = self::held();
        borrowed_or_named(alive, &WORD, (Permit(held.clone()), held), Ok(8));
        let (alive, held) = self::held();
        conditional(alive, held);
        let job = || {
            let (alive, held) = self::held();
            (alive, Job { number: 7, held })
        };
        let (alive, whole) = job();
        of_a_field(alive, whole);
        let (alive, whole) = job();
        behind_a_range(alive, whole);
        let (alive, whole) = job();
        whole.unmentioned(alive);
        let (alive, whole) = job();
        whole.of_a_field_of_self(alive);
    };
    all_completed(handler, 13).await;
}

#[crosstown_handler]
#[tokio::test]
async fn clones_that_are_only_held_live_as_long_as_the_task() {
    // Each holds its own: that of another task is no help.
    let handler = async {
        let (alive, held) = self::held();
        #[crosstown_traffic(clone(alive, held as _held))]
        fn on_the_spot() {
            check(&alive);
        }
        let (alive, held) = self::held();
        #[crosstown_traffic(clone(alive, held as _held))]
        || check(&alive);
        let (alive, held) = self::held();
        #[crosstown_traffic(clone(alive, held as _held))]
        async || check(&alive);
        let (alive, held) = self::held();
        #[crosstown_traffic(clone(alive, held as _held))]
        |_sent| check(&alive);
        let (alive, held) = self::held();
        #[crosstown_traffic(clone(alive, held as _held))]
        async {
            check(&alive);
        };
    };
    all_completed(handler, 5).await;
}

#[crosstown_traffic]
#[expect(unused_variables, reason = "nothing mentions it")]
fn not_mentioned(held: Held) {
    drop(Alive::new());
}

#[crosstown_traffic]
#[expect(unused_variables, reason = "nothing mentions it")]
async fn not_mentioned_async(held: Held) {
    drop(Alive::new());
}

#[tokio::test]
async fn arguments_that_are_not_mentioned_are_let_go_of_at_the_call() {
    let handler = async {
        for register in [not_mentioned, not_mentioned_async] {
            let (alive, held) = held();
            register(held);
            assert!(alive.upgrade().is_none(), "held for nothing");
        }
    };
    all_completed(handler, 2).await;
}

/// Notes when it's let go of.
struct Noted(&'static str, Arc<Mutex<Vec<&'static str>>>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

impl Noted {
    #[crosstown_traffic]
    async fn method(self, conn: Noted) {
        assert_ne!(self.0, conn.0);
    }

    async fn plain_method(self, conn: Noted) {
        assert_ne!(self.0, conn.0);
    }
}

#[crosstown_traffic(clone(first.1 as first_log, second.1 as second_log))]
fn function(first: Noted, (second, third): (Noted, Noted)) {
    assert!(first.0 != second.0 && second.0 != third.0);
    assert!(Arc::ptr_eq(&first_log, &second_log));
}

async fn plain_function(first: Noted, (second, third): (Noted, Noted)) {
    assert!(first.0 != second.0 && second.0 != third.0);
}

/// In which order a call lets go of what it is given.
async fn order(call: impl AsyncFnOnce(Noted, Noted, Noted)) -> Vec<&'static str> {
    let log = Arc::default();
    let noted = |name| Noted(name, Arc::clone(&log));
    super::played(call(noted("first"), noted("second"), noted("third"))).await;
    std::mem::take(&mut *log.lock().unwrap())
}

#[tokio::test]
async fn arguments_are_let_go_of_in_the_order_of_an_async_fn() {
    let ours = order(async |first, second, third| drop(function(first, (second, third)))).await;
    let plain = async |first, second, third| plain_function(first, (second, third)).await;
    assert_eq!(ours, order(plain).await);
    let ours = async |first: Noted, second, third| {
        drop(third);
        first.method(second);
    };
    let plain = async |first: Noted, second, third| {
        drop(third);
        first.plain_method(second).await;
    };
    assert_eq!(order(ours).await, order(plain).await);
}
