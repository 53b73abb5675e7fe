//! The vectors that Rust and TypeScript share: test/vectors/<message>.json, one file a message.
//!
//! A file is `{ message, accepted: [{ title, value, hex }], refused: [{ title, length, at, put, error }] }`. In a value,
//! bytes are `{ "hex": "…" }` and bigints `{ "big": "…" }`. What is refused is the first of the accepted, cut or filled
//! with zeros to `length`, and then with the bytes `put` over those from `at`. frame.json and routed.json say it in hex.
//!
//! `NODUS_WRITE_VECTORS=1 cargo test --test vectors` writes them anew; a changed vector is a changed wire form.
#![allow(clippy::expect_used, reason = "a test may panic")]

mod common;

use common::vectors::{check, json, text};
use common::{Rng, hex, samples};
use nodus_core::msg::named;
use nodus_core::msg::routed::{NewRouted, RoutedView};
use nodus_core::msg::tree::Tree;
use nodus_core::wire::{DecodeError, Frame, FrameType};

/// Bytes put over those of the first sample of a message, and the error that they must bring.
const SPOILED: &[(&str, &str, usize, &[u8], DecodeError)] = &[
    ("hello", "version 2", 0, &[2], DecodeError::Version),
    ("hello", "role 2", 17, &[2], DecodeError::Value),
    ("hello", "an empty record", 18, &[0, 0], DecodeError::Length),
    (
        "hello",
        "a record of 513 bytes",
        18,
        &[2, 1],
        DecodeError::Length,
    ),
    (
        "hello",
        "wall clock of 2^53",
        182,
        &[0, 32, 0, 0, 0, 0, 0, 0],
        DecodeError::Range,
    ),
    (
        "hello",
        "a binding of 513 bytes",
        254,
        &[2, 1],
        DecodeError::Length,
    ),
    ("record", "version 0", 0, &[0], DecodeError::Version),
    (
        "record",
        "seq of 2^53",
        77,
        &[0, 32, 0, 0, 0, 0, 0, 0],
        DecodeError::Range,
    ),
    ("record", "nine addresses", 89, &[9], DecodeError::Length),
    (
        "record",
        "an empty address",
        89,
        &[1, 1, 0],
        DecodeError::Length,
    ),
    (
        "pong",
        "wall clock of 2^64 - 1",
        4,
        &[255; 8],
        DecodeError::Range,
    ),
    (
        "leave",
        "sent at 2^53",
        40,
        &[0, 32, 0, 0, 0, 0, 0, 0],
        DecodeError::Range,
    ),
    ("records", "seventeen", 0, &[17], DecodeError::Length),
    (
        "records",
        "one announced, none there",
        0,
        &[1],
        DecodeError::Short,
    ),
    ("ask", "mode 2", 16, &[2], DecodeError::Value),
    (
        "ask",
        "a FIND of another length",
        16,
        &[1],
        DecodeError::Length,
    ),
    ("asked", "code 5", 16, &[5], DecodeError::Value),
    (
        "asked",
        "an answer though busy",
        16,
        &[1],
        DecodeError::Length,
    ),
    ("findBody", "filter 3", 64, &[3], DecodeError::Value),
    ("request", "op 0", 16, &[0], DecodeError::Value),
    ("request", "op 9", 16, &[9], DecodeError::Value),
    ("request", "a place of kind 0", 17, &[0], DecodeError::Value),
    ("request", "a place of kind 6", 17, &[6], DecodeError::Value),
    (
        "request",
        "a pair with two keys",
        20,
        &[0],
        DecodeError::Value,
    ),
    (
        "request",
        "an inbox with a write key",
        17,
        &[2],
        DecodeError::Value,
    ),
    (
        "request",
        "an invite with a day",
        17,
        &[3],
        DecodeError::Value,
    ),
    ("request", "signer 3", 84, &[3], DecodeError::Value),
    (
        "request",
        "a signature though nobody signs",
        84,
        &[0],
        DecodeError::Value,
    ),
    (
        "request",
        "padding that is not zero",
        2303,
        &[1],
        DecodeError::Padding,
    ),
    ("answer", "code 11", 16, &[11], DecodeError::Value),
    ("answer", "kind 14", 17, &[14], DecodeError::Value),
    ("cellHeader", "version 2", 0, &[2], DecodeError::Version),
    ("cellHeader", "suite 2", 1, &[2], DecodeError::Value),
    ("card", "version 0", 0, &[0], DecodeError::Version),
    ("card", "a reserved byte", 4331, &[1], DecodeError::Padding),
];

