//! The payload of every routed request and of ANSWER (protocol.md §4).
//!
//! ```text
//!  0 16  request_id  random; equal in all copies and retries, and in the answer
//! 16  …  body        what is left, perhaps nothing
//! ```

use super::Message;
use super::routed::MAX_ROUTED_PAYLOAD;
use super::value::fields;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};

/// Largest body: what is left of a routed payload.
pub const MAX_BODY: usize = MAX_ROUTED_PAYLOAD - 16;

/// A body and the request that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Names the request.
    pub request_id: [u8; 16],
    /// By frame type: a FIND body, a sealed request, records, a sealed answer, or data.
    pub body: Vec<u8>,
}

impl Message for Tagged {
    fn write(&self, out: &mut Writer) -> Result<(), EncodeError> {
        if self.body.len() > MAX_BODY {
            return Err(EncodeError::new("body", "too long for a frame"));
        }
        out.bytes(&self.request_id);
        out.bytes(&self.body);
        Ok(())
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let request_id = from.array()?;
        if from.remaining() > MAX_BODY {
            return Err(DecodeError::Length);
        }
        Ok(Self {
            request_id,
            body: from.rest().to_vec(),
        })
    }
}

fields!(Tagged { request_id => "requestId", body => "body" });
