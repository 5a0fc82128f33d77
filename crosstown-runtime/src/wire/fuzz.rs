//! Scripts of operations made up at random, against the rules told backwards:
//! from the whole history instead of step by step.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crosstown_fuzz::{Result, Unstructured, check, reached};
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::turn::{Operation, Turn};
use super::{Rule, WireStream};
use crate::executor::Executor;
use crate::scope::ResponseScope;
use crate::sent::{Abort, Sent};
use crate::task::Task;

/// What happens next to a connection.
#[derive(Debug, Clone, Copy)]
enum Step {
    Read,
    Write,
    WriteVectored,
    Flush,
    ShutDown,
    Release(Rule),
}

/// What the transport says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Ready,
    Pending,
    Error,
}

const STEPS: [Step; 14] = [
    Step::Read,
    Step::Read,
    Step::Read,
    Step::Write,
    Step::WriteVectored,
    Step::Flush,
    Step::Flush,
    Step::Release(Rule::Flush),
    Step::Release(Rule::Turn(Turn::Ahead)),
    Step::Release(Rule::Turn(Turn::Writing)),
    Step::ShutDown,
    Step::Release(Rule::Between { is_flushed: false }),
    Step::Release(Rule::Next),
    Step::Release(Rule::Over),
];

/// Errors are few: they end the script's better part.
fn answer(input: &mut Unstructured<'_>) -> Result<Answer> {
    if input.ratio(1, 40)? {
        return Ok(Answer::Error);
    }
    Ok(*input.choose(&[Answer::Ready, Answer::Ready, Answer::Pending])?)
}

/// A transport that says what it is told to.
struct Told(Answer);

impl Told {
    fn answer<T>(&self, ready: T) -> Poll<io::Result<T>> {
        match self.0 {
            Answer::Pending => Poll::Pending,
            Answer::Error => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            Answer::Ready => Poll::Ready(Ok(ready)),
        }
    }
}

impl AsyncRead for Told {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.answer(())
    }
}

impl AsyncWrite for Told {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.answer(buf.len())
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.answer(bufs.len())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.answer(())
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.answer(())
    }
}

/// Counts wakes.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Waits = 0,
    Sent = 1,
    Aborted = 2,
}

/// A response that was let go of after `since` operations.
struct Response {
    rule: Rule,
    since: usize,
    fate: Arc<AtomicU8>,
    expected: Fate,
}

impl Response {
    fn fate(&self) -> Fate {
        match self.fate.load(Ordering::SeqCst) {
            0 => Fate::Waits,
            1 => Fate::Sent,
            _ => Fate::Aborted,
        }
    }

    /// Says what it has come to, and after how long a wait.
    fn tell(&self, now: usize) {
        if self.expected != Fate::Waits {
            let waited = (now - self.since).min(6);
            reached(format!("{:?} {:?} {waited}", self.rule, self.expected));
        }
    }

    /// What the last of `history` says of it.
    fn verdict(&self, history: &[Operation]) -> Option<Fate> {
        let (last, before) = history[self.since..].split_last()?;
        let from = match self.rule {
            Rule::Flush => return (*last == Operation::Flushed).then_some(Fate::Sent),
            Rule::Over => return Some(Fate::Aborted),
            Rule::Next if *last == Operation::Read && before.is_empty() => {
                return Some(Fate::Aborted);
            }
            Rule::Between { .. } if before.contains(&Operation::Read) => {
                return (*last == Operation::Flushed).then_some(Fate::Sent);
            }
            Rule::Between { .. } if *last == Operation::ShutDown => return Some(Fate::Aborted),
            Rule::Between { .. } => {
                let goes_on = matches!(last, Operation::Read | Operation::Flushed);
                return (goes_on && flushes(before) > 0).then_some(Fate::Sent);
            }
            Rule::Next if *last == Operation::ShutDown => {
                let is_sent = flushes(before) > 1;
                return Some(if is_sent { Fate::Sent } else { Fate::Aborted });
            }
            Rule::Next => Turn::Writing,
            Rule::Turn(from) | Rule::Rest { turn: from, .. } => from,
        };
        (*last == Operation::Read && is_turn(from, before)).then_some(Fate::Sent)
    }

    /// What the end of the connection says of it.
    fn at_the_end(&self, history: &[Operation]) -> Fate {
        let is_between = matches!(self.rule, Rule::Between { .. });
        if is_between && flushes(&history[self.since..]) > 0 {
            Fate::Sent
        } else {
            Fate::Aborted
        }
    }
}

/// Whether `history` ends with a whole turn, told backwards: nothing but reads and
/// shutdowns since a flush, and before that flush, without anything that blocked
/// between, a read that found nothing; or the release, for a turn that was under
/// way.
fn is_turn(from: Turn, history: &[Operation]) -> bool {
    let mut backwards = history.iter().rev();
    let changes_nothing =
        |operation: &&Operation| matches!(operation, Operation::Read | Operation::ShutDown);
    let flush = backwards.find(|operation| !changes_nothing(operation));
    if flush != Some(&Operation::Flushed) {
        return false;
    }
    let begins =
        |operation: &&Operation| matches!(operation, Operation::ReadPending | Operation::Blocked);
    match backwards.find(begins) {
        Some(began) => *began == Operation::ReadPending,
        None => from == Turn::Writing,
    }
}

