use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_runtime::crosstown_handler]
    #[crosstown_traffic]
    fn nested() {
        #[crosstown_traffic]
        || println!("in the closure");
    }
}
