//! Records in a row: payload of ANCHORS, and the body of the answer to FIND.
//!
//! ```text
//! 0  1  n  0 … 16
//! 1  …  n × (u16 length, 1 … 512 ∥ contact record)
//! ```
//!
//! The records are not looked into: each is checked alone, and one bad record does not spoil the others.

use super::value::fields;
use super::{Message, record};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Largest number of records: a bucket full.
pub const MAX_RECORDS: usize = 16;

/// Encoded contact records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// Each as its node signed it.
    pub records: Vec<Vec<u8>>,
}

impl Message for Records {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.count("records", self.records.len(), MAX_RECORDS)?;
        self.records
            .iter()
            .try_for_each(|bytes| write_record(out, "records", bytes))
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = from.count(MAX_RECORDS)?;
        let records = (0..count)
            .map(|_| read_record(from))
            .collect::<Result<_, _>>()?;
        Ok(Self { records })
    }
}

/// `u16 length ∥ record`, as it also stands in HELLO and KNOCK.
pub(super) fn write_record(
    out: &mut Writer,
    field: &'static str,
    bytes: &[u8],
) -> Result<(), EncodeError> {
    if bytes.is_empty() {
        return Err(EncodeError::new(field, "an empty record"));
    }
    out.sized(field, bytes, record::MAX_LEN)
}

/// The counterpart of [`write_record`].
pub(super) fn read_record(from: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
    let bytes = from.sized(record::MAX_LEN)?;
    if bytes.is_empty() {
        return Err(DecodeError::Length);
    }
    Ok(bytes.to_vec())
}

fields!(Records { records => "records" });
