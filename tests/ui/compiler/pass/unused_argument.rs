use crosstown_runtime::crosstown_traffic;

pub struct User {
    id: u32,
}

#[crosstown_traffic]
pub fn greet(user: User) {
    println!("{}", user.id);
}
