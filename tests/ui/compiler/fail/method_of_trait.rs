//! A method of a trait that returns nothing, where the attribute makes it return
//! the registration.

use std::sync::Arc;

use crosstown_runtime::crosstown_traffic;

pub trait Mailer {
    fn send_receipt(self: Arc<Self>, order: u32);
    fn send_invoice(self: Arc<Self>, order: u32) -> Result<(), String>;
}

pub struct Smtp;

impl Mailer for Smtp {
    #[crosstown_traffic]
    fn send_receipt(self: Arc<Self>, order: u32) {
        println!("receipt of {order}");
    }

    #[crosstown_traffic]
    fn send_invoice(self: Arc<Self>, order: u32) -> Result<(), String> {
        println!("invoice of {order}");
        Ok(())
    }
}

fn main() {}
