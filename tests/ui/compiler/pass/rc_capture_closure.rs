//! The cure of `fail/rc_capture_closure.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler(order: &std::rc::Rc<str>) {
    let later = order.to_string();
    #[crosstown_traffic]
    || println!("{later}");
}
