//! The clear text of a SEALED request (protocol.md §4 *ASK*, §6, §7).
//!
//! ```text
//!  0 16  inner_id  random
//! 16  1  op        1 put, 2 list, 3 get, 4 have, 5 watch, 6 delete, 7 knock, 8 offer
//! 17  …  fields    by op
//!  …  …  padding   0 … 255 zeros, so that the whole is a multiple of 256
//!
//! put     place ∥ signer u8 ∥ sig 64 ∥ stamp u64 ∥ cell
//! list    place ∥ sent u64 ∥ signer u8 ∥ sig 64
//! get     place ∥ sent u64 ∥ n u8, 0 … 30 ∥ n × tag 16 ∥ signer u8 ∥ sig 64
//! have    place ∥ tag 16 ∥ hash 32
//! watch   as list
//! delete  place ∥ header 20 ∥ reason u8 ∥ sig 64
//! knock   session 16 ∥ reason u8 ∥ token 32 ∥ u16 length, 1 … 512 ∥ contact record
//! offer   session 16 ∥ u16 length, 0 … 16,384 ∥ SDP in UTF-8
//! ```
//!
//! place: see `place`. signer: 0 none (then sig is zero), 1 write key, 2 owner key. sent: ms, at most 2^53 − 1.
//! reason of delete: 0 read, 1 used, 2 revoked; of knock: 0 join, 1 table, 2 contact, 3 media. header: the first 20
//! bytes of the cell. The cell of a PUT carries no length: it is the largest size class that fits into what is left,
//! which is the right one because padding is shorter than any step between two classes.

use super::place::Place;
use super::records::{read_record, write_record};
use super::value::{Field, Millis, Value, fields, object, take, union};
use super::{Message, cell};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// The length of every request is a multiple of this.
pub const PAD: usize = 256;
/// Largest request: a 64 KiB cell with its headers.
pub const MAX_LEN: usize = (64 << 10) + PAD;
/// Largest number of tags of one GET.
pub const MAX_TAGS: usize = 30;
/// Largest offer or answer of WebRTC.
pub const MAX_SDP: usize = 16 << 10;

const OWNER: u8 = 2;
const REVOKED: u8 = 2;
const MEDIA: u8 = 3;

/// A request as the target reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Names the request between author and target.
    pub inner_id: [u8; 16],
    /// What is wanted.
    pub op: Op,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are explained in the head of this file"
)]
pub enum Op {
    /// Keep this cell.
    Put {
        place: Place,
        authority: Authority,
        stamp: u64,
        cell: Vec<u8>,
    },
    /// Which cells lie there?
    List {
        place: Place,
        sent: Millis,
        authority: Authority,
    },
    /// Give me these cells.
    Get {
        place: Place,
        sent: Millis,
        tags: Vec<[u8; 16]>,
        authority: Authority,
    },
    /// Do you keep exactly this cell?
    Have {
        place: Place,
        tag: [u8; 16],
        hash: [u8; 32],
    },
    /// List, and tell me of new cells.
    Watch {
        place: Place,
        sent: Millis,
        authority: Authority,
    },
    /// Drop this cell.
    Delete {
        place: Place,
        header: [u8; 20],
        reason: u8,
        sig: [u8; 64],
    },
    /// May I make a link?
    Knock {
        session: [u8; 16],
        reason: u8,
        token: [u8; 32],
        record: Vec<u8>,
    },
    /// WebRTC, the dialer's half.
    Offer { session: [u8; 16], sdp: String },
}

/// Whose signature it is, and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// 0 none, 1 write key, 2 owner key.
    pub signer: u8,
    /// Zero where nobody signs.
    pub sig: [u8; 64],
}

impl Message for Request {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        let start = out.len();
        out.bytes(&self.inner_id);
        out.u8(self.op.byte());
        self.op.write(out)?;
        let length = out.len() - start;
        out.zeros(length.next_multiple_of(PAD) - length);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = from.remaining();
        if length > MAX_LEN {
            return Err(DecodeError::Length);
        }
        if !length.is_multiple_of(PAD) {
            return Err(DecodeError::Padding);
        }
        let request = Self {
            inner_id: from.array()?,
            op: Op::read(from)?,
        };
        let padding = from.rest();
        if padding.len() >= PAD || padding.iter().any(|byte| *byte != 0) {
            return Err(DecodeError::Padding);
        }
        Ok(request)
    }
}

