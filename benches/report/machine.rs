//! What the figures were measured on.

use std::fs;
use std::process::Command;

/// Describes the machine and the versions that matter.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    let versions = ["tokio", "axum", "hyper", "h2", "rayon"].map(|name| {
        let version = locked(name).unwrap_or_else(|| "?".into());
        format!("{name} {version}")
    });
    format!(
        "Measured on {cores} cores of `{}`, {}, {}, {}. Load \
         average when the run began to write: {load}.\n",
        processor(),
        output("rustc", &["-V"]),
        output("valgrind", &["--version"]),
        versions.join(", "),
    )
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    model.map_or("unknown".into(), |(_, model)| model.to_owned())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(crate::root())
        .output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|_| format!("no {program}"))
}

/// The version of a package in `Cargo.lock`.
fn locked(name: &str) -> Option<String> {
    let lock = fs::read_to_string(crate::root().join("Cargo.lock")).ok()?;
    let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    Some(package.split_once('"')?.0.to_owned())
}
