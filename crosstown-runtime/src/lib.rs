//! Run code after a web response is on the wire.
