//! The question of FIND (protocol.md §5): body of a routed FIND after its request id, and of an ASK in mode FIND.
//!
//! ```text
//!  0 32  key
//! 32 32  except  a NodeID that is not wanted, or zero
//! 64  1  filter  0 any, 1 STORE, 2 ANCHOR and STORE
//! ```

use super::Message;
use super::value::fields;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Bytes of the message.
pub const LEN: usize = 65;

const ANCHOR_AND_STORE: u8 = 2;

/// Who is close to this key?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindBody {
    /// Where to look.
    pub key: [u8; 32],
    /// Whom to leave out; zero for nobody.
    pub except: [u8; 32],
    /// Capabilities that a record must show.
    pub filter: u8,
}

impl Message for FindBody {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.key);
        out.bytes(&self.except);
        out.code("filter", self.filter, ANCHOR_AND_STORE)
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            key: from.array()?,
            except: from.array()?,
            filter: from.code(ANCHOR_AND_STORE)?,
        })
    }
}

fields!(FindBody { key => "key", except => "except", filter => "filter" });
