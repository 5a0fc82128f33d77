//! The cure of `fail/type_parameters_on_the_spot.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(on_call)]
    fn send_receipt<T>() {
        drop(None::<T>);
    }
    send_receipt::<u32>();
}
