//! Bytes of the wire: a reader and a writer over slices, the frame around every message, and the table of frame types.
//!
//! No message lives here (see `msg`) and nothing here hashes, signs or decides. Layer: lowest, imports nothing.

mod error;
pub mod frame;
mod reader;
mod registry;
mod writer;

pub use error::{DecodeError, EncodeError};
pub use frame::Frame;
pub use reader::Reader;
pub use registry::{Class, FrameType};
pub use writer::Writer;

/// Largest value of a time or sequence field, 2^53 − 1: the largest integer that a JavaScript number holds exactly.
pub const MAX_SAFE: u64 = (1 << 53) - 1;
