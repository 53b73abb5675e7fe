//! The clear text of a SEALED answer (protocol.md §6, §7).
//!
//! ```text
//!  0 16  inner_id  of the request
//! 16  1  code      0 ok, 1 price, 2 quota, 3 full, 4 past, 5 too far ahead, 6 deleted, 7 bad signature,
//!                  8 bad address, 9 stale, 10 malformed
//! 17  1  kind      as below
//! 18  …  fields    by kind, no padding
//!
//!  0 none
//!  1 price      bits u8: the work that would do
//!  2 stored     receipt 178, see `receipt`
//!  3 listed     n u16, 0 … 512 ∥ n × (header 20 ∥ state u8, 1 held, 2 deleted)
//!  4 state      state u8: 0 absent, 1 held, 2 deleted
//!  5 cell       left u8 ∥ signer u8 ∥ sig 64 ∥ stamp u64 ∥ cell, to the end
//!  6 tombstone  left u8 ∥ header 20 ∥ reason u8, 0 read, 1 used, 2 revoked ∥ sig 64
//!  7 missing    left u8 ∥ tag 16
//!  8 notify     header 20
//!  9 welcome
//! 10 refuse     code u8, 0 full, 1 unknown, 2 crossing, 3 policy ∥ retry_after u16, seconds
//! 11 linked
//! 12 answer     u16 length, 0 … 16,384 ∥ SDP in UTF-8
//! 13 ended      reason u8, 0 read, 1 used, 2 revoked ∥ owner_sig 64
//! ```
//!
//! left: how many answers to the same request follow this one. signer: 0 none (then sig is zero), 1 write key, 2 owner
//! key. header: the first 20 bytes of a cell. owner_sig: over ("delete" ∥ address ∥ header ∥ reason) of the cell that the
//! request named, the proof that its owner ended it. A GET is answered by as many answers as there are cells,
//! tombstones and missing tags.

use super::receipt::Receipt;
use super::request::{Authority, MAX_SDP, read_sdp, write_cell};
use super::value::{Item, fields, object, union};
use super::{Message, cell};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Largest number of entries of one listing: all that an address takes in a day.
pub const MAX_LISTED: usize = 512;

const MALFORMED: u8 = 10;
const POLICY: u8 = 3;
const HELD: u8 = 1;
const DELETED: u8 = 2;
const REVOKED: u8 = 2;

/// An answer as the author of the request reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Of the request.
    pub inner_id: [u8; 16],
    /// 0 ok, else why it was refused.
    pub code: u8,
    /// What came of it.
    pub body: Body,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are explained in the head of this file"
)]
pub enum Body {
    /// Nothing to say beyond the code.
    None,
    /// Not enough work on the stamp.
    Price { bits: u8 },
    /// The cell is durable here.
    Stored { receipt: Receipt },
    /// What lies at the address.
    Listed { entries: Vec<Entry> },
    /// Of the one cell that HAVE named.
    State { state: u8 },
    /// One cell that GET asked for.
    Cell {
        left: u8,
        authority: Authority,
        stamp: u64,
        cell: Vec<u8>,
    },
    /// It was deleted; the owner's signature shows it.
    Tombstone {
        left: u8,
        header: [u8; 20],
        reason: u8,
        sig: [u8; 64],
    },
    /// Nothing lies under this tag.
    Missing { left: u8, tag: [u8; 16] },
    /// A new cell came to a watched address.
    Notify { header: [u8; 20] },
    /// A knock is heard: send the offer.
    Welcome,
    /// A knock is refused.
    Refuse { code: u8, retry_after: u16 },
    /// A link exists already.
    Linked,
    /// WebRTC, the listener's half.
    Sdp { sdp: String },
    /// The cell that the request named was deleted; the owner's signature shows it.
    Ended { reason: u8, sig: [u8; 64] },
}

/// One cell or tombstone of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The cell's header.
    pub header: [u8; 20],
    /// 1 held, 2 deleted.
    pub state: u8,
}

impl Message for Answer {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.inner_id);
        out.code("code", self.code, MALFORMED)?;
        out.u8(self.body.byte());
        self.body.write(out)
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            inner_id: from.array()?,
            code: from.code(MALFORMED)?,
            body: Body::read(from)?,
        })
    }
}

