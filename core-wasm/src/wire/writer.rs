//! Writes fixed layouts into a growing buffer; the counterpart of `Reader`.

use super::{EncodeError, MAX_SAFE};

type Result = core::result::Result<(), EncodeError>;

/// Bytes of a message in the making.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// Starts empty, with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            out: Vec::with_capacity(capacity),
        }
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The finished bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// `n` zero bytes.
    pub fn zeros(&mut self, n: usize) {
        self.out.resize(self.out.len() + n, 0);
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    /// Two bytes, big-endian.
    pub fn u16(&mut self, value: u16) {
        self.bytes(&value.to_be_bytes());
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self, value: u32) {
        self.bytes(&value.to_be_bytes());
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self, value: u64) {
        self.bytes(&value.to_be_bytes());
    }

    /// Eight bytes, big-endian, at most 2^53 − 1.
    pub fn safe_u64(&mut self, field: &'static str, value: u64) -> Result {
        if value > MAX_SAFE {
            return Err(EncodeError::new(field, "above 2^53 - 1"));
        }
        self.u64(value);
        Ok(())
    }

    /// One byte that is at most `last`.
    pub fn code(&mut self, field: &'static str, value: u8, last: u8) -> Result {
        if value > last {
            return Err(EncodeError::new(field, "unknown value"));
        }
        self.u8(value);
        Ok(())
    }

    /// One byte that must be `spoken`.
    pub fn version(&mut self, value: u8, spoken: u8) -> Result {
        if value != spoken {
            return Err(EncodeError::new("version", "not the one this code writes"));
        }
        self.u8(value);
        Ok(())
    }

    /// A count of one byte, at most `max`.
    pub fn count(&mut self, field: &'static str, count: usize, max: usize) -> Result {
        match u8::try_from(count) {
            Ok(byte) if count <= max => self.u8(byte),
            _ => return Err(EncodeError::new(field, "too many")),
        }
        Ok(())
    }

    /// `u16 length ∥ bytes`, at most `max` bytes.
    pub fn sized(&mut self, field: &'static str, bytes: &[u8], max: usize) -> Result {
        match u16::try_from(bytes.len()) {
            Ok(length) if bytes.len() <= max => self.u16(length),
            _ => return Err(EncodeError::new(field, "too long")),
        }
        self.bytes(bytes);
        Ok(())
    }
}
