//! The examples do what they say.

use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs an example of this package, which cargo has built beside this test.
fn run(example: &str, args: &[&str]) -> Output {
    let test = std::env::current_exe().expect("a test has a path");
    let profile = test.ancestors().nth(2).expect("target/<profile>/deps");
    let program: PathBuf = profile.join("examples").join(example);
    let output = Command::new(program).args(args).output();
    // A run of this test alone builds no examples.
    output.expect("`cargo test -p crosstown-examples` has built it")
}

#[test]
fn no_call_begins_before_the_client_could_have_its_response() {
    let output = run("phone_calls", &["--calls", "40"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("call 40 begins"), "{said}");
    assert!(said.contains("Kept:"), "{said}");
}

#[test]
fn a_number_of_calls_that_makes_no_sense_is_refused_with_the_right_form() {
    for calls in ["0", "-1", "many", "10001"] {
        let output = run("phone_calls", &["--calls", calls]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("--calls takes 1 to 10000"), "{said}");
    }
}

#[test]
fn other_servers_and_sockets_follow_their_responses() {
    for (example, tasks) in [
        ("hyper_http1", 1),
        ("hyper_http2", 1),
        ("hyper_auto_tls", 2),
        ("axum_server_tls", 1),
        ("unix_socket", 1),
    ] {
        let output = run(example, &[]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{example}: {output:?}");
        let completed = said.matches("task:   Completed").count();
        assert_eq!(completed, tasks, "{example}: {said}");
    }
}
