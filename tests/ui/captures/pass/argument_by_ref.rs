use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt((order, id): (String, u32)) {
    println!("{order} {id}");
}
