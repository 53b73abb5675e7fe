//! Every message by the name that `Core.encode` and `Core.decode` take: the `Messages` of web/src/node/messages.ts.

use super::value::{Field, Value};
use super::{
    Message, answer, ask, card, cell, find_body, hello, leave, no_route, ping, proof, record,
};
use super::{records, request, tagged};
use crate::wire::{DecodeError, EncodeError};

macro_rules! named {
    ($($name:literal => $type:ty),* $(,)?) => {
        /// All names.
        pub const NAMES: &[&str] = &[$($name),*];

        /// The bytes of a message.
        pub fn encode<V: Value>(name: &str, value: &V) -> Result<Vec<u8>, EncodeError> {
            match name {
                $($name => <$type>::from_value($name, value)?.encode(),)*
                _ => Err(EncodeError::new("name", "no such message")),
            }
        }

        /// The message in these bytes; [`DecodeError::Type`] where no message has that name.
        pub fn decode<V: Value>(name: &str, bytes: &[u8]) -> Result<V, DecodeError> {
            match name {
                $($name => Ok(<$type>::decode(bytes)?.to_value()),)*
                _ => Err(DecodeError::Type),
            }
        }
    };
}

named! {
    "hello" => hello::Hello,
    "proof" => proof::Proof,
    "record" => record::ContactRecord,
    "ping" => ping::Ping,
    "pong" => ping::Pong,
    "leave" => leave::Leave,
    "records" => records::Records,
    "ask" => ask::Ask,
    "asked" => ask::Asked,
    "noRoute" => no_route::NoRoute,
    "findBody" => find_body::FindBody,
    "tagged" => tagged::Tagged,
    "request" => request::Request,
    "answer" => answer::Answer,
    "cellHeader" => cell::CellHeader,
    "card" => card::Card,
}
