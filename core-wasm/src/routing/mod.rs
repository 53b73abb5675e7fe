//! Where a frame goes next, and whom we know: the routing state of one node (protocol.md §4 and §5).
//!
//! `forward` is the hot path and the only file that knows the others. `edges` are live links by their place in the
//! keyspace, `replay` remembers what was seen, `ratelimit` holds the token buckets, `works` the checked proofs of work,
//! `knowledge` the records of peers. `now` is an argument everywhere, in ms of a monotonic clock.
//! Not here: signatures, timers, sockets, and what a frame that ends here means. Layer: above `msg` and `signed`.

pub mod edges;
pub mod forward;
pub mod knowledge;
pub mod links;
pub mod ratelimit;
pub mod replay;
pub mod works;

/// A number of the node's own for one live link, 1 … 2^24 − 1, or [`NO_LINK`].
pub type LinkHandle = u32;

/// The handle of no link. On the hot path instead of an `Option`, which a WASM function returns through memory.
pub const NO_LINK: LinkHandle = 0;
