//! Instructions and allocations of every scenario.

use std::collections::BTreeMap;
use std::process::Command;

use crosstown_benches::scenarios::{self, Scenario};

use crate::callgrind::Profile;
use crate::ratio::verdict;

/// What one operation costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) instructions: f64,
    /// Those of them that are the allocator's.
    allocator: f64,
    pub(crate) allocations: f64,
    /// Bytes still held after it.
    held: f64,
}

pub(crate) type Counts = BTreeMap<&'static str, Count>;

/// Counts the scenarios that `wanted` names; `None` without valgrind.
pub(crate) fn count(wanted: impl Fn(&str) -> bool) -> Option<Counts> {
    Command::new("valgrind").arg("--version").output().ok()?;
    let scenarios = scenarios::all().filter(|scenario| wanted(scenario.name));
    Some(
        scenarios
            .map(|scenario| (scenario.name, one(&scenario)))
            .collect(),
    )
}

fn one(scenario: &Scenario) -> Count {
    let (calls, held) = allocations(scenario.name);
    let profile = profile(scenario.name);
    let each = |sum: f64| sum / scenario.operations as f64;
    Count {
        instructions: each(profile.instructions),
        allocator: each(profile.allocator),
        allocations: each(calls),
        held: each(held),
    }
}

fn profile(name: &str) -> Profile {
    let out = std::env::temp_dir().join(format!("crosstown-counts-{}", std::process::id()));
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg("--toggle-collect=counts::counted")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .args([env!("CARGO_BIN_EXE_counts"), name])
        .output();
    let run = run.expect("valgrind runs");
    assert!(
        run.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    let profile = std::fs::read_to_string(&out).expect("a profile");
    std::fs::remove_file(&out).expect("a profile of ours");
    Profile::read(&profile)
}

fn allocations(name: &str) -> (f64, f64) {
    let run = Command::new(env!("CARGO_BIN_EXE_allocations"))
        .arg(name)
        .output();
    let run = run.expect("the binary that cargo built");
    assert!(
        run.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let (calls, held) = text.trim().split_once(' ').expect("two numbers");
    (calls.parse().expect("calls"), held.parse().expect("bytes"))
}

pub(crate) fn chapter() -> String {
    let Some(counts) = count(|_| true) else {
        return "## Counts\n\nNot counted: there is no valgrind here.\n".into();
    };
    let table = Table { counts };
    format!(
        "## Counts\n\n{}\n{}\n{}\n{}\n{}\n{}",
        table.requests(),
        table.requests_with_a_task(),
        table.registering(),
        table.no_go(),
        table.responses(),
        table.chunks(),
    )
}

struct Table {
    counts: Counts,
}

impl Table {
    fn get(&self, name: &str) -> Count {
        self.counts[name]
    }

    fn requests(&self) -> String {
        let mut text = "\
### A request that registers nothing

Through a whole server in memory, client included, on one thread. Target: at
most 300 instructions and 0 allocations more than the same app without. Where both
sides allocate as often, what the allocator takes more or less on one of them is the
state of its heap, and the target is held against the rest.

| through | protocol | instructions | more than axum alone | of that the allocator's | allocations more | target |
| --- | --- | ---: | ---: | ---: | ---: | --- |
"
        .to_owned();
        for http in ["request_http1", "request_http2"] {
            let plain = self.get(&format!("{http}/by_hand"));
            for (side, through) in [
                ("by_hand", "axum alone"),
                ("idle_layer", "axum, with a layer that does nothing"),
                ("layer", "`CrosstownLayer`"),
                ("serve", "`serve`"),
            ] {
                let count = self.get(&format!("{http}/{side}"));
                let more = count.instructions - plain.instructions;
                let allocator = count.allocator - plain.allocator;
                let allocations = count.allocations - plain.allocations;
                let target = match side {
                    "by_hand" | "idle_layer" => "",
                    _ => verdict(more - allocator <= 300.0 && allocations < 0.005),
                };
                let protocol = http.trim_start_matches("request_http");
                text += &format!(
                    "| {through} | HTTP/{protocol} | {:.0} | {more:.0} | {allocator:.0} | {allocations:.2} | {target} |\n",
                    count.instructions
                );
            }
        }
        text
    }

    fn requests_with_a_task(&self) -> String {
        let mut text = "\
### A request with one task

The same, with a task that does nothing: what following a response to its last
byte costs, and then the task. Beside it, a task that is spawned in the handler
and waits for nothing.

| task | protocol | instructions | more than without | allocations more |
| --- | --- | ---: | ---: | ---: |
"
        .to_owned();
        for http in ["request_http1", "request_http2"] {
            let protocol = http.trim_start_matches("request_http");
            for (side, without, task) in [
                (
                    "serve/same_thread",
                    "serve",
                    "`same_thread`, through `serve`",
                ),
                ("serve/async", "serve", "future, through `serve`"),
                ("by_hand/async", "by_hand", "`tokio::spawn`, axum alone"),
            ] {
                let count = self.get(&format!("{http}/{side}"));
                let without = self.get(&format!("{http}/{without}"));
                text += &format!(
                    "| {task} | HTTP/{protocol} | {:.0} | {:.0} | {:.2} |\n",
                    count.instructions,
                    count.instructions - without.instructions,
                    count.allocations - without.allocations,
                );
            }
        }
        text
    }

    fn registering(&self) -> String {
        let mut text = "\
### Registering one task on the request path

The thread of the handler; the same captures and the same work. tokio's side
runs on a worker of a runtime with one worker and finds an idle thread: its
cheapest case. Target: half its instructions, at most 1 allocation.

| what | beside | instructions | by hand | ratio | allocations | by hand | target |
| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |
"
        .to_owned();
        for (side, what, beside) in [
            ("register_sync/crosstown", "closure", "`spawn_blocking`"),
            (
                "register_sync/crosstown/builder",
                "closure, `Task::new`",
                "`spawn_blocking`",
            ),
            (
                "register_sync/crosstown/first",
                "closure, the first of a response",
                "`spawn_blocking`",
            ),
            ("register_async/crosstown", "future", "`tokio::spawn`"),
            (
                "register_async/crosstown/first",
                "future, the first of a response",
                "`tokio::spawn`",
            ),
        ] {
            let subject = side.split('/').next().unwrap_or_default();
            let hand = self.get(&format!("{subject}/by_hand"));
            let count = self.get(side);
            let ratio = count.instructions / hand.instructions;
            text += &format!(
                "| {what} | {beside} | {:.0} | {:.0} | {ratio:.2} | {:.2} | {:.2} | {} |\n",
                count.instructions,
                hand.instructions,
                count.allocations,
                hand.allocations,
                verdict(ratio <= 0.5 && count.allocations <= 1.1),
            );
        }
        text + "\nA figure is the mean of 100 tasks in one response, the growth of their list \
                included; the first of a response also makes what the response and its tasks \
                share.\n"
    }

    fn no_go(&self) -> String {
        let mut text = "\
### Testing a status against `no_go`

Mean over all statuses from 100 to 999. Target: the same as a `match`, give or
take 3 instructions.

| set | instructions | `match` | target |
| --- | ---: | ---: | --- |
"
        .to_owned();
        for (variant, set) in [("", "`4xx`, `5xx`"), ("/mixed", "`302`, `400-405`, `5xx`")] {
            let ours = self.get(&format!("no_go/set{variant}")).instructions;
            let hand = self.get(&format!("no_go/match{variant}")).instructions;
            let target = verdict(ours - hand <= 3.0);
            text += &format!("| {set} | {ours:.1} | {hand:.1} | {target} |\n");
        }
        text
    }

    fn responses(&self) -> String {
        let mut text = "\
### A response of 1 to 100,000 tasks

Instructions a task, from its registration to its end; for closures on the pool
only those on the thread of the request. Target: constant within 10 %.

| tasks | `same_thread` | on the pool | async | held a pending task (bytes) |
| ---: | ---: | ---: | ---: | ---: |
"
        .to_owned();
        for tasks in [1, 10, 100, 10_000, 100_000] {
            let of = |kind: &str| self.get(&format!("response/{kind}/{tasks}")).instructions;
            let held = self.get(&format!("pending/{tasks}")).held;
            text += &format!(
                "| {tasks} | {:.0} | {:.0} | {:.0} | {held:.0} |\n",
                of("same_thread"),
                of("pool"),
                of("async"),
            );
        }
        let constant = |kind: &str| {
            let of = |tasks: &str| self.get(&format!("response/{kind}/{tasks}")).instructions;
            let ratio = of("100000") / of("100");
            format!(
                "{kind} {ratio:.2} ({})",
                verdict((ratio - 1.0).abs() <= 0.1)
            )
        };
        let held = self.get("pending/100000").held;
        text + &format!(
            "\nA task of 100,000 beside one of 100: {}, {}, {}. Below 100, what a response needs \
             once shows in each of its few tasks.\n\nHeld: what stays allocated while tasks wait, \
             less what they capture; the slack of the list's growth included. What the thread kept \
             from a response before is not: the state of a response and, up to 256 tasks, the \
             list. Target: at most 160 bytes: {}.\n",
            constant("same_thread"),
            constant("pool"),
            constant("async"),
            verdict(held <= 160.0),
        )
    }

    fn chunks(&self) -> String {
        let plain = self.get("chunk/by_hand");
        let mut text = "\
### A chunk of a streamed body

Instructions and allocations to take a chunk out of the body and to let go of it.

| body | instructions | allocations |
| --- | ---: | ---: |
"
        .to_owned();
        for (side, body) in [
            ("wire", "followed, through `serve`"),
            (
                "release",
                "followed, through the layer (`Bytes::from_owner`)",
            ),
        ] {
            let count = self.get(&format!("chunk/{side}"));
            text += &format!(
                "| {body} | {:.0} | {:.2} |\n",
                count.instructions, count.allocations
            );
        }
        text + &format!(
            "| not followed | {:.0} | {:.2} |\n",
            plain.instructions, plain.allocations
        )
    }
}
