//! What a server may send over HTTP/1, the client takes.

use std::net::SocketAddr;
use std::time::Duration;

use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::Http1;
use crate::conformance::case::Case;
use crate::conformance::plan::{BodyPlan, Plan};
use crate::conformance::rows::Checked;

/// Answers one request with this text, and closes.
async fn answering(text: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_buf(&mut Vec::new()).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
    });
    address
}

/// Reads a response of which the kit knows that it has 5 bytes.
async fn read(method: Method, text: &'static str) -> Checked<(StatusCode, usize)> {
    let case = Case::new("/".into(), Plan::ok(BodyPlan::Streamed(5)));
    let mut client = Http1::connect(answering(text).await).await?;
    client.request(&method, &case).await?;
    let status = client.head(&method, &case).await?;
    let mut bytes = 0;
    while let Some(more) = timeout(Duration::from_secs(10), client.data()).await?? {
        bytes += more;
    }
    Ok((status, bytes))
}

#[tokio::test]
async fn the_client_takes_what_a_server_may_send() {
    for text in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length:5\r\n\r\nhello",
        "HTTP/1.1 200\r\ncontent-length:\t5 \r\n\r\nhello",
        "HTTP/1.1 103 x\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nx: y\r\n\r\n",
    ] {
        let read = read(Method::GET, text).await.unwrap();
        assert_eq!(read, (StatusCode::OK, 5), "{text}");
    }
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
    assert_eq!(read(Method::HEAD, text).await.unwrap(), (StatusCode::OK, 0));
    let text = "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n";
    let expected = (StatusCode::NOT_MODIFIED, 0);
    assert_eq!(read(Method::GET, text).await.unwrap(), expected);
}

#[tokio::test]
async fn the_client_refuses_what_is_cut_off_or_malformed() {
    for text in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell",
        "HTTP/1.0 200 OK\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: five\r\n\r\nhello",
        "HTTP/1.1\r\n\r\n",
        "\r\n",
    ] {
        let read = read(Method::GET, text).await;
        assert!(read.is_err(), "{text}: {read:?}");
    }
}
