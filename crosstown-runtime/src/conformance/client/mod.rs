//! Clients that read when they are told to.

mod apart;
mod http1;
mod http2;
#[cfg(test)]
mod tests;

use std::error::Error;

use http::{Method, StatusCode};

pub(super) use self::apart::Apart;
pub(super) use self::http1::{Http1, request};
pub(super) use self::http2::{Http2, Incoming};
use super::Bench;
use super::case::Case;
use super::rows::{Checked, Protocol};

/// A client that has one response at a time, over either protocol.
pub(super) enum Client {
    Http1(Http1),
    Http2(Http2, Option<Incoming>),
}

/// A response that a client has to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Got {
    pub(super) status: StatusCode,
    pub(super) bytes: usize,
}

impl Client {
    pub(super) async fn connect(bench: &Bench) -> Checked<Self> {
        Ok(match bench.protocol {
            Protocol::Http1 => Self::Http1(Http1::connect(bench.address).await?),
            Protocol::Http2 => Self::Http2(Http2::connect(bench.address).await?, None),
        })
    }

    /// Sends a request.
    pub(super) async fn begin(&mut self, method: &Method, case: &Case) -> Checked<StatusCode> {
        match self {
            Self::Http1(client) => {
                client.request(method, case).await?;
                Ok(client.head(method, case).await?)
            }
            Self::Http2(client, incoming) => {
                let begun = client.begin(method, case).await;
                let begun = begun.map_err(|error| of_http2(method, error))?;
                Ok(incoming.insert(begun).status)
            }
        }
    }

    async fn data(&mut self) -> Checked<Option<usize>> {
        match self {
            Self::Http1(client) => Ok(client.data().await?),
            Self::Http2(_, Some(incoming)) => incoming.data().await,
            Self::Http2(_, None) => Ok(None),
        }
    }

    /// Reads at least so many bytes of the body, if it has them.
    pub(super) async fn some(&mut self, bytes: usize) -> Checked<usize> {
        let mut read = 0;
        while read < bytes {
            let Some(more) = self.data().await? else {
                break;
            };
            read += more;
        }
        Ok(read)
    }

    /// Reads the body to its end, and returns how many bytes came.
    pub(super) async fn rest(&mut self, method: &Method) -> Checked<usize> {
        let is_http2 = matches!(self, Self::Http2(..));
        let rest = self.some(usize::MAX).await;
        rest.map_err(|error| {
            if is_http2 {
                of_http2(method, error)
            } else {
                error
            }
        })
    }

    /// Sends a request, and reads the response.
    pub(super) async fn get(&mut self, method: &Method, case: &Case) -> Checked<Got> {
        let status = self.begin(method, case).await?;
        let bytes = self.rest(method).await?;
        Ok(Got { status, bytes })
    }
}

/// Says of an error in answer to `HEAD` what it mostly comes from.
fn of_http2(method: &Method, error: Box<dyn Error + Send + Sync>) -> Box<dyn Error + Send + Sync> {
    if method != Method::HEAD {
        return error;
    }
    format!(
        "{error}: over HTTP/2 it is the server that must remove the body in answer to HEAD, \
         which hyper itself would send, whatever the adapter"
    )
    .into()
}
