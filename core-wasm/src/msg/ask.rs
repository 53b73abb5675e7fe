//! ASK and ASKED (protocol.md §4): a request that a neighbour makes in its own name, and what came of it.
//!
//! ```text
//! ASK     0 16  id      random; names the request between the two neighbours
//!        16  1  mode    0 SEALED, 1 FIND
//!        17 32  target  NodeID; in mode FIND the key
//!        49  …  body    SEALED: e 32 ∥ ciphertext with its 16 B of authenticator, so at least 48 bytes
//!                       FIND: exactly a FIND body, 65 bytes
//!
//! ASKED   0 16  id      of the ask
//!        16  1  code    0 an answer; 1 busy, 2 over budget, 3 no route, 4 unanswered
//!        17  …  answer  code 0: SEALED: r 16 ∥ ciphertext, FIND: records; else nothing
//! ```

use super::value::fields;
use super::{Message, find_body};
use crate::wire::{DecodeError, EncodeError, Reader, Writer, frame};

/// Mode: the body is for the target alone.
pub const SEALED: u8 = 0;
/// Mode: the body is a FIND.
pub const FIND: u8 = 1;
/// Code of ASKED: an answer follows.
pub const ANSWERED: u8 = 0;

const UNANSWERED: u8 = 4;
const MIN_SEALED: usize = 32 + 16;
const MAX_BODY: usize = frame::MAX_PAYLOAD - 49;
const MAX_ANSWER: usize = frame::MAX_PAYLOAD - 17;

/// Ask this for me.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Comes back in ASKED.
    pub id: [u8; 16],
    /// [`SEALED`] or [`FIND`].
    pub mode: u8,
    /// NodeID or key.
    pub target: [u8; 32],
    /// By mode.
    pub body: Vec<u8>,
}

/// This is what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Of the ask.
    pub id: [u8; 16],
    /// [`ANSWERED`], or why there is no answer.
    pub code: u8,
    /// Empty unless answered.
    pub answer: Vec<u8>,
}

impl Message for Ask {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.id);
        out.code("mode", self.mode, FIND)?;
        out.bytes(&self.target);
        if !fits(self.mode, self.body.len()) {
            return Err(EncodeError::new("body", "not of a length for this mode"));
        }
        out.bytes(&self.body);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let id = from.array()?;
        let mode = from.code(FIND)?;
        let target = from.array()?;
        if !fits(mode, from.remaining()) {
            return Err(DecodeError::Length);
        }
        Ok(Self {
            id,
            mode,
            target,
            body: from.rest().to_vec(),
        })
    }
}

const fn fits(mode: u8, length: usize) -> bool {
    match mode {
        FIND => length == find_body::LEN,
        _ => MIN_SEALED <= length && length <= MAX_BODY,
    }
}

impl Message for Asked {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        out.bytes(&self.id);
        out.code("code", self.code, UNANSWERED)?;
        if self.answer.len() > MAX_ANSWER || (self.code != ANSWERED && !self.answer.is_empty()) {
            return Err(EncodeError::new("answer", "not of a length for this code"));
        }
        out.bytes(&self.answer);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let id = from.array()?;
        let code = from.code(UNANSWERED)?;
        if from.remaining() > MAX_ANSWER || (code != ANSWERED && from.remaining() > 0) {
            return Err(DecodeError::Length);
        }
        Ok(Self {
            id,
            code,
            answer: from.rest().to_vec(),
        })
    }
}

fields!(Ask { id => "id", mode => "mode", target => "target", body => "body" });
fields!(Asked { id => "id", code => "code", answer => "answer" });
