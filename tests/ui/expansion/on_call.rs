//! Functions that register each time they are called.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crosstown_runtime::{Outcome, Registration, crosstown_traffic};

use super::{names, played};

#[crosstown_traffic]
pub(super) fn generic<T>(value: T, (left, right): (u32, u32), shown: impl Display + Send + 'static)
where
    T: Into<u32> + Send + 'static,
{
    assert_eq!(value.into() + left + right, 6);
    assert_eq!(shown.to_string(), "shown");
}

struct Mailer {
    host: Arc<str>,
}

impl Mailer {
    #[crosstown_traffic]
    fn by_value(mut self, suffix: &'static str) {
        self.host = format!("{}{suffix}", self.host).into();
        assert_eq!(&*self.host, "localhost");
    }

    /// Documentation stays with the fn.
    #[crosstown_traffic]
    #[must_use = "says the user, not the attribute"]
    async fn by_arc(self: Arc<Self>) -> Result<(), String> {
        Err(self.host.to_string())
    }

    #[crosstown_traffic]
    async fn by_static(&'static self, suffix: &'static str) {
        assert_eq!((&*self.host, suffix), ("local", "host"));
    }

    #[crosstown_traffic(clone(self.host as host))]
    fn by_reference(&self, seen: Arc<AtomicU32>) {
        seen.store(u32::try_from(host.len()).unwrap(), Ordering::SeqCst);
    }
}

trait Job {
    fn run(self: Box<Self>, times: u32) -> Registration;
    fn run_by_default(self) -> Registration
    where
        Self: Sized + Send + 'static;
}

impl Job for Mailer {
    #[crosstown_traffic(name = "job")]
    fn run(self: Box<Self>, times: u32) {
        assert_eq!(times, 2);
    }

    #[crosstown_traffic]
    async fn run_by_default(self) {}
}

#[crosstown_traffic(on_call)]
fn without_parameters() {}

fn mailer() -> Mailer {
    Mailer {
        host: "local".into(),
    }
}

#[tokio::test]
async fn arguments_of_all_kinds_arrive() {
    let seen = Arc::new(AtomicU32::new(0));
    let witness = seen.clone();
    let handler = async move {
        generic(1_u16, (2, 3), "shown");
        mailer().by_value("host");
        let _ = Arc::new(mailer()).by_arc();
        Box::leak(Box::new(mailer())).by_static("host");
        mailer().by_reference(witness);
        Box::new(mailer()).run(2);
        mailer().run_by_default();
        without_parameters();
    };
    let played = played(handler).await;
    let names: Vec<_> = played.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "generic",
        "by_value",
        "by_arc",
        "by_static",
        "by_reference",
        "job",
        "run_by_default",
        "without_parameters",
    ];
    assert_eq!(names, expected);
    for (name, outcome) in &played {
        let failed = matches!(outcome, Outcome::Failed(_));
        assert_eq!(failed, name == "by_arc", "{name}: {outcome:?}");
        assert!(
            failed || *outcome == Outcome::Completed,
            "{name}: {outcome:?}"
        );
    }
    assert_eq!(seen.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn each_call_registers_again() {
    let handler = async {
        for _ in 0..3 {
            without_parameters();
        }
    };
    assert_eq!(names(handler).await.len(), 3);
}
