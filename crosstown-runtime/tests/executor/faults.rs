//! The fault table names tests that are there.

use std::fs;
use std::path::Path;

/// All of a file, or of the files of a folder.
fn text(path: &Path) -> String {
    if path.is_file() {
        return fs::read_to_string(path).unwrap();
    }
    let files = fs::read_dir(path).unwrap();
    files.map(|file| text(&file.unwrap().path())).collect()
}

#[test]
fn every_test_that_the_fault_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let table = text(&root.join("docs/faults.md"));
    let tests =
        text(&root.join("crosstown-runtime/tests")) + &text(&root.join("examples/tests/serve.rs"));
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let mut named = 0;
    for row in rows {
        let last = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let names = last.split('`').skip(1).step_by(2);
        for name in names.filter(|name| !name.ends_with(".rs")) {
            assert!(tests.contains(&format!("fn {name}()")), "{name}");
            named += 1;
        }
    }
    assert!(named > 50, "only {named} tests are named");
}
