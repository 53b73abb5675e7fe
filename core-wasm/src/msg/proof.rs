//! PROOF (protocol.md §3): the second frame of both sides of a link.
//!
//! ```text
//! 0 64  sig  Ed25519 over ("link-proof" ∥ role ∥ th)
//! ```

use super::Message;
use super::value::fields;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// The signature over both HELLOs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Ed25519.
    pub sig: [u8; 64],
}

impl Message for Proof {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.sig);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { sig: from.array()? })
    }
}

fields!(Proof { sig => "sig" });
