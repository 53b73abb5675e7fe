//! HELLO (protocol.md §3): the first frame of both sides of a link.
//!
//! ```text
//!  0  1  version      0x01
//!  1 16  network      H(network)[0..16]
//! 17  1  role         0 dialer, 1 listener
//! 18  2  length       u16, 1 … 512, of the record
//!  …  …  record       contact record, looked into later
//!  …  8  incarnation  u64
//!  …  8  wall         u64, wall clock in ms, at most 2^53 − 1
//!  … 32  e            fresh X25519 key
//!  … 32  random
//!  …  2  length       u16, 0 … 512, of the binding
//!  …  …  binding      what ties the handshake to its channel, by carrier
//! ```
//!
//! `th = H("link" ∥ HELLO_dialer ∥ HELLO_listener)` is over these bytes, without the frame's header.

use super::Message;
use super::records::{read_record, write_record};
use super::value::{Millis, fields};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// The version of the handshake that this code speaks.
pub const VERSION: u8 = 1;
/// Largest binding: a URL of 255 bytes or three NodeIDs, with room.
pub const MAX_BINDING: usize = 512;

const LISTENER: u8 = 1;

/// Who one is, on which network, and over which channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u8,
    /// H(network)[0..16].
    pub network: [u8; 16],
    /// 0 dialer, 1 listener.
    pub role: u8,
    /// Own contact record.
    pub record: Vec<u8>,
    /// Higher replaces lower.
    pub incarnation: u64,
    /// Wall clock, ms.
    pub wall: Millis,
    /// Fresh X25519 key.
    pub e: [u8; 32],
    /// Fresh random bytes.
    pub random: [u8; 32],
    /// Proof of the channel, by carrier.
    pub binding: Vec<u8>,
}

impl Message for Hello {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.version(self.version, VERSION)?;
        out.bytes(&self.network);
        out.code("role", self.role, LISTENER)?;
        write_record(out, "record", &self.record)?;
        out.u64(self.incarnation);
        out.safe_u64("wall", self.wall.0)?;
        out.bytes(&self.e);
        out.bytes(&self.random);
        out.sized("binding", &self.binding, MAX_BINDING)
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            version: from.version(VERSION)?,
            network: from.array()?,
            role: from.code(LISTENER)?,
            record: read_record(from)?,
            incarnation: from.u64()?,
            wall: Millis(from.safe_u64()?),
            e: from.array()?,
            random: from.array()?,
            binding: from.sized(MAX_BINDING)?.to_vec(),
        })
    }
}

fields!(Hello {
    version => "version",
    network => "network",
    role => "role",
    record => "record",
    incarnation => "incarnation",
    wall => "wall",
    e => "e",
    random => "random",
    binding => "binding",
});
