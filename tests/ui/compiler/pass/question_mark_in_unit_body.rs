//! The cure of `fail/question_mark_in_unit_body.rs`.

use crosstown_runtime::crosstown_traffic;
use std::num::ParseIntError;

pub fn handler(order: String) {
    #[crosstown_traffic]
    fn send_receipt() -> Result<(), ParseIntError> {
        let id: u32 = order.parse()?;
        println!("{id}");
        Ok(())
    }
}
