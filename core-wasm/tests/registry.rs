//! Pins the byte of every frame type for good, and holds the table of the TypeScript side against it.
#![allow(clippy::expect_used, reason = "a test may panic")]

use nodus_core::wire::{Class, DecodeError, FrameType};

/// Never change a line; a byte that is given up stays reserved.
const PINNED: [(&str, u8, Class); 15] = [
    ("hello", 0x01, Class::Link),
    ("proof", 0x02, Class::Link),
    ("record", 0x03, Class::Link),
    ("ping", 0x04, Class::Link),
    ("pong", 0x05, Class::Link),
    ("leave", 0x06, Class::Link),
    ("anchors", 0x07, Class::Link),
    ("ask", 0x10, Class::Neighbour),
    ("asked", 0x11, Class::Neighbour),
    ("noRoute", 0x12, Class::Neighbour),
    ("cell", 0x13, Class::Neighbour),
    ("find", 0x20, Class::Routed),
    ("sealed", 0x21, Class::Routed),
    ("answer", 0x22, Class::Routed),
    ("data", 0x23, Class::Routed),
];

#[test]
fn every_byte_has_the_owner_it_always_had() {
    for ((name, byte, class), kind) in PINNED.into_iter().zip(FrameType::ALL) {
        assert_eq!(format!("{kind:?}").to_lowercase(), name.to_lowercase());
        assert_eq!(kind.byte(), byte);
        assert_eq!(kind.class(), class);
        assert_eq!(kind.is_routed(), class == Class::Routed);
    }
}

#[test]
fn other_bytes_are_refused() {
    for byte in 0..=u8::MAX {
        let owner = PINNED.iter().find(|(_, pinned, _)| *pinned == byte);
        match FrameType::from_byte(byte) {
            Ok(kind) => assert_eq!(owner.map(|(_, pinned, _)| *pinned), Some(kind.byte())),
            Err(error) => {
                assert_eq!(error, DecodeError::Type);
                assert!(owner.is_none());
            }
        }
    }
}

#[test]
fn typescript_has_the_same_table() {
    let source = include_str!("../../web/src/node/messages.ts");
    let (_, table) = source
        .split_once("export const FrameType = {")
        .expect("the table");
    let (table, _) = table.split_once('}').expect("its end");
    let theirs: Vec<String> = table
        .split(',')
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let ours: Vec<String> = PINNED
        .iter()
        .map(|(name, byte, _)| format!("{name}: 0x{byte:02x}"))
        .collect();
    assert_eq!(theirs, ours);
}
