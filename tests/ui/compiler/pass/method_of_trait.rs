//! The cure of `fail/method_of_trait.rs`.

use std::sync::Arc;

use crosstown_runtime::{Registration, crosstown_traffic};

pub trait Mailer {
    fn send_receipt(self: Arc<Self>, order: u32) -> Registration;
    fn send_invoice(self: Arc<Self>, order: u32) -> Registration;
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
