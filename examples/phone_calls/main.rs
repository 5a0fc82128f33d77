//! 100 phone calls that wait until the client has its answer.
//!
//! ```text
//! cargo run --example phone_calls                  # the demonstration
//! cargo run --example phone_calls -- --calls 300   # with more calls
//! cargo run --example phone_calls -- --serve       # stays up, for curl
//! ```
//!
//! Look at `app.rs`: the handler decides in mid-work that calls must be placed,
//! with one attribute, and `main.rs` serves it with one changed line. Here an
//! order is posted to it over a real socket; the answer is back in about a
//! millisecond, and only then the calls go out to a phone API that takes 50 ms
//! for each. The program exits with 1 if a single call reached the phone API
//! before the client could have had the last byte of its response.

mod app;
mod args;
mod client;
mod phone_api;
mod speed;
mod timeline;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use args::Mode;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    match args::parse(std::env::args().skip(1)) {
        Ok(Mode::Help) => {
            println!("{}", args::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Ok(Mode::Serve) => serve().await,
        Ok(Mode::Demonstrate { calls }) => demonstrate(calls).await,
        Err(complaint) => {
            eprintln!("{complaint}\n\n{}", args::HELP);
            Ok(ExitCode::from(2))
        }
    }
}

/// Starts the app, and returns where it listens.
async fn start_app(phone: app::PhoneApi) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    // The one changed line: axum::serve(listener, …) has become this.
    let server = crosstown_runtime::axum::serve(listener, app::router(phone));
    tokio::spawn(server.into_future());
    Ok(address)
}

async fn demonstrate(calls: usize) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (phone_api, log) = phone_api::start(Duration::from_millis(50)).await?;
    let app = start_app(app::PhoneApi::at(phone_api)).await?;
    println!("POST /orders with {calls} calls, over HTTP/1.1 on loopback\n");

    let order = tokio::task::spawn_blocking({
        let log = log.clone();
        move || client::Client::connect(app)?.order(calls, Some(&log))
    });
    let answered = order.await??;
    log.wait_for(calls, Duration::from_secs(60)).await?;

    let placed = log.take();
    timeline::print(&answered, &placed);
    let speed = speed::measure(app, log, calls).await?;
    println!("\n{speed}");

    let early = placed.early + speed.early;
    if early > 0 {
        println!("\nBROKEN: calls that began before the client could have the response: {early}");
        return Ok(ExitCode::FAILURE);
    }
    println!("\nKept: no call began before the client could have the whole response.");
    Ok(ExitCode::SUCCESS)
}

async fn serve() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (phone_api, log) = phone_api::start(Duration::from_millis(50)).await?;
    log.say_aloud();
    let app = start_app(app::PhoneApi::at(phone_api)).await?;
    println!("The app listens; place an order, and end with Ctrl-C:\n");
    println!(
        r#"  curl -i http://{app}/orders -H 'content-type: application/json' -d '{{"calls": ["Ann", "Bob"]}}'"#
    );
    println!();
    tokio::signal::ctrl_c().await?;
    Ok(ExitCode::SUCCESS)
}