fn flushes(history: &[Operation]) -> usize {
    let flushes = history.iter().filter(|done| **done == Operation::Flushed);
    flushes.count()
}

/// A response in flight whose task writes down what became of it.
fn response(rule: Rule, since: usize) -> (crate::scope::InFlight, Response) {
    let fate = Arc::new(AtomicU8::new(Fate::Waits as u8));
    let scope = ResponseScope::new().executor(Executor::new());
    let told = Arc::clone(&fate);
    let handler = async {
        let body = move |sent: Sent| {
            let fate = sent.aborted().map_or(Fate::Sent, |_| Fate::Aborted);
            let before = told.swap(fate as u8, Ordering::SeqCst);
            assert_eq!(before, Fate::Waits as u8, "it ran twice");
        };
        Task::with_sent(body).same_thread(true).follow_response();
    };
    let mut run = std::pin::pin!(scope.run(handler));
    let Poll::Ready(((), pending)) = run.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    else {
        unreachable!("the handler waits for nothing")
    };
    let response = Response {
        rule,
        since,
        fate,
        expected: Fate::Waits,
    };
    (pending.respond(StatusCode::OK), response)
}

/// Plays one step on the stream. Returns the operations that it consists of, or
/// `None` when it breaks the connection.
fn play(stream: &mut WireStream<Told>, step: Step, cx: &mut Context<'_>) -> Option<Vec<Operation>> {
    let mut stream = Pin::new(stream);
    let done = |poll: Poll<io::Result<()>>, done| match poll {
        Poll::Ready(Ok(())) => Some(vec![done]),
        Poll::Ready(Err(_)) => None,
        Poll::Pending => Some(vec![Operation::Blocked]),
    };
    match step {
        Step::Read => {
            let mut room = [0; 8];
            let poll = stream.as_mut().poll_read(cx, &mut ReadBuf::new(&mut room));
            // An error of a read alone breaks nothing that is written.
            let nothing = poll.is_pending().then_some(Operation::ReadPending);
            Some([Operation::Read].into_iter().chain(nothing).collect())
        }
        Step::Write => {
            let poll = stream.as_mut().poll_write(cx, b"four");
            done(
                poll.map_ok(|bytes| assert_eq!(bytes, 4)),
                Operation::Written,
            )
        }
        Step::WriteVectored => {
            let bufs = [io::IoSlice::new(b"one")];
            let poll = stream.as_mut().poll_write_vectored(cx, &bufs);
            done(
                poll.map_ok(|bytes| assert_eq!(bytes, 1)),
                Operation::Written,
            )
        }
        Step::Flush => done(stream.as_mut().poll_flush(cx), Operation::Flushed),
        Step::ShutDown => {
            // What it comes to is no matter.
            drop(stream.as_mut().poll_shutdown(cx));
            Some(vec![Operation::ShutDown])
        }
        Step::Release(_) => Some(Vec::new()),
    }
}

fn script(input: &mut Unstructured<'_>) -> Result<()> {
    let mut stream = WireStream::new(Told(Answer::Ready));
    let handle = stream.handle();
    let _multiplexed = handle.multiplex();
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let (mut history, mut responses, mut closed) = (Vec::new(), Vec::<Response>::new(), false);
    let mut steps = Vec::new();
    for _ in 0..input.int_in_range(1..=60)? {
        let (step, answer) = (*input.choose(&STEPS)?, answer(input)?);
        steps.push((step, answer));
        stream.get_mut().0 = answer;
        if let Step::Release(rule) = step {
            let (in_flight, mut response) = response(rule, history.len());
            // Nobody is known to be woken before the first operation.
            let unheard = handle.release(in_flight, rule, 0);
            let is_unheard = unheard.is_err();
            if let Err(in_flight) = unheard {
                assert!(closed || rule == Rule::Over, "{steps:?}");
                in_flight.abort(Abort::Client);
            }
            if closed || is_unheard {
                response.expected = Fate::Aborted;
            }
            responses.push(response);
        }
        let woken = wakes.0.load(Ordering::SeqCst);
        let operations = play(&mut stream, step, &mut Context::from_waker(&waker));
        closed |= operations.is_none();
        let flushed = operations.as_deref() == Some(&[Operation::Flushed]);
        for operation in operations.into_iter().flatten() {
            history.push(operation);
            for response in &mut responses {
                if response.expected == Fate::Waits {
                    response.expected = response.verdict(&history).unwrap_or(Fate::Waits);
                    response.tell(history.len());
                }
            }
        }
        for response in &mut responses {
            if closed && response.expected == Fate::Waits {
                response.expected = response.at_the_end(&history);
                response.tell(history.len());
            }
            assert_eq!(response.fate(), response.expected, "{steps:?}");
        }
        let waits = responses
            .iter()
            .any(|response| response.expected == Fate::Waits);
        if flushed && waits {
            let more = wakes.0.load(Ordering::SeqCst) > woken;
            assert!(more, "nobody ends the turn: {steps:?}");
        }
    }
    drop(stream);
    assert!(
        responses
            .iter()
            .all(|response| response.fate() != Fate::Waits)
    );
    Ok(())
}

#[test]
fn a_response_is_sent_by_its_rule_and_aborted_with_its_connection() {
    check("wire", script);
}
