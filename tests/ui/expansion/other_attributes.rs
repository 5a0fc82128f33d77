//! Beside attributes that rewrite the function themselves.

use async_trait::async_trait;
use axum::debug_handler;
use crosstown_runtime::{crosstown_handler, crosstown_traffic};

use super::names;

#[async_trait]
trait Orders {
    // One without a body has nothing inside.
    #[crosstown_handler]
    async fn place(&self, calls: u32);

    #[crosstown_handler]
    async fn cancel(&self) {
        #[crosstown_traffic(name = "cancel")]
        || ();
    }
}

struct OuterTrait;

#[async_trait]
impl Orders for OuterTrait {
    #[crosstown_handler]
    async fn place(&self, calls: u32) {
        #[crosstown_traffic(name = "inside async_trait")]
        || assert_eq!(calls, 1);
    }
}

struct OuterHandler;

#[crosstown_handler]
#[async_trait]
impl Orders for OuterHandler {
    async fn place(&self, calls: u32) {
        #[crosstown_traffic(name = "around async_trait")]
        || assert_eq!(calls, 1);
    }
}

/// Lints, conditions and comments keep their meaning on a `let`.
async fn beside_lints_and_comments() {
    #[crosstown_traffic(name = "documented")]
    /// Says what it does.
    #[doc(alias = "receipt")]
    fn documented() {}
    #[allow(unused_variables)]
    #[crosstown_traffic(name = "a lint of the compiler's")]
    fn lint() {
        let one = 1;
    }
    #[crosstown_traffic(name = "a lint of a tool's")]
    #[allow(clippy::unused_async)]
    #[cfg(test)]
    async fn lint_of_a_tool() {}
}

#[tokio::test]
async fn lints_and_comments_may_stand_on_what_registers_on_the_spot() {
    let expected = [
        "documented",
        "a lint of the compiler's",
        "a lint of a tool's",
    ];
    assert_eq!(names(beside_lints_and_comments()).await, expected);
}

/// Outside, `debug_handler` copies the body of a handler with a declared result
/// out of our attribute's reach, so there only one without works.
#[debug_handler]
#[crosstown_handler]
async fn inside_debug_handler(order: String) {
    #[crosstown_traffic(name = "inside debug_handler")]
    || drop(order);
}

/// A nested `fn` needs no attribute around it, and so survives the copying.
#[debug_handler]
async fn nested_in_debug_handler(order: String) -> String {
    #[crosstown_traffic(clone(order))]
    fn nested() {
        drop(order);
    }
    order
}

#[crosstown_handler]
#[debug_handler]
async fn around_debug_handler(order: String) -> String {
    #[crosstown_traffic(name = "around debug_handler", clone(order))]
    || drop(order);
    order
}

#[tokio::test]
async fn async_trait_may_stand_inside_or_outside() {
    assert_eq!(names(OuterTrait.place(1)).await, ["inside async_trait"]);
    assert_eq!(names(OuterHandler.place(1)).await, ["around async_trait"]);
    assert_eq!(names(OuterTrait.cancel()).await, ["cancel"]);
}

#[tokio::test]
async fn debug_handler_may_stand_inside_or_outside() {
    let order = || "order".to_owned();
    assert_eq!(
        names(inside_debug_handler(order())).await,
        ["inside debug_handler"]
    );
    assert_eq!(names(nested_in_debug_handler(order())).await, ["nested"]);
    assert_eq!(
        names(around_debug_handler(order())).await,
        ["around debug_handler"]
    );
}