#[test]
fn messages() {
    let samples = samples::all();
    for name in named::NAMES {
        let mut accepted = Vec::new();
        let mut first = Vec::new();
        for sample in samples.iter().filter(|sample| sample.name == *name) {
            let bytes = named::encode(name, &sample.value).expect(sample.title);
            accepted.push(format!(
                "{{ \"title\": {}, \"value\": {}, \"hex\": \"{}\" }}",
                text(sample.title),
                json(&sample.value),
                hex(&bytes)
            ));
            if first.is_empty() {
                first = bytes;
            }
        }
        let refused = refused(name, &first);
        check(name, &[("accepted", accepted), ("refused", refused)]);
    }
}

fn refused(name: &str, first: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut add = |title: &str, length: usize, at: usize, put: &[u8], error: DecodeError| {
        out.push(format!(
            "{{ \"title\": {}, \"length\": {length}, \"at\": {at}, \"put\": \"{}\", \"error\": \"{error}\" }}",
            text(title),
            hex(put)
        ));
    };
    let length = first.len();
    for (title, length) in [
        ("nothing", 0),
        ("cut by a byte", length - 1),
        ("a byte more", length + 1),
    ] {
        let mut bytes = first.to_vec();
        bytes.resize(length, 0);
        if let Err(error) = named::decode::<Tree>(name, &bytes) {
            add(title, length, 0, &[], error);
        }
    }
    for (_, title, at, put, error) in SPOILED.iter().filter(|(of, ..)| *of == name) {
        assert_eq!(
            named::decode::<Tree>(name, &with(first, *at, put)),
            Err(*error),
            "{name}: {title}"
        );
        add(title, length, *at, put, *error);
    }
    out
}

/// The layout of routed messages, with a made-up signature; real ones are made in the tests of the core's signatures.
#[test]
fn routed() {
    let mut rng = Rng::new(2);
    let mut accepted = Vec::new();
    for (title, n_avoid, exact, length) in [
        ("exact, nothing to avoid", 0, true, 16),
        ("closest, avoiding two, no payload", 2, false, 0),
    ] {
        let (target, ed_pk, sig, hash) = (rng.array(), rng.array(), rng.array(), rng.array());
        let avoid: Vec<[u8; 8]> = (0..n_avoid).map(|_| rng.array()).collect();
        let payload = rng.vec(length);
        let message = NewRouted {
            kind: if exact {
                FrameType::Sealed
            } else {
                FrameType::Find
            },
            target: &target,
            exact,
            ttl: 14,
            ed_pk: &ed_pk,
            nonce: rng.next(),
            period: 3,
            sent: 1_795_262_400_000,
            id: rng.next(),
            avoid: &avoid,
            payload: &payload,
        };
        let bytes = message.encode_frame(&sig).expect(title);
        let frame = Frame::decode(&bytes).expect(title);
        assert!(RoutedView::parse(frame.kind, frame.payload).is_ok());
        accepted.push(format!(
            "{{ \"title\": {}, \"type\": {}, \"target\": \"{}\", \"exact\": {exact}, \"ttl\": 14, \"edPk\": \"{}\", \
             \"nonce\": \"{}\", \"period\": 3, \"sent\": {}, \"id\": \"{}\", \"avoid\": [{}], \"payload\": \"{}\", \
             \"sig\": \"{}\", \"payloadHash\": \"{}\", \"signed\": \"{}\", \"frame\": \"{}\" }}",
            text(title),
            message.kind.byte(),
            hex(&target),
            hex(&ed_pk),
            message.nonce,
            message.sent,
            message.id,
            avoid.iter().map(|node| format!("\"{}\"", hex(node))).collect::<Vec<_>>().join(", "),
            hex(&payload),
            hex(&sig),
            hex(&hash),
            hex(&message.signed_bytes(&hash)),
            hex(&bytes),
        ));
    }
    check(
        "routed",
        &[("accepted", accepted), ("refused", refused_routed())],
    );
}

