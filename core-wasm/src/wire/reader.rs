//! Reads fixed layouts from a slice. Every method advances or fails; none panics, none allocates.

use super::{DecodeError, MAX_SAFE};

type Result<T> = core::result::Result<T, DecodeError>;

/// A cursor over bytes that somebody else wrote.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    /// Bytes not yet read.
    pub const fn remaining(&self) -> usize {
        self.left.len()
    }

    /// The next `n` bytes.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (head, left) = self.left.split_at_checked(n).ok_or(DecodeError::Short)?;
        self.left = left;
        Ok(head)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, left) = self.left.split_first_chunk().ok_or(DecodeError::Short)?;
        self.left = left;
        Ok(*head)
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.left)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    /// Two bytes, big-endian.
    pub fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// Eight bytes, big-endian, at most 2^53 − 1: a time or a sequence number.
    pub fn safe_u64(&mut self) -> Result<u64> {
        let value = self.u64()?;
        if value > MAX_SAFE {
            return Err(DecodeError::Range);
        }
        Ok(value)
    }

    /// One byte that is at most `last`: a code out of a closed list.
    pub fn code(&mut self, last: u8) -> Result<u8> {
        let value = self.u8()?;
        if value > last {
            return Err(DecodeError::Value);
        }
        Ok(value)
    }

    /// One byte that must be the version `spoken`.
    pub fn version(&mut self, spoken: u8) -> Result<u8> {
        if self.u8()? != spoken {
            return Err(DecodeError::Version);
        }
        Ok(spoken)
    }

    /// A count of one byte, at most `max`.
    pub fn count(&mut self, max: usize) -> Result<usize> {
        let count = usize::from(self.u8()?);
        if count > max {
            return Err(DecodeError::Length);
        }
        Ok(count)
    }

    /// `u16 length ∥ bytes`, at most `max` bytes. The cap is checked before the bytes are looked for.
    pub fn sized(&mut self, max: usize) -> Result<&'a [u8]> {
        let length = usize::from(self.u16()?);
        if length > max {
            return Err(DecodeError::Length);
        }
        self.take(length)
    }

    /// Ends the message: nothing may be left.
    pub const fn finish(self) -> Result<()> {
        if self.left.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::Long)
        }
    }
}
