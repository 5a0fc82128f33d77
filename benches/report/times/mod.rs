//! What is timed. Times differ from run to run; the ratios less so.

mod behind;
mod contention;
mod handmade;
mod latency;
mod streaming;
mod sustained;
mod throughput;

use tokio::runtime::{Builder, Runtime};

type Part = fn() -> String;

/// Measures the parts that `wanted` names; all when it is empty.
pub(crate) fn chapter(wanted: &str) -> String {
    let parts: [(&str, Part); 6] = [
        ("throughput", throughput::part),
        ("latency", latency::part),
        ("behind", behind::part),
        ("sustained", sustained::part),
        ("streaming", streaming::part),
        ("contention", contention::part),
    ];
    let mut text = "## Times\n".to_owned();
    for (name, part) in parts {
        if wanted == name || matches!(wanted, "" | "times") {
            eprintln!("times: {name}");
            text += "\n";
            text += &part();
        }
    }
    text
}

/// As `#[tokio::main]` makes it.
fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Sizes of a run, smaller for a look at whether it works at all.
fn rounds(full: usize) -> usize {
    if std::env::var_os("CROSSTOWN_BENCH_QUICK").is_some() {
        full.div_ceil(10)
    } else {
        full
    }
}
