//! What the soak is made of: an app that keeps books, clients, and what the
//! process takes meanwhile.

pub mod app;
pub mod clients;
pub mod process;
