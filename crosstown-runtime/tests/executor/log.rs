//! The log of the whole test program. Tests tell their lines by task names.

use std::io::{self, Write};
use std::sync::{Mutex, Once};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to write the log, if nobody has begun.
pub(crate) fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        let log = tracing_subscriber::fmt().with_ansi(false).without_time();
        log.with_writer(|| Writer).init();
    });
}

/// The lines that speak of the task `name`.
pub(crate) fn about(name: &str) -> Vec<String> {
    with(&format!("task=\"{name}\""))
}

/// The lines with `text`.
pub(crate) fn with(text: &str) -> Vec<String> {
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    let lines = log.lines().filter(|line| line.contains(text));
    lines.map(str::to_owned).collect()
}
