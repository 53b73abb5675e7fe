//! Card (protocol.md §10): a person's keys and prekeys, signed twice. 9,023 bytes.
//!
//! ```text
//!    0    1  version     0x01
//!    1   32  ed_pk       Ed25519
//!   33 2592  mldsa_pk    ML-DSA-87
//! 2625    4  generation  u32, minutes since 2026-01-01T00Z at creation or restore
//! 2629    4  seq         u32, minutes at signing
//! 2633   32  inbox_pk    Ed25519 owner key of the inbox
//! 2665   32  x25519_pk   prekey
//! 2697 1568  mlkem_pk    prekey, ML-KEM-1024
//! 4265    1  stamp_bits  u8, asked of whoever writes to the inbox
//! 4266    2  expiry      u16, units of 6 hours
//! 4268   64  reserved    zero
//! 4332   64  sig_ed      Ed25519
//! 4396 4627  sig_mldsa   ML-DSA-87
//! ```
//!
//! Both signatures are over the 4,332 bytes before them. The core checks neither: holders check sig_ed through the
//! signature functions, readers both.

use super::Message;
use super::value::fields;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// The version that this code speaks.
pub const VERSION: u8 = 1;
/// Bytes of a card.
pub const LEN: usize = 9_023;
/// Bytes under both signatures.
pub const SIGNED_LEN: usize = 4_332;

/// A person's public keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// [`VERSION`].
    pub version: u8,
    /// Ed25519 identity key.
    pub ed_pk: [u8; 32],
    /// ML-DSA-87 identity key.
    pub mldsa_pk: [u8; 2592],
    /// Minutes since 2026-01-01T00Z at creation or restore.
    pub generation: u32,
    /// Minutes since 2026-01-01T00Z at signing.
    pub seq: u32,
    /// Ed25519 owner key of the inbox.
    pub inbox_pk: [u8; 32],
    /// X25519 prekey.
    pub x25519_pk: [u8; 32],
    /// ML-KEM-1024 prekey.
    pub mlkem_pk: [u8; 1568],
    /// Bits of work asked of whoever writes to the inbox.
    pub stamp_bits: u8,
    /// Units of 6 hours since 2026-01-01T00Z.
    pub expiry: u16,
    /// Zero.
    pub reserved: [u8; 64],
    /// Ed25519 over the first [`SIGNED_LEN`] bytes.
    pub sig_ed: [u8; 64],
    /// ML-DSA-87 over the same bytes.
    pub sig_mldsa: [u8; 4627],
}

/// The bytes of an encoded card that both signatures are over.
pub fn signed_part(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    bytes.get(..SIGNED_LEN).ok_or(DecodeError::Short)
}

impl Message for Card {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.version(self.version, VERSION)?;
        out.bytes(&self.ed_pk);
        out.bytes(&self.mldsa_pk);
        out.u32(self.generation);
        out.u32(self.seq);
        out.bytes(&self.inbox_pk);
        out.bytes(&self.x25519_pk);
        out.bytes(&self.mlkem_pk);
        out.u8(self.stamp_bits);
        out.u16(self.expiry);
        if self.reserved != [0; 64] {
            return Err(EncodeError::new("reserved", "not zero"));
        }
        out.bytes(&self.reserved);
        out.bytes(&self.sig_ed);
        out.bytes(&self.sig_mldsa);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            version: from.version(VERSION)?,
            ed_pk: from.array()?,
            mldsa_pk: from.array()?,
            generation: from.u32()?,
            seq: from.u32()?,
            inbox_pk: from.array()?,
            x25519_pk: from.array()?,
            mlkem_pk: from.array()?,
            stamp_bits: from.u8()?,
            expiry: from.u16()?,
            reserved: zeros(from)?,
            sig_ed: from.array()?,
            sig_mldsa: from.array()?,
        })
    }
}

fn zeros<const N: usize>(from: &mut Reader<'_>) -> Result<[u8; N], DecodeError> {
    let bytes = from.array()?;
    if bytes != [0; N] {
        return Err(DecodeError::Padding);
    }
    Ok(bytes)
}

fields!(Card {
    version => "version",
    ed_pk => "edPk",
    mldsa_pk => "mldsaPk",
    generation => "generation",
    seq => "seq",
    inbox_pk => "inboxPk",
    x25519_pk => "x25519Pk",
    mlkem_pk => "mlkemPk",
    stamp_bits => "stampBits",
    expiry => "expiry",
    reserved => "reserved",
    sig_ed => "sigEd",
    sig_mldsa => "sigMldsa",
});
