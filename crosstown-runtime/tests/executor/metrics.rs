//! What the metrics facade hears.

use crosstown_runtime::{Executor, Task, metrics};
use http::StatusCode;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::support::{respond, respond_with};

#[test]
fn counters_gauges_and_histograms_tell_what_became_of_tasks() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let rendered = ::metrics::with_local_recorder(&recorder, || {
        metrics::describe();
        let executor = Executor::new();
        respond(&executor, || {
            let task = || Task::new(|| ()).same_thread(true);
            task().name("receipt").follow_response();
            task().name("receipt").follow_response();
            let failing = Task::new(|| Err("no")).same_thread(true);
            failing.name("receipt").follow_response();
            task().name("call").follow_response().cancel();
        });
        respond_with(&executor, StatusCode::CONFLICT, || {
            Task::new(|| ()).name("call").follow_response();
        });
        let (held, pending) = crate::support::now(
            crosstown_runtime::ResponseScope::new()
                .executor(executor.clone())
                .run(async { Task::new(|| ()).name("waits").follow_response() }),
        );
        let rendered = recorder.handle().render();
        drop((held, pending));
        rendered
    });
    let has = |line: &str| assert!(rendered.contains(line), "{line}\nis not in\n{rendered}");
    has("crosstown_tasks_registered_total{task=\"receipt\"} 3");
    has("crosstown_tasks_total{task=\"receipt\",outcome=\"completed\"} 2");
    has("crosstown_tasks_total{task=\"receipt\",outcome=\"failed\"} 1");
    has("crosstown_tasks_total{task=\"call\",outcome=\"cancelled\"} 1");
    has("crosstown_tasks_total{task=\"call\",outcome=\"skipped\",cause=\"no_go\"} 1");
    has("crosstown_tasks_pending 1");
    has("crosstown_tasks_running 0");
    has("crosstown_task_run_seconds_count{task=\"receipt\"} 3");
    has("crosstown_task_wait_seconds_count{task=\"receipt\"} 3");
    has("# HELP crosstown_tasks_total Tasks ended, by outcome.");
}
