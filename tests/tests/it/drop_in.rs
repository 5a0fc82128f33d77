//! `axum::serve` of the crate takes what axum's takes.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::handler::HandlerWithoutStateExt;
use axum::routing::get;
use axum::serve::{Listener, ListenerExt};
use crosstown_runtime::axum::serve;
use crosstown_tests::http1;
use crosstown_tests::server::listen;
use tokio::net::{TcpListener, TcpStream};

async fn who(ConnectInfo(client): ConnectInfo<SocketAddr>) -> String {
    client.to_string()
}

#[tokio::test]
async fn connect_info_is_the_address_of_the_client() {
    let (listener, address) = listen().await;
    let app = Router::new().route("/", get(who));
    let make = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(serve(listener, make).into_future());
    let mut client = http1::connect(address).await;
    let response = client.get("/").await;
    assert_eq!(response.body, client.address().to_string().as_bytes());
}

#[tokio::test]
async fn connect_info_works_behind_a_tapped_listener_too() {
    let (listener, address) = listen().await;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let app = Router::new().route("/", get(who));
    let make = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(serve(listener, make).into_future());
    let mut client = http1::connect(address).await;
    let response = client.get("/").await;
    assert_eq!(response.body, client.address().to_string().as_bytes());
}

/// What an app of its own knows of a connection.
#[derive(Clone, Debug)]
struct Caller {
    address: SocketAddr,
    turn: usize,
}

/// Counts the connections that it accepts.
struct Callers {
    listener: TcpListener,
    accepted: usize,
}

impl Listener for Callers {
    type Io = TcpStream;
    type Addr = Caller;

    async fn accept(&mut self) -> (TcpStream, Caller) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        self.accepted += 1;
        let turn = self.accepted;
        (stream, Caller { address, turn })
    }

    fn local_addr(&self) -> io::Result<Caller> {
        let address = self.listener.local_addr()?;
        Ok(Caller { address, turn: 0 })
    }
}

#[tokio::test]
async fn connect_info_of_ones_own_is_the_address_of_a_listener_of_ones_own() {
    async fn who(ConnectInfo(caller): ConnectInfo<Caller>) -> String {
        format!("{} {}", caller.turn, caller.address)
    }
    let (listener, address) = listen().await;
    let accepted = 0;
    let listener = Callers { listener, accepted };
    let app = Router::new().route("/", get(who));
    let make = app.into_make_service_with_connect_info::<Caller>();
    tokio::spawn(serve(listener, make).into_future());
    for turn in 1..=2 {
        let mut client = http1::connect(address).await;
        let told = format!("{turn} {}", client.address());
        for _ in 0..2 {
            assert_eq!(client.get("/").await.body, told.as_bytes());
        }
    }
}

#[tokio::test]
async fn a_handler_and_a_method_router_can_be_served() {
    async fn handler() -> &'static str {
        "hello"
    }
    let (listener, address) = listen().await;
    tokio::spawn(serve(listener, handler.into_make_service()).into_future());
    assert_eq!(http1::connect(address).await.get("/").await.body, b"hello");

    let (listener, address) = listen().await;
    let server = serve(listener, get(handler));
    assert_eq!(server.local_addr().unwrap(), address);
    tokio::spawn(server.into_future());
    assert_eq!(http1::connect(address).await.get("/").await.body, b"hello");
}
