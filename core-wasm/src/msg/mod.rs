//! The messages of the wire, one a file: its struct, its bytes both ways, and the exact layout in its head comment.
//!
//! All numbers are big-endian. `u16 length ∥ bytes` is written as `sized`. A decoder takes bytes of strangers: it caps
//! lengths first, returns a [`DecodeError`] instead of panicking, refuses what is left over, and takes only what its
//! encoder would write, so every value has exactly one encoding.
//! Not here: hashes, signatures, work, clocks and policy. Layer: above `wire`, below all else.

pub mod answer;
pub mod ask;
pub mod card;
pub mod cell;
pub mod find_body;
pub mod hello;
pub mod leave;
pub mod named;
pub mod no_route;
pub mod ping;
pub mod place;
pub mod proof;
pub mod receipt;
pub mod record;
pub mod records;
pub mod request;
pub mod routed;
pub mod tagged;
pub mod tree;
pub mod value;

use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// A layout that can stand alone or inside another one.
pub trait Message: Sized {
    /// Appends the bytes; fails where no decoder would take them.
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError>;

    /// Reads the bytes and leaves the reader behind them.
    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The bytes alone.
    fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Writer::default();
        self.write(&mut out)?;
        Ok(out.into_bytes())
    }

    /// Reads exactly these bytes: nothing may be left over.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(bytes);
        let message = Self::read(&mut from)?;
        from.finish()?;
        Ok(message)
    }
}
