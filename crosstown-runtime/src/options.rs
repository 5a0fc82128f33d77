//! The options of one task, as constants where the attribute writes them.

use std::borrow::Cow;
use std::ops::Deref;
use std::panic::Location;
use std::time::Duration;

use crate::no_go::NoGo;
use crate::sent::Phase;
use crate::task::Extras;

/// What to do with a task whose response was begun but broke before the task's
/// phase was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnAbort {
    /// Run it; [`Sent::aborted`](crate::Sent::aborted) tells it why.
    Run,
    /// End it as [`Skip::Aborted`](crate::Skip::Aborted).
    Skip,
}

/// What to do with a task whose handler ended without a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoResponse {
    /// End it as [`Skip::NoResponse`](crate::Skip::NoResponse).
    Skip,
    /// Run it; its [`Sent::status`](crate::Sent::status) is `None`.
    Run,
}

/// What to do with a task that is registered where no response is in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WithoutResponse {
    /// Run it now: a closure on this thread, before the registration returns; a
    /// future is spawned. Behind an [`also`](crate::Task::also), when that opens, as
    /// after a response.
    Run,
    /// End it as [`Skip::WithoutResponse`](crate::Skip::WithoutResponse).
    Skip,
    /// Panic, with a message that names the task.
    Panic,
}

/// Everything about a task that is known when it is compiled.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub(crate) no_go: NoGo,
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) same_thread: bool,
    pub(crate) phase: Phase,
    on_abort: Option<OnAbort>,
    pub(crate) no_response: NoResponse,
    /// The default runs the task, too, and is warned of.
    pub(crate) without_response: Option<WithoutResponse>,
    pub(crate) timeout: Option<Duration>,
}

impl Options {
    /// The defaults, for the task `name` written at `file`:`line`.
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            no_go: NoGo::ERRORS,
            name,
            file,
            line,
            same_thread: false,
            phase: Phase::Sent,
            on_abort: None,
            no_response: NoResponse::Skip,
            without_response: None,
            timeout: None,
        }
    }

    /// Says what an abort means, by the option or by the phase's default: who
    /// waits for delivery wants to know that it happened.
    pub(crate) const fn on_abort(&self) -> OnAbort {
        match (self.on_abort, self.phase) {
            (Some(on_abort), _) => on_abort,
            (None, Phase::Delivered) => OnAbort::Skip,
            (None, Phase::Head | Phase::Sent) => OnAbort::Run,
        }
    }
}

/// Defines const setters, one line each.
macro_rules! setters {
    ($($name:ident($($arg:ident: $type:ty)?) $field:ident = $value:expr;)*) => {
        /// What the attribute's options become; only `__private` shows them.
        #[allow(missing_docs)]
        impl Options {
            $(
                #[must_use]
                pub const fn $name(mut self $(, $arg: $type)?) -> Self {
                    self.$field = $value;
                    self
                }
            )*
        }
    };
}

setters! {
    same_thread() same_thread = true;
    no_go(ranges: &[(u16, u16)]) no_go = NoGo::from_ranges(ranges);
    phase_head() phase = Phase::Head;
    phase_delivered() phase = Phase::Delivered;
    on_abort_run() on_abort = Some(OnAbort::Run);
    on_abort_skip() on_abort = Some(OnAbort::Skip);
    no_response_run() no_response = NoResponse::Run;
    without_response_run() without_response = Some(WithoutResponse::Run);
    without_response_skip() without_response = Some(WithoutResponse::Skip);
    without_response_panic() without_response = Some(WithoutResponse::Panic);
    timeout_ms(milliseconds: u64) timeout = Some(Duration::from_millis(milliseconds));
}

/// Where the options of one task come from.
#[derive(Debug)]
pub(crate) enum TaskOptions {
    /// The attribute wrote them.
    Constant(&'static Options),
    /// A builder without a change: the defaults, for a task made here.
    Default(&'static Location<'static>),
    /// A builder with changes.
    Built(Box<Built>),
}

/// Options built at run time, where the name may be a value.
#[derive(Debug)]
pub(crate) struct Built {
    options: Options,
    name: Option<Cow<'static, str>>,
    extras: Extras,
}

static DEFAULTS: Options = Options::new("", "", 0);

impl TaskOptions {
    /// The task's name, for people: as given, else the place of its making.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Constant(options) => options.name.into(),
            Self::Built(built) => match &built.name {
                Some(name) => Cow::Borrowed(name),
                None => self.place(),
            },
            Self::Default(_) => self.place(),
        }
    }

    fn place(&self) -> Cow<'static, str> {
        format!("{}:{}", self.file(), self.line()).into()
    }

    /// The file in which the task was made.
    pub(crate) fn file(&self) -> &'static str {
        match self {
            Self::Default(location) => location.file(),
            Self::Constant(_) | Self::Built(_) => self.file,
        }
    }

    /// The line in which the task was made, from 1.
    pub(crate) fn line(&self) -> u32 {
        match self {
            Self::Default(location) => location.line(),
            Self::Constant(_) | Self::Built(_) => self.line,
        }
    }

    /// The options, where they may be those of other tasks, too.
    #[inline]
    pub(crate) fn shared(&self) -> Option<&'static Options> {
        match self {
            Self::Constant(options) => Some(options),
            Self::Default(_) => Some(&DEFAULTS),
            Self::Built(_) => None,
        }
    }

    pub(crate) fn set_name(&mut self, name: Cow<'static, str>) {
        self.built().name = Some(name);
    }

    pub(crate) fn set_on_abort(&mut self, on_abort: OnAbort) {
        self.edit().on_abort = Some(on_abort);
    }

    /// What few tasks have, if this one has any of it.
    pub(crate) fn extras(&self) -> Option<&Extras> {
        match self {
            Self::Built(built) => Some(&built.extras),
            Self::Constant(_) | Self::Default(_) => None,
        }
    }

    /// The same, made if need be.
    pub(crate) fn make_extras(&mut self) -> &Extras {
        &self.built().extras
    }

    /// The options for a change, copied from where they came from if need be.
    pub(crate) fn edit(&mut self) -> &mut Options {
        &mut self.built().options
    }

    fn built(&mut self) -> &mut Built {
        if !matches!(self, Self::Built(_)) {
            let options = Options {
                file: self.file(),
                line: self.line(),
                ..**self
            };
            // The attribute has named its task already, if only by its place.
            let name = match self {
                Self::Constant(options) => Some(options.name.into()),
                Self::Default(_) | Self::Built(_) => None,
            };
            *self = Self::Built(Box::new(Built {
                options,
                name,
                extras: Extras::default(),
            }));
        }
        match self {
            Self::Built(built) => built,
            Self::Constant(_) | Self::Default(_) => unreachable!("replaced above"),
        }
    }
}

impl Deref for TaskOptions {
    type Target = Options;

    fn deref(&self) -> &Options {
        match self {
            Self::Constant(options) => options,
            Self::Default(_) => &DEFAULTS,
            Self::Built(built) => &built.options,
        }
    }
}