impl Body {
    const fn byte(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::Price { .. } => 1,
            Self::Stored { .. } => 2,
            Self::Listed { .. } => 3,
            Self::State { .. } => 4,
            Self::Cell { .. } => 5,
            Self::Tombstone { .. } => 6,
            Self::Missing { .. } => 7,
            Self::Notify { .. } => 8,
            Self::Welcome => 9,
            Self::Refuse { .. } => 10,
            Self::Linked => 11,
            Self::Sdp { .. } => 12,
            Self::Ended { .. } => 13,
        }
    }

    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        match self {
            Self::None | Self::Welcome | Self::Linked => {}
            Self::Price { bits } => out.u8(*bits),
            Self::Stored { receipt } => receipt.write(out)?,
            Self::Listed { entries } => write_entries(out, entries)?,
            Self::State { state } => out.code("state", *state, DELETED)?,
            Self::Cell {
                left,
                authority,
                stamp,
                cell,
            } => {
                out.u8(*left);
                authority.write(out)?;
                out.u64(*stamp);
                write_cell(out, cell)?;
            }
            Self::Tombstone {
                left,
                header,
                reason,
                sig,
            } => {
                out.u8(*left);
                out.bytes(header);
                out.code("reason", *reason, REVOKED)?;
                out.bytes(sig);
            }
            Self::Missing { left, tag } => {
                out.u8(*left);
                out.bytes(tag);
            }
            Self::Notify { header } => out.bytes(header),
            Self::Refuse { code, retry_after } => {
                out.code("code", *code, POLICY)?;
                out.u16(*retry_after);
            }
            Self::Sdp { sdp } => out.sized("sdp", sdp.as_bytes(), MAX_SDP)?,
            Self::Ended { reason, sig } => {
                out.code("reason", *reason, REVOKED)?;
                out.bytes(sig);
            }
        }
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match from.u8()? {
            0 => Self::None,
            1 => Self::Price { bits: from.u8()? },
            2 => Self::Stored {
                receipt: Receipt::read(from)?,
            },
            3 => Self::Listed {
                entries: read_entries(from)?,
            },
            4 => Self::State {
                state: from.code(DELETED)?,
            },
            5 => Self::Cell {
                left: from.u8()?,
                authority: Authority::read(from)?,
                stamp: from.u64()?,
                cell: read_last_cell(from)?,
            },
            6 => Self::Tombstone {
                left: from.u8()?,
                header: from.array()?,
                reason: from.code(REVOKED)?,
                sig: from.array()?,
            },
            7 => Self::Missing {
                left: from.u8()?,
                tag: from.array()?,
            },
            8 => Self::Notify {
                header: from.array()?,
            },
            9 => Self::Welcome,
            10 => Self::Refuse {
                code: from.code(POLICY)?,
                retry_after: from.u16()?,
            },
            11 => Self::Linked,
            12 => Self::Sdp {
                sdp: read_sdp(from)?,
            },
            13 => Self::Ended {
                reason: from.code(REVOKED)?,
                sig: from.array()?,
            },
            _ => return Err(DecodeError::Value),
        })
    }
}

fn write_entries(out: &mut Writer, entries: &[Entry]) -> Result<(), EncodeError> {
    match u16::try_from(entries.len()) {
        Ok(count) if entries.len() <= MAX_LISTED => out.u16(count),
        _ => return Err(EncodeError::new("entries", "too many")),
    }
    for entry in entries {
        out.bytes(&entry.header);
        if entry.state < HELD {
            return Err(EncodeError::new("state", "unknown value"));
        }
        out.code("state", entry.state, DELETED)?;
    }
    Ok(())
}

fn read_entries(from: &mut Reader<'_>) -> Result<Vec<Entry>, DecodeError> {
    let count = usize::from(from.u16()?);
    if count > MAX_LISTED {
        return Err(DecodeError::Length);
    }
    (0..count)
        .map(|_| {
            let entry = Entry {
                header: from.array()?,
                state: from.code(DELETED)?,
            };
            if entry.state < HELD {
                Err(DecodeError::Value)
            } else {
                Ok(entry)
            }
        })
        .collect()
}

/// An answer is not padded, so its cell is simply the rest.
fn read_last_cell(from: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
    if !cell::is_size(from.remaining()) {
        return Err(DecodeError::Length);
    }
    Ok(from.rest().to_vec())
}

union!(Body by "kind" {
    "none" => None {},
    "price" => Price { bits => "bits" },
    "stored" => Stored { ; receipt: Receipt },
    "listed" => Listed { entries => "entries" },
    "state" => State { state => "state" },
    "cell" => Cell { left => "left", stamp => "stamp", cell => "cell"; authority: Authority },
    "tombstone" => Tombstone { left => "left", header => "header", reason => "reason", sig => "sig" },
    "missing" => Missing { left => "left", tag => "tag" },
    "notify" => Notify { header => "header" },
    "welcome" => Welcome {},
    "refuse" => Refuse { code => "code", retry_after => "retryAfter" },
    "linked" => Linked {},
    "answer" => Sdp { sdp => "sdp" },
    "ended" => Ended { reason => "reason", sig => "sig" },
});
fields!(Entry { header => "header", state => "state" });
impl Item for Entry {}

object!(Body);
fields!(Answer { inner_id => "innerId", code => "code", body => "body" });