impl Op {
    const fn byte(&self) -> u8 {
        match self {
            Self::Put { .. } => 1,
            Self::List { .. } => 2,
            Self::Get { .. } => 3,
            Self::Have { .. } => 4,
            Self::Watch { .. } => 5,
            Self::Delete { .. } => 6,
            Self::Knock { .. } => 7,
            Self::Offer { .. } => 8,
        }
    }

    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        match self {
            Self::Put {
                place,
                authority,
                stamp,
                cell,
            } => {
                place.write(out)?;
                authority.write(out)?;
                out.u64(*stamp);
                write_cell(out, cell)
            }
            Self::List {
                place,
                sent,
                authority,
            }
            | Self::Watch {
                place,
                sent,
                authority,
            } => {
                place.write(out)?;
                out.safe_u64("sent", sent.0)?;
                authority.write(out)
            }
            Self::Get {
                place,
                sent,
                tags,
                authority,
            } => {
                place.write(out)?;
                out.safe_u64("sent", sent.0)?;
                out.count("tags", tags.len(), MAX_TAGS)?;
                out.bytes(tags.as_flattened());
                authority.write(out)
            }
            Self::Have { place, tag, hash } => {
                place.write(out)?;
                out.bytes(tag);
                out.bytes(hash);
                Ok(())
            }
            Self::Delete {
                place,
                header,
                reason,
                sig,
            } => {
                place.write(out)?;
                out.bytes(header);
                out.code("reason", *reason, REVOKED)?;
                out.bytes(sig);
                Ok(())
            }
            Self::Knock {
                session,
                reason,
                token,
                record,
            } => {
                out.bytes(session);
                out.code("reason", *reason, MEDIA)?;
                out.bytes(token);
                write_record(out, "record", record)
            }
            Self::Offer { session, sdp } => {
                out.bytes(session);
                out.sized("sdp", sdp.as_bytes(), MAX_SDP)
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let op = from.u8()?;
        Ok(match op {
            1 => Self::Put {
                place: Place::read(from)?,
                authority: Authority::read(from)?,
                stamp: from.u64()?,
                cell: read_cell(from)?,
            },
            2 | 5 => {
                let place = Place::read(from)?;
                let sent = Millis(from.safe_u64()?);
                let authority = Authority::read(from)?;
                match op {
                    2 => Self::List {
                        place,
                        sent,
                        authority,
                    },
                    _ => Self::Watch {
                        place,
                        sent,
                        authority,
                    },
                }
            }
            3 => Self::Get {
                place: Place::read(from)?,
                sent: Millis(from.safe_u64()?),
                tags: read_tags(from)?,
                authority: Authority::read(from)?,
            },
            4 => Self::Have {
                place: Place::read(from)?,
                tag: from.array()?,
                hash: from.array()?,
            },
            6 => Self::Delete {
                place: Place::read(from)?,
                header: from.array()?,
                reason: from.code(REVOKED)?,
                sig: from.array()?,
            },
            7 => Self::Knock {
                session: from.array()?,
                reason: from.code(MEDIA)?,
                token: from.array()?,
                record: read_record(from)?,
            },
            8 => Self::Offer {
                session: from.array()?,
                sdp: read_sdp(from)?,
            },
            _ => return Err(DecodeError::Value),
        })
    }
}

impl Message for Authority {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.code("signer", self.signer, OWNER)?;
        if self.signer == 0 && self.sig != [0; 64] {
            return Err(EncodeError::new("sig", "not zero though nobody signs"));
        }
        out.bytes(&self.sig);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let signer = from.code(OWNER)?;
        let sig = from.array()?;
        if signer == 0 && sig != [0; 64] {
            return Err(DecodeError::Value);
        }
        Ok(Self { signer, sig })
    }
}

fn read_tags(from: &mut Reader<'_>) -> Result<Vec<[u8; 16]>, DecodeError> {
    let count = from.count(MAX_TAGS)?;
    (0..count).map(|_| from.array()).collect()
}

/// A cell of one of the sizes, without a length of its own.
pub(super) fn write_cell(out: &mut Writer, cell: &[u8]) -> Result<(), EncodeError> {
    if !cell::is_size(cell.len()) {
        return Err(EncodeError::new("cell", "not of a size that cells have"));
    }
    out.bytes(cell);
    Ok(())
}

fn read_cell(from: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
    let size = cell::largest_within(from.remaining()).ok_or(DecodeError::Short)?;
    Ok(from.take(size)?.to_vec())
}

/// `u16 length ∥ SDP in UTF-8`.
pub(super) fn read_sdp(from: &mut Reader<'_>) -> Result<String, DecodeError> {
    let bytes = from.sized(MAX_SDP)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| DecodeError::Value)
}

fields!(Authority { signer => "signer", sig => "sig" });

impl Request {
    fn put_into<V: Value>(&self, object: &mut V) {
        self.op.put_into(object);
        object.put("innerId", self.inner_id.to_value());
    }

    fn take_from<V: Value>(object: &V) -> Result<Self, EncodeError> {
        Ok(Self {
            op: Op::take_from(object)?,
            inner_id: take(object, "innerId")?,
        })
    }
}
object!(Request);

union!(Op by "op" {
    "put" => Put { place => "place", stamp => "stamp", cell => "cell"; authority: Authority },
    "list" => List { place => "place", sent => "sent"; authority: Authority },
    "get" => Get { place => "place", sent => "sent", tags => "tags"; authority: Authority },
    "have" => Have { place => "place", tag => "tag", hash => "hash" },
    "watch" => Watch { place => "place", sent => "sent"; authority: Authority },
    "delete" => Delete { place => "place", header => "header", reason => "reason", sig => "sig" },
    "knock" => Knock { session => "session", reason => "reason", token => "token", record => "record" },
    "offer" => Offer { session => "session", sdp => "sdp" },
});
