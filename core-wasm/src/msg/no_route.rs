//! NO_ROUTE (protocol.md §4): no edge is closer; told back link by link, unauthenticated.
//!
//! ```text
//!  0 32  origin  NodeID of the author of the routed message
//! 32  8  id      u64, of that message
//! ```

use super::Message;
use super::value::fields;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Bytes of the message.
pub const LEN: usize = 40;

/// The copy that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRoute {
    /// NodeID of the author.
    pub origin: [u8; 32],
    /// Id of the copy.
    pub id: u64,
}

impl Message for NoRoute {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.origin);
        out.u64(self.id);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            origin: from.array()?,
            id: from.u64()?,
        })
    }
}

fields!(NoRoute { origin => "origin", id => "id" });
