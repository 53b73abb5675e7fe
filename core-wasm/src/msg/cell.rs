//! The 20 clear bytes at the start of every cell (protocol.md §9), and the sizes that a cell may have.
//!
//! ```text
//! 0  1  version  0x01
//! 1  1  suite    0x01
//! 2  2  expiry   u16, units of 6 hours since 2026-01-01T00Z
//! 4 16  tag      random
//! ```

use super::Message;
use super::value::fields;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// The version that this code speaks.
pub const VERSION: u8 = 1;
/// X25519 + ML-KEM-1024, Ed25519 + ML-DSA-87, AES-256-GCM, HKDF-SHA-512.
pub const SUITE: u8 = 1;
/// Bytes of the header.
pub const HEADER_LEN: usize = 20;
/// The size classes, smallest first: few, so that a length tells little.
pub const SIZES: [usize; 6] = [2 << 10, 4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10];

/// What everyone who carries or keeps a cell may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellHeader {
    /// [`VERSION`].
    pub version: u8,
    /// [`SUITE`].
    pub suite: u8,
    /// Units of 6 hours since 2026-01-01T00Z.
    pub expiry: u16,
    /// Names the cell at its address.
    pub tag: [u8; 16],
}

/// Whether a cell may have this many bytes.
pub fn is_size(length: usize) -> bool {
    SIZES.contains(&length)
}

/// The largest cell that fits into this many bytes.
pub fn largest_within(length: usize) -> Option<usize> {
    SIZES.into_iter().rev().find(|size| *size <= length)
}

impl Message for CellHeader {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.version(self.version, VERSION)?;
        if self.suite != SUITE {
            return Err(EncodeError::new("suite", "unknown value"));
        }
        out.u8(self.suite);
        out.u16(self.expiry);
        out.bytes(&self.tag);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let version = from.version(VERSION)?;
        let suite = from.u8()?;
        if suite != SUITE {
            return Err(DecodeError::Value);
        }
        Ok(Self {
            version,
            suite,
            expiry: from.u16()?,
            tag: from.array()?,
        })
    }
}

fields!(CellHeader { version => "version", suite => "suite", expiry => "expiry", tag => "tag" });
