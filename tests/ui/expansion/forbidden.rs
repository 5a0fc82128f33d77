//! Lints may be forbidden, and then none may be allowed again.
#![forbid(unused_variables)]

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
}

#[tokio::test]
async fn a_name_that_nobody_reads_warns_of_nothing() {
    let expected = ["on_the_spot", "_underscored", "let", "typed", "nameless"];
    assert_eq!(names(handler()).await, expected);
}
