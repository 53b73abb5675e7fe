//! What a storage request names; the holder computes the address from it (protocol.md §7).
//!
//! ```text
//!  0  1  kind      1 pair, 2 inbox, 3 invite, 4 presence
//!  1  2  day       u16, days since 2026-01-01; 0 where kind is invite
//!  3 32  write_pk  zero where kind is inbox
//! 35 32  owner_pk  equal to write_pk where kind is pair
//!
//!  0  1  kind      5 card
//!  1 32  address
//! ```
//!
//! The rules on day and keys belong to the layout: without them one box would have several addresses.

use super::Message;
use super::value::{Field, Value, fields, object, take};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Kind: box of a pair of contacts for one day.
pub const PAIR: u8 = 1;
/// Kind: anyone may write.
pub const INBOX: u8 = 2;
/// Kind: whoever has the link may write.
pub const INVITE: u8 = 3;
/// Kind: presence of one day.
pub const PRESENCE: u8 = 4;
/// Kind: a card; its own authority.
pub const CARD: u8 = 5;

/// A place in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Kinds 1 to 4: who may write, who may read, on which day.
    Box(BoxPlace),
    /// Kind 5: H("card" ∥ IdentityID).
    Card {
        /// The address itself.
        address: [u8; 32],
    },
}

/// The keys and the day of a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxPlace {
    /// [`PAIR`], [`INBOX`], [`INVITE`] or [`PRESENCE`].
    pub kind: u8,
    /// Days since 2026-01-01.
    pub day: u16,
    /// Ed25519 key that may write.
    pub write_pk: [u8; 32],
    /// Ed25519 key that may read and delete.
    pub owner_pk: [u8; 32],
}

impl BoxPlace {
    fn flaw(&self) -> Option<EncodeError> {
        match self.kind {
            PAIR if self.write_pk != self.owner_pk => {
                Some(EncodeError::new("ownerPk", "not the write key of a pair"))
            }
            INBOX if self.write_pk != [0; 32] => {
                Some(EncodeError::new("writePk", "not zero for an inbox"))
            }
            INVITE if self.day != 0 => Some(EncodeError::new("day", "not zero for an invite")),
            PAIR | INBOX | INVITE | PRESENCE => None,
            _ => Some(EncodeError::new("kind", "unknown value")),
        }
    }
}

impl Message for Place {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        match self {
            Self::Box(place) => {
                if let Some(flaw) = place.flaw() {
                    return Err(flaw);
                }
                out.u8(place.kind);
                out.u16(place.day);
                out.bytes(&place.write_pk);
                out.bytes(&place.owner_pk);
            }
            Self::Card { address } => {
                out.u8(CARD);
                out.bytes(address);
            }
        }
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let kind = from.u8()?;
        if kind == CARD {
            return Ok(Self::Card {
                address: from.array()?,
            });
        }
        if !(PAIR..=PRESENCE).contains(&kind) {
            return Err(DecodeError::Value);
        }
        let place = BoxPlace {
            kind,
            day: from.u16()?,
            write_pk: from.array()?,
            owner_pk: from.array()?,
        };
        match place.flaw() {
            Some(_) => Err(DecodeError::Value),
            None => Ok(Self::Box(place)),
        }
    }
}

impl Place {
    fn put_into<V: Value>(&self, object: &mut V) {
        match self {
            Self::Box(place) => place.put_into(object),
            Self::Card { address } => {
                object.put("kind", CARD.to_value());
                object.put("address", address.to_value());
            }
        }
    }

    fn take_from<V: Value>(object: &V) -> Result<Self, EncodeError> {
        if take::<u8, V>(object, "kind")? == CARD {
            return Ok(Self::Card {
                address: take(object, "address")?,
            });
        }
        BoxPlace::take_from(object).map(Self::Box)
    }
}
object!(Place);
fields!(BoxPlace { kind => "kind", day => "day", write_pk => "writePk", owner_pk => "ownerPk" });
