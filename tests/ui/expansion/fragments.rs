//! What comes through the variables of a `macro_rules!` has invisible delimiters.

use crosstown_runtime::{Outcome, crosstown_handler, crosstown_traffic};

use super::{all_completed, played};

macro_rules! several {
    ($name:ident, $called:ident, $word:ident, $source:expr, $body:block, $work:expr, $block:expr, $code:literal) => {
        #[crosstown_traffic]
        fn $called($word: &'static str) $body

        #[crosstown_handler]
        async fn $name() {
            let $word = "word";
            #[crosstown_traffic(name = "nested", clone($source))]
            fn nested() $body
            $called($word);
            #[crosstown_traffic(name = "statement", no_go = [$code])]
            #[allow(clippy::unit_arg)]
            $work;
            let value = #[crosstown_traffic(name = "value", no_go = $code)]
            $block;
            #[crosstown_traffic(name = "let")]
            let statement = $work;
            assert_eq!(value.name(), "value");
            assert_eq!(statement.name(), "let");
        }
    };
}

several!(
    handler,
    called,
    word,
    word,
    { assert_eq!(word.len(), 4) },
    || drop(String::new()),
    async { drop(String::new()) },
    "404"
);

tokio::task_local! {
    static TENANT: u32;
    static USER: u32;
}

macro_rules! carried {
    ($path:path, $expr:expr) => {
        #[crosstown_traffic(carry($path, $expr))]
        fn carried() {
            assert_eq!(TENANT.get() + USER.get(), 3);
        }
    };
}

#[tokio::test]
async fn task_locals_may_come_through_variables() {
    let handler = TENANT.scope(
        1,
        USER.scope(2, async {
            carried!(self::TENANT, USER);
        }),
    );
    all_completed(handler, 1).await;
}

/// A macro of the handler's own makes functions, which need no attribute around
/// them; what the variables stand for is not known in there.
#[crosstown_handler]
async fn with_a_macro() {
    macro_rules! task {
        ($(#[$attr:meta])* $vis:vis fn $name:ident() $body:block) => {
            #[crosstown_traffic]
            $(#[$attr])* $vis fn $name() $body
        };
    }
    task!(
        #[allow(clippy::no_effect)]
        fn work() {
            0;
        }
    );
}

#[tokio::test]
async fn a_macro_inside_a_handler_makes_functions() {
    all_completed(with_a_macro(), 1).await;
}

#[tokio::test]
async fn what_a_macro_hands_on_registers() {
    let played = played(handler()).await;
    let names: Vec<_> = played.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["nested", "called", "statement", "value", "let"]);
    let mut outcomes = played.iter().map(|(_, outcome)| outcome);
    assert!(outcomes.all(|outcome| *outcome == Outcome::Completed));
}
