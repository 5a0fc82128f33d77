//! The command line.

pub const HELP: &str = "\
Places phone calls after the response to an order, and shows when.

Usage: cargo run --example phone_calls -- [--calls N] [--serve] [--help]

  --calls N   how many calls the order asks for, 1 to 10000; 100 unless said
  --serve     keep the app up for curl, and say each call aloud
  --help      print this";

pub enum Mode {
    Demonstrate { calls: usize },
    Serve,
    Help,
}

pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Mode, String> {
    let mut calls = 100;
    let mut serve = false;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--help" | "-h" => return Ok(Mode::Help),
            "--serve" => serve = true,
            "--calls" => {
                let number = args.next().ok_or("--calls wants a number behind it")?;
                calls = match number.parse() {
                    Ok(calls @ 1..=10_000) => calls,
                    _ => return Err(format!("--calls takes 1 to 10000, not {number}")),
                };
            }
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(if serve {
        Mode::Serve
    } else {
        Mode::Demonstrate { calls }
    })
}
