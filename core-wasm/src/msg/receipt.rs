//! STORED, a holder's receipt (protocol.md §7): the fields of an answer of kind `stored`.
//!
//! ```text
//!   0 32  address
//!  32 16  tag      of the cell
//!  48 32  hash     H(cell)
//!  80  2  expiry   u16, of the cell
//!  82 32  holder   NodeID
//! 114 64  sig      the holder's Ed25519 over ("stored" ∥ the 114 bytes before it)
//! ```

use super::Message;
use super::value::fields;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Bytes under the signature.
pub const SIGNED_LEN: usize = 114;

/// Proof that a holder accepted a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Where it lies.
    pub address: [u8; 32],
    /// Its tag.
    pub tag: [u8; 16],
    /// H(cell).
    pub hash: [u8; 32],
    /// Its expiry.
    pub expiry: u16,
    /// NodeID of the holder.
    pub holder: [u8; 32],
    /// Ed25519.
    pub sig: [u8; 64],
}

impl Message for Receipt {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.address);
        out.bytes(&self.tag);
        out.bytes(&self.hash);
        out.u16(self.expiry);
        out.bytes(&self.holder);
        out.bytes(&self.sig);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            address: from.array()?,
            tag: from.array()?,
            hash: from.array()?,
            expiry: from.u16()?,
            holder: from.array()?,
            sig: from.array()?,
        })
    }
}

fields!(Receipt {
    address => "address",
    tag => "tag",
    hash => "hash",
    expiry => "expiry",
    holder => "holder",
    sig => "sig",
});
