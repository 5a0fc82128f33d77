//! The catalogue of mistakes: what each says, and that its cure compiles.

#[path = "../ui/expansion/mod.rs"]
mod expansion;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn mistakes_say_what_would_be_right() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/cures.rs");
    cases.compile_fail("ui/*/fail/*.rs");
}

#[test]
fn each_mistake_has_its_cure() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let cures = fs::read_to_string(ui.join("cures.rs")).unwrap();
    for mistake in mistakes(&ui) {
        let name = mistake.file_name().unwrap();
        let folder = mistake.parent().unwrap().parent().unwrap();
        let cure = folder.join("pass").join(name);
        assert!(cure.exists(), "no cure for {}", mistake.display());
        let path = cure.strip_prefix(&ui).unwrap().display().to_string();
        assert!(cures.contains(&path), "cures.rs leaves out {path}");
    }
}

#[test]
fn the_catalogue_is_long() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    assert!(mistakes(&ui).len() >= 60);
}

/// Needs a nightly toolchain; says so where there is none.
#[test]
fn nightly_needs_no_outer_attribute() {
    let nightly = Command::new("rustup")
        .args(["run", "nightly", "rustc", "-V"])
        .output();
    if !nightly.is_ok_and(|output| output.status.success()) {
        println!("skipped: no nightly toolchain");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixture = root.join("fixtures/nightly");
    fs::copy(root.join("../Cargo.lock"), fixture.join("Cargo.lock")).unwrap();
    let run = Command::new("rustup")
        .args(["run", "nightly", "cargo", "run", "--quiet", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("nightly"))
        // What this test's own cargo set would lead the other one astray.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .current_dir(fixture)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

/// Each use, and no more: it mentions the runtime several times.
#[test]
fn a_renamed_runtime_is_missed_once_in_each_use() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixture = root.join("fixtures/renamed");
    fs::copy(root.join("../Cargo.lock"), fixture.join("Cargo.lock")).unwrap();
    let check = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("renamed"))
        .current_dir(&fixture)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stderr);
    let uses = fs::read_to_string(fixture.join("src/lib.rs")).unwrap();
    assert_eq!(
        said.matches("error[E0433]").count(),
        uses.matches("#[crosstown_traffic").count(),
        "{said}"
    );
}

fn mistakes(ui: &Path) -> Vec<PathBuf> {
    let groups = fs::read_dir(ui)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("fail"));
    let files = groups
        .filter(|group| group.is_dir())
        .flat_map(|group| fs::read_dir(group).unwrap());
    let files = files.map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.extension().is_some_and(|end| end == "rs"))
        .collect()
}
