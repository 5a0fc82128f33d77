use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[cfg(all())]
    #[crosstown_traffic]
    || println!("hidden");
}
