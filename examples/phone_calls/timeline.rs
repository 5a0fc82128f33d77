//! What happened when, for people.

use std::time::{Duration, Instant};

use crate::app;
use crate::client::Answered;
use crate::phone_api::Placed;

const WIDTH: usize = 60;

pub fn print(answered: &Answered, placed: &Placed) {
    let (begun, threads) = app::take_begun();
    let (Some(first), Some(last), Some(reached), Some(end)) = (
        begun.first(),
        begun.last(),
        placed.reached.iter().max(),
        placed.answered.iter().max(),
    ) else {
        return println!("no call was placed");
    };
    let line = |at: &Instant, what: &str, note: &str| {
        let since_sent = at.saturating_duration_since(answered.sent);
        println!("{} ms  {what:<40}{note}", milliseconds(since_sent));
    };
    let after_response = |at: &Instant| {
        let after = milliseconds(at.saturating_duration_since(answered.received));
        format!("{} ms after the last byte", after.trim_start())
    };
    let calls = begun.len();
    line(&answered.sent, "request sent", "");
    line(
        &answered.received,
        "response's last byte received",
        &answered.status,
    );
    line(first, "call 1 begins on its thread", &after_response(first));
    line(
        last,
        &format!("call {calls} begins on its thread"),
        &after_response(last),
    );
    line(
        reached,
        &format!("call {calls} reaches the phone API"),
        &after_response(reached),
    );
    line(end, "last call answered", "");
    let at_once = most_at_once(placed);
    println!("\n{at_once} calls at once, on {threads} threads of the app's pool\n");
    print_bars(answered, placed, *end);
}

/// Draws the request as a bar, and the calls that ran at once as heights.
fn print_bars(answered: &Answered, placed: &Placed, end: Instant) {
    let total = end.saturating_duration_since(answered.sent);
    let at = |column: usize| answered.sent + total.mul_f64(column as f64 / WIDTH as f64);
    let request: String = (0..WIDTH)
        .map(|column| {
            if at(column) <= answered.received {
                '█'
            } else {
                '·'
            }
        })
        .collect();
    let running = |column| {
        let (from, to) = (at(column), at(column + 1));
        let begun = placed
            .reached
            .iter()
            .filter(|reached| **reached < to)
            .count();
        begun
            - placed
                .answered
                .iter()
                .filter(|answered| **answered < from)
                .count()
    };
    let most = most_at_once(placed).max(1);
    let calls: String = (0..WIDTH)
        .map(|column| match running(column) {
            0 => '·',
            n => ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'][(n * 8 / most).clamp(1, 8) - 1],
        })
        .collect();
    println!("  request → response  {request}");
    println!("  calls under way     {calls}");
    println!(
        "{:22}0{:>width$}",
        "",
        format!("{:.0} ms", total.as_secs_f64() * 1e3),
        width = WIDTH - 1
    );
}

fn most_at_once(placed: &Placed) -> usize {
    let begun = placed.reached.iter().map(|at| (*at, true));
    let mut events: Vec<_> = begun
        .chain(placed.answered.iter().map(|at| (*at, false)))
        .collect();
    events.sort();
    let mut running = 0_usize;
    let mut most = 0;
    for (_, begins) in events {
        running = if begins { running + 1 } else { running - 1 };
        most = most.max(running);
    }
    most
}

fn milliseconds(duration: Duration) -> String {
    format!("{:7.2}", duration.as_secs_f64() * 1e3)
}
