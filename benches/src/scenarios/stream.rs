//! A body in chunks with a task behind it, beside the same without.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use crosstown_runtime::body::{FollowedBody, Following};
use crosstown_runtime::crosstown_traffic;
use crosstown_runtime::wire::WireStream;
use http::{Request, Response};
use http_body::{Body, Frame};

use super::{Captures, Meter, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "chunk/wire",
        operations: 1000,
        run: |scenario, meter| {
            let stream = WireStream::new(tokio::io::empty());
            run(
                scenario,
                meter,
                Following::new().wire(stream.handle()),
                true,
            );
        },
    },
    Scenario {
        name: "chunk/release",
        operations: 1000,
        run: |scenario, meter| run(scenario, meter, Following::new(), true),
    },
    Scenario {
        name: "chunk/by_hand",
        operations: 1000,
        run: |scenario, meter| run(scenario, meter, Following::new(), false),
    },
];

struct Chunks {
    chunk: Bytes,
    left: u64,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready((self.left > 0).then(|| {
            self.left -= 1;
            Ok(Frame::data(self.chunk.clone()))
        }))
    }
}

fn run(scenario: &Scenario, meter: Meter, following: Following, followed: bool) {
    let chunks = Chunks {
        chunk: vec![0; 16 * 1024].into(),
        left: scenario.operations,
    };
    let call = following.call(Request::new(()), |_| async {
        if followed {
            let captures = Captures::new();
            #[crosstown_traffic(same_thread = true)]
            fn call() {
                captures.work();
            }
        }
        Ok::<_, Infallible>(Response::new(chunks))
    });
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(response)) = pin!(call).poll(&mut cx) else {
        unreachable!("the handler awaits nothing");
    };
    let body = response.into_body();
    match body.into_untouched() {
        Ok(body) => drain(meter, body),
        Err(body) => drain::<FollowedBody<_>>(meter, body),
    }
}

/// Takes every chunk out and lets go of it, as a transport does.
fn drain<B: Body<Data = Bytes, Error = Infallible>>(meter: Meter, body: B) {
    let mut body = pin!(body);
    meter(&mut || {
        let mut cx = Context::from_waker(Waker::noop());
        let mut all = || -> Poll<()> {
            while let Some(frame) = ready!(body.as_mut().poll_frame(&mut cx)) {
                drop(std::hint::black_box(frame));
            }
            Poll::Ready(())
        };
        assert!(all().is_ready(), "the body is at hand");
    });
}
