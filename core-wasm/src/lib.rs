//! Pure core of Nodus: bytes and `now` in, decisions and bytes out. No clock, no randomness, no I/O.
//!
//! `wire` reads and writes bytes, `msg` holds one message a file, `signed` those that carry a signature, `routing` the
//! tables and the forwarding decision, `pow`, `sign` and `crypto` the arithmetic. Only `bindings` knows JavaScript.

mod block;
pub mod crypto;
pub mod id;
mod lanes;
pub mod msg;
pub mod pow;
pub mod purpose;
pub mod routing;
pub mod sign;
pub mod signed;
pub mod wire;

#[cfg(feature = "bindings")]
mod bindings;
