//! The attributes of `crosstown-runtime`.
