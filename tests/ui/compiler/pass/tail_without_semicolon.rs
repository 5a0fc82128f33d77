use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    || println!("answered");
}
