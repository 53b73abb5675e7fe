//! LEAVE (protocol.md §3): a signed good-bye that ends one incarnation.
//!
//! ```text
//!  0 32  node_id
//! 32  8  incarnation  u64
//! 40  8  sent         u64, ms of network time, at most 2^53 − 1
//! 48 64  sig          Ed25519 over the 48 bytes before it
//! ```

use super::Message;
use super::value::{Millis, fields};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// The node goes, in this incarnation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// Who goes.
    pub node_id: [u8; 32],
    /// Which of its lives ends.
    pub incarnation: u64,
    /// Network time, ms.
    pub sent: Millis,
    /// Ed25519.
    pub sig: [u8; 64],
}

impl Message for Leave {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.node_id);
        out.u64(self.incarnation);
        out.safe_u64("sent", self.sent.0)?;
        out.bytes(&self.sig);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            node_id: from.array()?,
            incarnation: from.u64()?,
            sent: Millis(from.safe_u64()?),
            sig: from.array()?,
        })
    }
}

fields!(Leave { node_id => "nodeId", incarnation => "incarnation", sent => "sent", sig => "sig" });