fn refused_routed() -> Vec<String> {
    let valid = vec![0; 157];
    let cases: [(&str, Vec<u8>, DecodeError); 6] = [
        ("nothing", Vec::new(), DecodeError::Short),
        ("a byte too short", valid[1..].to_vec(), DecodeError::Short),
        (
            "an unknown flag",
            with(&valid, 32, &[2]),
            DecodeError::Value,
        ),
        (
            "nine nodes to avoid",
            with(&valid, 34, &[9]),
            DecodeError::Length,
        ),
        (
            "one node to avoid, not there",
            with(&valid, 34, &[1]),
            DecodeError::Short,
        ),
        (
            "sent at 2^53",
            with(&valid, 77, &[0, 32, 0, 0, 0, 0, 0, 0]),
            DecodeError::Range,
        ),
    ];
    assert_eq!(
        RoutedView::parse(FrameType::Ping, &valid),
        Err(DecodeError::Type)
    );
    cases
        .into_iter()
        .map(|(title, bytes, error)| {
            assert_eq!(
                RoutedView::parse(FrameType::Data, &bytes),
                Err(error),
                "{title}"
            );
            let frame = Frame {
                kind: FrameType::Data,
                payload: &bytes,
            }
            .encode()
            .expect(title);
            format!(
                "{{ \"title\": {}, \"hex\": \"{}\", \"error\": \"{error}\" }}",
                text(title),
                hex(&frame)
            )
        })
        .collect()
}

#[test]
fn frames() {
    let accepted = [
        (FrameType::Ping, vec![1, 2, 3, 4]),
        (FrameType::Cell, Vec::new()),
    ]
    .map(|(kind, payload)| {
        let bytes = Frame {
            kind,
            payload: &payload,
        }
        .encode()
        .expect("a short payload");
        let kind = kind.byte();
        format!(
            "{{ \"type\": {kind}, \"payload\": \"{}\", \"hex\": \"{}\" }}",
            hex(&payload),
            hex(&bytes)
        )
    });
    let cases: [(&str, &[u8], DecodeError); 8] = [
        ("nothing", &[], DecodeError::Short),
        ("half a header", &[1, 4, 0], DecodeError::Short),
        ("version 2", &[2, 4, 0, 0, 0, 0], DecodeError::Version),
        ("type 0", &[1, 0, 0, 0, 0, 0], DecodeError::Type),
        ("type 0x30", &[1, 0x30, 0, 0, 0, 0], DecodeError::Type),
        ("66,561 bytes", &[1, 4, 0, 1, 4, 1], DecodeError::Length),
        ("a byte too few", &[1, 4, 0, 0, 0, 2, 0], DecodeError::Short),
        ("a byte too many", &[1, 4, 0, 0, 0, 0, 0], DecodeError::Long),
    ];
    let refused = cases.map(|(title, bytes, error)| {
        assert_eq!(Frame::decode(bytes), Err(error), "{title}");
        format!(
            "{{ \"title\": {}, \"hex\": \"{}\", \"error\": \"{error}\" }}",
            text(title),
            hex(bytes)
        )
    });
    check(
        "frame",
        &[
            ("accepted", accepted.to_vec()),
            ("refused", refused.to_vec()),
        ],
    );
}

fn with(bytes: &[u8], at: usize, put: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + put.len()].copy_from_slice(put);
    out
}
