//! The frame around every message on every carrier (protocol.md §3).
//!
//! ```text
//! 0  1  version 0x01
//! 1  1  type    see the registry
//! 2  4  length  u32, of the payload, at most 66,560
//! 6  …  payload
//! ```

use super::{DecodeError, EncodeError, FrameType, Writer};

/// The version of frames that this code speaks.
pub const VERSION: u8 = 1;
/// Bytes before the payload.
pub const HEADER_LEN: usize = 6;
/// Largest payload: a cell of 64 KiB with its headers (tier 1).
pub const MAX_PAYLOAD: usize = 66_560;
/// Largest whole frame.
pub const MAX_FRAME: usize = HEADER_LEN + MAX_PAYLOAD;

/// A frame over the bytes it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the payload is.
    pub kind: FrameType,
    /// The message.
    pub payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads one whole frame: nothing may be missing and nothing left over.
    #[inline]
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let (&[version, kind, a, b, c, d], payload) = bytes
            .split_first_chunk::<HEADER_LEN>()
            .ok_or(DecodeError::Short)?;
        if version != VERSION {
            return Err(DecodeError::Version);
        }
        let kind = FrameType::from_byte(kind)?;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if length > MAX_PAYLOAD {
            return Err(DecodeError::Length);
        }
        if payload.len() < length {
            return Err(DecodeError::Short);
        }
        if payload.len() > length {
            return Err(DecodeError::Long);
        }
        Ok(Self { kind, payload })
    }

    /// Writes the frame.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Writer::with_capacity(HEADER_LEN + self.payload.len());
        begin(&mut out, self.kind, self.payload.len())?;
        out.bytes(self.payload);
        Ok(out.into_bytes())
    }
}

/// Writes the header of a frame whose payload of `length` bytes follows.
pub fn begin(out: &mut Writer, kind: FrameType, length: usize) -> Result<(), EncodeError> {
    match u32::try_from(length) {
        Ok(field) if length <= MAX_PAYLOAD => {
            out.u8(VERSION);
            out.u8(kind.byte());
            out.u32(field);
            Ok(())
        }
        _ => Err(EncodeError::new("payload", "too long for a frame")),
    }
}
