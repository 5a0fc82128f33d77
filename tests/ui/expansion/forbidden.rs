//! Lints may be forbidden, and then none may be allowed again.
#![forbid(unused_variables, unreachable_code)]

use crosstown_runtime::{crosstown_handler, crosstown_traffic};

use super::names;

#[crosstown_handler]
async fn handler() {
    #[crosstown_traffic]
    fn on_the_spot() {}
    #[crosstown_traffic]
    #[cfg(any())]
    fn nowhere() {}
    #[crosstown_traffic]
    #[cfg_attr(all(), cfg(any()))]
    fn nowhere_either() {}
    #[crosstown_traffic]
    async fn _underscored() {}
    #[crosstown_traffic(name = "let")]
    let task = || ();
    #[crosstown_traffic]
    #[cfg(any())]
    let nowhere_too = || ();
    #[crosstown_traffic]
    #[cfg_attr(all(), cfg(any()))]
    let nor_here = || ();
    #[crosstown_traffic(name = "typed")]
    let typed: crosstown_runtime::Registration = async {};
    #[crosstown_traffic(name = "nameless")]
    let _ = || ();
    #[crosstown_traffic]
    async fn result() -> Result<(), String> {
        Ok(())
    }
    #[crosstown_traffic(name = "async closure")]
    async || -> Result<(), String> { Ok(()) };
}

#[tokio::test]
async fn a_name_that_nobody_reads_warns_of_nothing() {
    let expected = [
        "on_the_spot",
        "_underscored",
        "let",
        "typed",
        "nameless",
        "result",
        "async closure",
    ];
    assert_eq!(names(handler()).await, expected);
}
