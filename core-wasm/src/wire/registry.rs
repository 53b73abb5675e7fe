//! The one table of frame types. A byte has one owner for good; `FrameType` of web/src/node/messages.ts is its mirror.
//!
//! ```text
//! 0x00        never used, so that zeroed memory is not a message
//! 0x01 – 0x0f one link: between the two ends of it
//! 0x10 – 0x1f neighbours: asked of or told to the other end, which acts in its own name
//! 0x20 – 0x2f routed: protocol.md §4
//! 0x30 – 0x3f kept for relayed links
//! 0x40 – 0x4f kept for bulk transfer
//! 0x50 – 0x5f kept for media
//! 0x60 – 0x6f kept for names and presence
//! 0x70 – 0x7f kept for the ledger
//! 0x80 – 0xff not given out
//! ```

use super::DecodeError;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FrameType {
    /// First frame of both sides of a link.
    Hello = 0x01,
    /// Second frame of both sides: the signature over both HELLOs.
    Proof = 0x02,
    /// The sender's contact record.
    Record = 0x03,
    /// Keepalive.
    Ping = 0x04,
    /// Answer to a ping.
    Pong = 0x05,
    /// A signed good-bye.
    Leave = 0x06,
    /// Records of dialable nodes.
    Anchors = 0x07,
    /// A request to be made in the neighbour's name.
    Ask = 0x10,
    /// What came of it.
    Asked = 0x11,
    /// No edge is closer: told back along the path.
    NoRoute = 0x12,
    /// A sealed cell from a contact, on a direct link.
    Cell = 0x13,
    /// Who is close to this key?
    Find = 0x20,
    /// A sealed request to one node.
    Sealed = 0x21,
    /// The answer to a FIND or a SEALED.
    Answer = 0x22,
    /// Bytes of the application.
    Data = 0x23,
}

/// How far a frame may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Ends at the other end of the link.
    Link,
    /// Between neighbours; the neighbour may act on it.
    Neighbour,
    /// Carried from node to node.
    Routed,
}

impl FrameType {
    /// Every type, in the order of the bytes.
    pub const ALL: [Self; 15] = [
        Self::Hello,
        Self::Proof,
        Self::Record,
        Self::Ping,
        Self::Pong,
        Self::Leave,
        Self::Anchors,
        Self::Ask,
        Self::Asked,
        Self::NoRoute,
        Self::Cell,
        Self::Find,
        Self::Sealed,
        Self::Answer,
        Self::Data,
    ];

    /// The type of a byte; [`DecodeError::Type`] where nobody owns it.
    pub const fn from_byte(byte: u8) -> Result<Self, DecodeError> {
        Ok(match byte {
            0x01 => Self::Hello,
            0x02 => Self::Proof,
            0x03 => Self::Record,
            0x04 => Self::Ping,
            0x05 => Self::Pong,
            0x06 => Self::Leave,
            0x07 => Self::Anchors,
            0x10 => Self::Ask,
            0x11 => Self::Asked,
            0x12 => Self::NoRoute,
            0x13 => Self::Cell,
            0x20 => Self::Find,
            0x21 => Self::Sealed,
            0x22 => Self::Answer,
            0x23 => Self::Data,
            _ => return Err(DecodeError::Type),
        })
    }

    /// The byte on the wire.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// How far it may travel; the high half of the byte says it.
    pub const fn class(self) -> Class {
        match self.byte() >> 4 {
            0 => Class::Link,
            1 => Class::Neighbour,
            _ => Class::Routed,
        }
    }

    /// Whether it is carried from node to node.
    pub const fn is_routed(self) -> bool {
        matches!(self.class(), Class::Routed)
    }
}
