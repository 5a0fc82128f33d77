//! The examples that serve until they are told to stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// An example that serves; killed when it is dropped.
struct Server {
    process: Child,
    said: BufReader<ChildStdout>,
    url: String,
}

impl Server {
    fn start(example: &str, args: &[&str]) -> Self {
        let test = std::env::current_exe().expect("a test has a path");
        let profile = test.ancestors().nth(2).expect("target/<profile>/deps");
        let mut command = Command::new(profile.join("examples").join(example));
        let command = command.args(args).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the example starts");
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let url = loop {
            let mut line = String::new();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "it says its address");
            if line.starts_with("http://") {
                break line.trim().to_owned();
            }
        };
        Self { process, said, url }
    }

    fn post(&self, path: &str) -> Result<u16, ureq::Error> {
        let response = ureq::post(format!("{}{path}", self.url)).send_empty()?;
        Ok(response.status().as_u16())
    }

    #[cfg(unix)]
    fn terminate(&self) {
        let id = self.process.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status();
        assert!(status.expect("kill is there").success());
    }

    /// Waits for its end. Returns what it said besides.
    fn ended(&mut self) -> (ExitStatus, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        (self.process.wait().unwrap(), said)
    }

    /// Reads what it says until a line with `text`.
    fn wait_for(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(self.said.read_line(&mut line).unwrap(), 0, "it says {text}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn number(said: &str, name: &str) -> u64 {
    let mut lines = said.lines().filter_map(|line| line.strip_prefix(name));
    let number = lines
        .next()
        .unwrap_or_else(|| panic!("no {name} in {said}"));
    number.trim().parse().unwrap()
}

#[cfg(unix)]
#[test]
fn sigterm_under_load_loses_no_task_when_the_deadline_allows() {
    let mut server = Server::start("graceful_shutdown", &["--task-ms", "20"]);
    let accepted: u64 = thread::scope(|scope| {
        let clients = [(); 4].map(|()| {
            scope.spawn(|| {
                let mut accepted = 0;
                // Until the server accepts no more.
                while server.post("/orders").is_ok_and(|status| status == 202) {
                    accepted += 1;
                }
                accepted
            })
        });
        thread::sleep(Duration::from_millis(500));
        server.terminate();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .sum()
    });
    let (status, said) = server.ended();
    assert!(status.success(), "{said}");
    assert!(accepted > 0);
    // Three tasks of each order, and one that a task registers.
    assert!(number(&said, "registered") >= 4 * accepted, "{said}");
    assert_eq!(number(&said, "completed"), number(&said, "registered"));
    assert_eq!(number(&said, "left"), 0);
}

#[cfg(unix)]
#[test]
fn a_deadline_that_is_too_short_names_every_task_that_is_left() {
    let args = ["--task-ms", "60000", "--deadline-ms", "200"];
    let mut server = Server::start("graceful_shutdown", &args);
    for _ in 0..3 {
        assert_eq!(server.post("/orders").unwrap(), 202);
    }
    server.terminate();
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(1), "{said}");
    assert_eq!(number(&said, "left"), 6);
    let named = said
        .lines()
        .filter(|line| line.contains("had not ended when the drain did"));
    let named: Vec<_> = named.collect();
    let of = |task: &str| named.iter().filter(|line| line.contains(task)).count();
    assert_eq!((of("charge_card"), of("send_receipt")), (3, 3), "{said}");
    for line in named {
        assert!(
            line.contains("graceful_shutdown.rs") && line.contains("age="),
            "{line}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_at_once() {
    let mut server = Server::start("graceful_shutdown", &["--task-ms", "60000"]);
    assert_eq!(server.post("/orders").unwrap(), 202);
    server.terminate();
    server.wait_for("stopping");
    let before = Instant::now();
    // The second signal is listened for once the first is heard; until the
    // process is there, one more does no harm.
    let status = loop {
        server.terminate();
        if let Some(status) = server.process.try_wait().unwrap() {
            break status;
        }
        thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(130));
    assert!(before.elapsed() < Duration::from_secs(5));
}

#[test]
fn prometheus_scrapes_what_became_of_tasks() {
    let server = Server::start("prometheus", &[]);
    for _ in 0..3 {
        assert_eq!(server.post("/orders").unwrap(), 202);
    }
    let expected = [
        "crosstown_tasks_total{task=\"charge_card\",outcome=\"completed\"} 3",
        "crosstown_tasks_total{task=\"send_receipt\",outcome=\"failed\"} 3",
        "crosstown_tasks_total{task=\"apologise\",outcome=\"skipped\",cause=\"no_go\"} 3",
        "crosstown_tasks_registered_total{task=\"charge_card\"} 3",
        "crosstown_tasks_pending 0",
        "crosstown_tasks_running 0",
        "crosstown_task_run_seconds_count{task=\"charge_card\"} 3",
        "crosstown_task_wait_seconds_bucket{task=\"send_receipt\",le=\"+Inf\"} 3",
        "# TYPE crosstown_tasks_total counter",
        "# TYPE crosstown_task_run_seconds histogram",
    ];
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let mut response = ureq::get(format!("{}/metrics", server.url)).call().unwrap();
        let scraped = response.body_mut().read_to_string().unwrap();
        let missing = expected.iter().find(|line| !scraped.contains(**line));
        let Some(missing) = missing else { break };
        assert!(Instant::now() < until, "{missing}\nis not in\n{scraped}");
        thread::sleep(Duration::from_millis(20));
    }
}
