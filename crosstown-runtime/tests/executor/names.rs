//! What a task is called and told to do, whatever else the attribute says of it.

use std::time::Duration;

use crosstown_runtime::testing::{Recorded, record};
use crosstown_runtime::{
    Outcome, Registration, Sent, Skip, Task, crosstown_handler, crosstown_traffic, follow_response,
};
use http::StatusCode;

use crate::support::{now, one_thread};

tokio::task_local! {
    static TENANT: String;
}

/// Runs `handler` in a scope. Returns the names that its registrations bear.
fn recorded(handler: impl FnOnce() -> Vec<Registration>) -> (Vec<String>, Recorded) {
    let (registrations, recorded) = now(record(async { handler() }));
    let names = registrations.iter().map(Registration::name);
    let names = names.map(|name| name.into_owned()).collect();
    (names, recorded)
}

#[test]
fn a_nested_function_keeps_its_name_whatever_its_options() {
    let (names, recorded) = recorded(|| {
        #[crosstown_traffic(key = "k")]
        fn key() {}
        #[crosstown_traffic(when = |_: &Sent| true)]
        fn when() {}
        #[crosstown_traffic(also = async {})]
        fn also() {}
        #[crosstown_traffic(carry(TENANT))]
        async fn carry() {}
        #[crosstown_traffic(carry(TENANT), key = "all", also = async {}, when = |_: &Sent| true)]
        fn all() {}
        vec![key, when, also, carry, all]
    });
    assert_eq!(names, ["key", "when", "also", "carry", "all"]);
    assert_eq!(recorded.names(), names);
}

#[test]
fn a_given_name_is_kept_whatever_the_options() {
    let (names, recorded) = recorded(|| {
        #[crosstown_traffic(key = "k", name = "by key")]
        fn key() {}
        #[crosstown_traffic(name = "by when", when = |_: &Sent| true)]
        async fn when() {}
        #[crosstown_traffic(also = async {}, name = "by also")]
        fn also() {}
        #[crosstown_traffic(name = "by carry", carry(TENANT))]
        fn carry() {}
        vec![key, when, also, carry]
    });
    assert_eq!(names, ["by key", "by when", "by also", "by carry"]);
    assert_eq!(recorded.names(), names);
}

#[crosstown_traffic(key = "seen-{page}")]
fn see(page: u8) {
    _ = page;
}

struct Page(u8);

impl Page {
    #[crosstown_traffic(key = "seen")]
    fn see(self) {
        _ = self.0;
    }

    #[crosstown_traffic(when = |_: &Sent| true, on_call)]
    fn count() {}
}

#[test]
fn a_function_with_parameters_and_a_method_keep_theirs() {
    let (names, recorded) = recorded(|| vec![see(1), Page(2).see(), Page::count()]);
    assert_eq!(names, ["see", "see", "count"]);
    assert_eq!(recorded.names(), names);
}

#[crosstown_handler]
fn unnamed() -> Vec<Registration> {
    vec![
        #[crosstown_traffic]
        || (),
        #[crosstown_traffic(key = "k")]
        || (),
        #[crosstown_traffic(carry(TENANT))]
        async {},
    ]
}

#[test]
fn a_closure_and_a_block_are_called_by_their_line() {
    let (names, recorded) = recorded(unnamed);
    let lines = names.iter().map(|name| {
        let (file, line) = name.rsplit_once(':').expect("file and line");
        assert_eq!(file, file!());
        line.parse::<u32>().expect("a line")
    });
    let lines = lines.collect::<Vec<_>>();
    assert_eq!(lines, [lines[0], lines[0] + 2, lines[0] + 4]);
    assert_eq!(recorded.names(), names);
}

/// What becomes of two tasks of the same options, one of which has a key besides.
macro_rules! alike {
    ($($option:tt)*) => {
        (|| {
            #[crosstown_traffic($($option)*)]
            async fn plain() {
                std::future::pending().await
            }
            #[crosstown_traffic(key = "k", $($option)*)]
            async fn with_key() {
                std::future::pending().await
            }
            vec![plain, with_key]
        })
    };
}

#[test]
fn no_option_is_lost_beside_a_key() {
    let respond = async {
        let skipped = |skip| [Outcome::Skipped(skip), Outcome::Skipped(skip)];
        let timed_out = || [Outcome::TimedOut, Outcome::TimedOut];

        let (_, tasks) = recorded(alike!(no_go = [200]));
        let no_go = Skip::NoGo(StatusCode::OK);
        assert_eq!(tasks.respond(StatusCode::OK).await, skipped(no_go));

        let (_, tasks) = recorded(alike!(timeout = "1ms"));
        assert_eq!(tasks.respond(StatusCode::OK).await, timed_out());

        let (_, tasks) = recorded(alike!(on_abort = "skip"));
        assert_eq!(tasks.abort(StatusCode::OK).await, skipped(Skip::Aborted));

        let (_, tasks) = recorded(alike!(phase = "delivered"));
        assert_eq!(tasks.abort(StatusCode::OK).await, skipped(Skip::Aborted));

        let (_, tasks) = recorded(alike!(no_response = "run", timeout = "1ms"));
        assert_eq!(tasks.hang_up().await, timed_out());
    };
    // A timeout that is lost would be waited for.
    let bounded = async { tokio::time::timeout(Duration::from_secs(10), respond).await };
    one_thread().block_on(bounded).expect("an option is lost");
    // Where no response is in progress.
    for task in alike!(without_response = "skip")() {
        let skip = Skip::WithoutResponse;
        assert_eq!(now(task.outcome()), Outcome::Skipped(skip));
    }
}

#[test]
fn a_task_of_the_builder_is_called_by_the_place_of_its_making() {
    let (names, _recorded) = recorded(|| {
        vec![
            follow_response(|| ()),
            Task::new(|| ()).follow_response(),
            Task::new(|| ()).same_thread(true).follow_response(),
            Task::future(async {}).key("k").follow_response(),
        ]
    });
    let line = line!() - 6;
    let places = (line..).map(|line| format!("{}:{line}", file!()));
    assert_eq!(names, places.take(4).collect::<Vec<_>>());
}
