//! Contact record (protocol.md §2): payload of RECORD, and inside HELLO, ANCHORS, KNOCK and FIND's answer. ≤ 512 B.
//!
//! ```text
//!  0  1  version       0x01
//!  1  2  capabilities  bits: 1 ANCHOR, 2 STORE, 4 RELAY, 8 STUN, 16 LEAF; unknown ones are kept
//!  3 32  ed_pk         Ed25519 key
//! 35  8  nonce         u64, solution of the work
//! 43  2  period        u16
//! 45 32  x25519_pk     X25519 key
//! 77  8  seq           u64, ms at signing, at most 2^53 − 1
//! 85  4  expiry        u32, minutes since 2026-01-01T00Z
//! 89  1  n             addresses, 0 … 8
//!  …  …  n × (kind u8 ∥ length u8, 1 … 255 ∥ bytes); unknown kinds are kept
//!  … 64  sig           Ed25519 over all before it
//! ```

use super::Message;
use super::value::{Item, Millis, fields};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// The version that this code speaks.
pub const VERSION: u8 = 1;
/// Largest record (tier 1): sixteen of them fit into one small frame.
pub const MAX_LEN: usize = 512;
/// Bytes of a record without addresses.
pub const MIN_LEN: usize = 90 + SIG_LEN;
/// Largest number of addresses: every kind over two IP families, with room.
pub const MAX_ADDRESSES: usize = 8;
/// Bytes of the signature at the end.
pub const SIG_LEN: usize = 64;

/// Capability bits.
pub mod capability {
    /// Publicly dialable.
    pub const ANCHOR: u16 = 1;
    /// Keeps cells.
    pub const STORE: u16 = 2;
    /// Relays links.
    pub const RELAY: u16 = 4;
    /// Answers STUN.
    pub const STUN: u16 = 8;
    /// Asks only; nothing is routed to it.
    pub const LEAF: u16 = 16;
}

/// What a node says of itself, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRecord {
    /// [`VERSION`].
    pub version: u8,
    /// Bits of [`capability`].
    pub capabilities: u16,
    /// Ed25519 key.
    pub ed_pk: [u8; 32],
    /// Solution of the work on the key.
    pub nonce: u64,
    /// Period of that work.
    pub period: u16,
    /// X25519 key for sealed requests.
    pub x25519_pk: [u8; 32],
    /// Network time at signing.
    pub seq: Millis,
    /// Minutes since 2026-01-01T00Z.
    pub expiry: u32,
    /// Only anchors have any.
    pub addresses: Vec<Address>,
    /// Ed25519 over all before it.
    pub sig: [u8; SIG_LEN],
}

/// One way to dial a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// 1 WebSocket URL, 2 WebTransport, 3 STUN host:port.
    pub kind: u8,
    /// 1 … 255 bytes, their meaning by kind.
    pub bytes: Vec<u8>,
}

impl ContactRecord {
    /// The bytes under the signature: all but the signature, which is not looked at.
    pub fn unsigned(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Writer::with_capacity(MAX_LEN);
        self.write_unsigned(&mut out)?;
        Ok(out.into_bytes())
    }

    /// Splits the bytes of a record into what is signed and the signature.
    pub fn signed_part(bytes: &[u8]) -> Result<(&[u8], &[u8; SIG_LEN]), DecodeError> {
        bytes.split_last_chunk().ok_or(DecodeError::Short)
    }

    fn write_unsigned(&self, out: &mut Writer) -> Result<(), EncodeError> {
        let start = out.len();
        out.version(self.version, VERSION)?;
        out.u16(self.capabilities);
        out.bytes(&self.ed_pk);
        out.u64(self.nonce);
        out.u16(self.period);
        out.bytes(&self.x25519_pk);
        out.safe_u64("seq", self.seq.0)?;
        out.u32(self.expiry);
        out.count("addresses", self.addresses.len(), MAX_ADDRESSES)?;
        for address in &self.addresses {
            address.write(out)?;
        }
        if out.len() - start + SIG_LEN > MAX_LEN {
            return Err(EncodeError::new(
                "addresses",
                "the record exceeds 512 bytes",
            ));
        }
        Ok(())
    }
}

impl Message for ContactRecord {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        self.write_unsigned(out)?;
        out.bytes(&self.sig);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if from.remaining() > MAX_LEN {
            return Err(DecodeError::Length);
        }
        Ok(Self {
            version: from.version(VERSION)?,
            capabilities: from.u16()?,
            ed_pk: from.array()?,
            nonce: from.u64()?,
            period: from.u16()?,
            x25519_pk: from.array()?,
            seq: Millis(from.safe_u64()?),
            expiry: from.u32()?,
            addresses: read_addresses(from)?,
            sig: from.array()?,
        })
    }
}

fn read_addresses(from: &mut Reader<'_>) -> Result<Vec<Address>, DecodeError> {
    let count = from.count(MAX_ADDRESSES)?;
    (0..count).map(|_| Address::read(from)).collect()
}

impl Message for Address {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.u8(self.kind);
        match u8::try_from(self.bytes.len()) {
            Ok(length) if length > 0 => out.u8(length),
            _ => return Err(EncodeError::new("bytes", "an address has 1 to 255 bytes")),
        }
        out.bytes(&self.bytes);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let kind = from.u8()?;
        let length = from.u8()?;
        if length == 0 {
            return Err(DecodeError::Length);
        }
        Ok(Self {
            kind,
            bytes: from.take(length.into())?.to_vec(),
        })
    }
}

fields!(ContactRecord {
    version => "version",
    capabilities => "capabilities",
    ed_pk => "edPk",
    nonce => "nonce",
    period => "period",
    x25519_pk => "x25519Pk",
    seq => "seq",
    expiry => "expiry",
    addresses => "addresses",
    sig => "sig",
});
fields!(Address { kind => "kind", bytes => "bytes" });
impl Item for Address {}
