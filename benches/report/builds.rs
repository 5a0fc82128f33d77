//! What the crate costs an app to build.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::ratio::Spread;

/// Handlers of the app, each with one task.
const HANDLERS: usize = 100;

#[derive(Clone, Copy)]
enum App {
    Plain,
    Crosstown,
}

pub(crate) fn chapter() -> String {
    let [plain, with] = [App::Plain, App::Crosstown].map(Built::build);
    let row = |name: &str, built: &Built| {
        let Built { crates, clean, .. } = built;
        let check = Spread::of(built.checks.clone());
        format!("| {name} | {crates} | {clean:.1} | {check} |\n")
    };
    format!(
        "\
## Builds

An axum app with {HANDLERS} handlers that each give one closure to
`spawn_blocking`, and the same with `#[crosstown_traffic]` and the crate's
feature `axum`. Clean build for development; check after an edit of `main.rs`.

| app | crates | clean build (s) | incremental check (s) |
| --- | ---: | ---: | --- |
{}{}
The crate adds {} crates and {:.1} s to a clean build.
",
        row("axum alone", &plain),
        row("with crosstown", &with),
        with.crates - plain.crates,
        with.clean - plain.clean,
    )
}

struct Built {
    crates: i64,
    clean: f64,
    checks: Vec<f64>,
}

impl Built {
    fn build(app: App) -> Self {
        let root = app.write();
        let start = Instant::now();
        let crates = compiled(&cargo(&root, "build"));
        let clean = start.elapsed().as_secs_f64();
        cargo(&root, "check");
        let checks = (0..5).map(|edit| {
            let main = root.join("src/main.rs");
            let text = fs::read_to_string(&main).expect("what was written");
            let text = format!("{text}\npub fn edit_{edit}() {{}}\n");
            fs::write(&main, text).expect("a writable app");
            let start = Instant::now();
            cargo(&root, "check");
            start.elapsed().as_secs_f64()
        });
        let checks = checks.collect();
        fs::remove_dir_all(&root).expect("an app of ours");
        Self {
            crates,
            clean,
            checks,
        }
    }
}

fn compiled(log: &str) -> i64 {
    log.lines()
        .filter(|line| line.trim_start().starts_with("Compiling"))
        .count() as i64
}

fn cargo(root: &Path, command: &str) -> String {
    let run = Command::new("cargo")
        .args([command, "--offline"])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let log = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{log}");
    log
}

impl App {
    /// Writes the app into a folder of its own.
    fn write(self) -> PathBuf {
        let (name, dependency) = match self {
            Self::Plain => ("plain", String::new()),
            Self::Crosstown => {
                let path = crate::root().join("crosstown-runtime");
                let path = path.canonicalize().expect("the crate");
                let line =
                    format!("crosstown-runtime = {{ path = {path:?}, features = [\"axum\"] }}\n");
                ("crosstown", line)
            }
        };
        let id = std::process::id();
        let root = std::env::temp_dir().join(format!("crosstown-build-{name}-{id}"));
        fs::create_dir_all(root.join("src")).expect("a writable folder");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\n{dependency}\
             axum = {{ version = \"0.8\", default-features = false, features = [\"http1\", \"tokio\"] }}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }}\n"
        );
        let write = |file: &str, text: &str| {
            fs::write(root.join(file), text).expect("a writable app");
        };
        write("Cargo.toml", &manifest);
        let lock = fs::read_to_string(crate::root().join("Cargo.lock"));
        write("Cargo.lock", &lock.expect("the lock file of the workspace"));
        write("src/main.rs", &self.source());
        root
    }

    fn source(self) -> String {
        let mut text = "use axum::{Router, routing::get};\n\n".to_owned();
        let mut app = "Router::new()".to_owned();
        for i in 0..HANDLERS {
            let defer = match self {
                Self::Plain => "drop(tokio::task::spawn_blocking(move || println!(\"{order}\")));",
                Self::Crosstown => {
                    "#[crosstown_runtime::crosstown_traffic]\n    \
                     fn place_call() { println!(\"{order}\"); }"
                }
            };
            write!(
                text,
                "async fn handler_{i}() -> &'static str {{\n    let order = {i};\n    {defer}\n    \"hello\"\n}}\n\n"
            )
            .expect("a string takes all");
            write!(app, "\n        .route(\"/{i}\", get(handler_{i}))")
                .expect("a string takes all");
        }
        let serve = match self {
            Self::Plain => "axum::serve",
            Self::Crosstown => "crosstown_runtime::axum::serve",
        };
        text + &format!(
            "#[tokio::main]\nasync fn main() -> std::io::Result<()> {{\n    let app = {app};\n    \
             let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await?;\n    \
             {serve}(listener, app).await\n}}\n"
        )
    }
}
