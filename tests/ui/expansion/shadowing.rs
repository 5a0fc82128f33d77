//! The expansion names nothing that a user could have named otherwise.
#![allow(dead_code, non_camel_case_types)]

struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Box;
struct String;
struct Vec;
struct Clone;
struct Send;
struct FnOnce;
struct Future;
struct Registration;
struct Sent;
struct Options;
struct u16;
struct u32;
struct u64;
struct str;
mod core {}
mod std {}
mod alloc {}
mod crosstown_runtime {}

macro_rules! shadow {
    ($($name:ident)*) => {
        $(#[allow(unused_macros)] macro_rules! $name { () => { compile_error!("the user's own") } })*
    };
}
shadow!(concat file line format format_args stringify);

use ::crosstown_runtime::{crosstown_handler, crosstown_traffic};

#[crosstown_handler]
fn every_form(order: ::std::string::String) {
    #[crosstown_traffic(clone(order), no_go = ["5xx"], when = |sent| sent.bytes() == 0)]
    fn nested() {
        drop(order);
    }
    #[crosstown_traffic(timeout = "1s", clone(order as again))]
    async fn nested_async() -> ::core::result::Result<(), ::std::string::String> {
        ::core::result::Result::Err(again)
    }
    #[crosstown_traffic]
    async || -> ::core::result::Result<(), ::std::string::String> {
        ::core::result::Result::Ok(())
    };
    #[crosstown_traffic]
    async |_| {};
    #[crosstown_traffic]
    |_| drop(order);
    #[crosstown_traffic]
    async {};
    on_call(1, ());
}

#[crosstown_traffic]
fn on_call(_held: i32, unit: ()) {
    let () = unit;
}

#[tokio::test]
async fn shadowed_names_change_nothing() {
    let names = super::names(async { every_form(::std::string::String::new()) }).await;
    assert_eq!(names.len(), 7);
}
