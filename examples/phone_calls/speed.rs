//! What registering the calls costs the response.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::client::Client;
use crate::phone_api::Log;

/// How many requests of each kind are timed, in turn.
const PAIRS: usize = 25;

pub struct Speed {
    calls: usize,
    with_calls: Duration,
    without: Duration,
    /// From the last byte to the beginning of the last call.
    all_begun: Duration,
    pub early: usize,
}

/// Posts orders and dry orders in turn, over one connection each.
pub async fn measure(server: SocketAddr, log: Log, calls: usize) -> io::Result<Speed> {
    let (mut with_calls, mut without, mut all_begun) = (Vec::new(), Vec::new(), Vec::new());
    let mut early = 0;
    let mut clients = Some((Client::connect(server)?, Client::connect(server)?));
    // The first pair warms both connections up.
    for pair in 0..=PAIRS {
        let Some((mut wet, mut dry)) = clients.take() else {
            break;
        };
        let asked = log.clone();
        let posted = tokio::task::spawn_blocking(move || {
            // In this order both find the machine at rest.
            let nothing = dry.order(calls, None)?;
            let placed = wet.order(calls, Some(&asked))?;
            io::Result::Ok((wet, dry, placed, nothing))
        });
        let (wet, dry, order, nothing) = posted.await.map_err(io::Error::other)??;
        clients = Some((wet, dry));
        log.wait_for(calls, Duration::from_secs(60)).await?;
        let placed = log.take();
        early += placed.early;
        if pair > 0 {
            with_calls.push(order.received - order.sent);
            without.push(nothing.received - nothing.sent);
            let last = placed
                .reached
                .iter()
                .max()
                .copied()
                .unwrap_or(order.received);
            all_begun.push(last.saturating_duration_since(order.received));
        }
    }
    Ok(Speed {
        calls,
        with_calls: median(with_calls),
        without: median(without),
        all_begun: median(all_begun),
        early,
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let ratio = self.with_calls.as_secs_f64() / self.without.as_secs_f64();
        let (with_calls, without) = (milliseconds(self.with_calls), milliseconds(self.without));
        writeln!(
            f,
            "Response time, median of {PAIRS} requests each, in turn:"
        )?;
        writeln!(f, "  with {} calls    {with_calls:.3} ms", self.calls)?;
        writeln!(f, "  without calls     {without:.3} ms    ratio {ratio:.2}")?;
        let all_begun = milliseconds(self.all_begun);
        write!(
            f,
            "  the last call begins {all_begun:.2} ms after the last byte"
        )
    }
}
