//! PING and PONG (protocol.md §3, *Health*; §0 for the clock).
//!
//! ```text
//! PING  0  4  id    u32
//!
//! PONG  0  4  id    u32, of the ping
//!       4  8  wall  u64, wall clock in ms, at most 2^53 − 1
//! ```

use super::Message;
use super::value::{Millis, fields};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Are you there?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// Comes back in the pong.
    pub id: u32,
}

/// Yes, and my clock says this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pong {
    /// That of the ping.
    pub id: u32,
    /// Wall clock, ms.
    pub wall: Millis,
}

impl Message for Ping {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.u32(self.id);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { id: from.u32()? })
    }
}

impl Message for Pong {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.u32(self.id);
        out.safe_u64("wall", self.wall.0)
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            id: from.u32()?,
            wall: Millis(from.safe_u64()?),
        })
    }
}

fields!(Ping { id => "id" });
fields!(Pong { id => "id", wall => "wall" });
