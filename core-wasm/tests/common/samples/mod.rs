//! Values of every message: the smallest, the largest of what is bounded, and every case of a union.

mod storage;

use nodus_core::msg::ask::{Ask, Asked};
use nodus_core::msg::find_body::FindBody;
use nodus_core::msg::hello::Hello;
use nodus_core::msg::leave::Leave;
use nodus_core::msg::no_route::NoRoute;
use nodus_core::msg::ping::{Ping, Pong};
use nodus_core::msg::proof::Proof;
use nodus_core::msg::record::{Address, ContactRecord};
use nodus_core::msg::records::Records;
use nodus_core::msg::tagged::Tagged;
use nodus_core::msg::tree::Tree;
use nodus_core::msg::value::{Field, Millis};
use nodus_core::wire::MAX_SAFE;

use super::Rng;

/// A message by name, and what the sample shows.
pub struct Sample {
    pub name: &'static str,
    pub title: &'static str,
    pub value: Tree,
}

/// 2026-11-21T12:00Z: a time of today's size.
const NOW: Millis = Millis(1_795_262_400_000);

pub fn all() -> Vec<Sample> {
    let mut out = Vec::new();
    let rng = &mut Rng::new(1);
    links(&mut out, rng);
    neighbours(&mut out, rng);
    storage::requests(&mut out, rng);
    storage::answers(&mut out, rng);
    storage::stored(&mut out, rng);
    out
}

fn add(out: &mut Vec<Sample>, name: &'static str, title: &'static str, message: impl Field) {
    out.push(Sample {
        name,
        title,
        value: message.to_value(),
    });
}

pub fn record(rng: &mut Rng, addresses: Vec<Address>) -> ContactRecord {
    ContactRecord {
        version: 1,
        capabilities: if addresses.is_empty() { 0 } else { 1 | 2 | 8 },
        ed_pk: rng.array(),
        nonce: rng.next(),
        period: 0,
        x25519_pk: rng.array(),
        seq: NOW,
        expiry: 467_280,
        addresses,
        sig: rng.array(),
    }
}

fn links(out: &mut Vec<Sample>, rng: &mut Rng) {
    let mut hello = Hello {
        version: 1,
        network: rng.array(),
        role: 0,
        record: rng.vec(154),
        incarnation: u64::MAX,
        wall: NOW,
        e: rng.array(),
        random: rng.array(),
        binding: Vec::new(),
    };
    add(out, "hello", "dialer, nothing to bind", hello.clone());
    hello.role = 1;
    hello.binding = rng.vec(64);
    hello.wall = Millis(MAX_SAFE);
    add(
        out,
        "hello",
        "listener, two fingerprints, latest time",
        hello,
    );
    add(out, "proof", "signature", Proof { sig: rng.array() });

    add(
        out,
        "record",
        "a browser: no addresses",
        record(rng, Vec::new()),
    );
    let url = Address {
        kind: 1,
        bytes: b"wss://anchor.example:8443".to_vec(),
    };
    let stun = Address {
        kind: 3,
        bytes: b"anchor.example:3478".to_vec(),
    };
    add(
        out,
        "record",
        "an anchor: WebSocket and STUN",
        record(rng, vec![url, stun]),
    );
    let other = Address {
        kind: 200,
        bytes: rng.vec(255),
    };
    let last = Address {
        kind: 0,
        bytes: rng.vec(99),
    };
    let largest = ContactRecord {
        capabilities: u16::MAX,
        ..record(rng, vec![other, last])
    };
    add(
        out,
        "record",
        "512 bytes, unknown kinds and capabilities",
        largest,
    );

    add(out, "ping", "id", Ping { id: 0x0102_0304 });
    add(
        out,
        "pong",
        "id and clock",
        Pong {
            id: u32::MAX,
            wall: NOW,
        },
    );
    add(
        out,
        "leave",
        "incarnation",
        Leave {
            node_id: rng.array(),
            incarnation: NOW.0,
            sent: NOW,
            sig: rng.array(),
        },
    );
}

fn neighbours(out: &mut Vec<Sample>, rng: &mut Rng) {
    add(
        out,
        "records",
        "none",
        Records {
            records: Vec::new(),
        },
    );
    add(
        out,
        "records",
        "two",
        Records {
            records: vec![rng.vec(154), rng.vec(200)],
        },
    );
    let sixteen = (0..16).map(|length| rng.vec(154 + length)).collect();
    add(out, "records", "sixteen", Records { records: sixteen });

    let (id, target) = (rng.array(), rng.array());
    add(
        out,
        "ask",
        "sealed",
        Ask {
            id,
            mode: 0,
            target,
            body: rng.vec(304),
        },
    );
    let find = FindBody {
        key: rng.array(),
        except: [0; 32],
        filter: 2,
    };
    let body = nodus_core::msg::Message::encode(&find).expect("a valid FIND");
    add(
        out,
        "ask",
        "find",
        Ask {
            id,
            mode: 1,
            target: find.key,
            body,
        },
    );
    add(
        out,
        "asked",
        "an answer",
        Asked {
            id,
            code: 0,
            answer: rng.vec(40),
        },
    );
    add(
        out,
        "asked",
        "unanswered",
        Asked {
            id,
            code: 4,
            answer: Vec::new(),
        },
    );
    add(
        out,
        "noRoute",
        "origin and id",
        NoRoute {
            origin: rng.array(),
            id: u64::MAX - 1,
        },
    );
    add(
        out,
        "findBody",
        "anchors that store, for anyone",
        find.clone(),
    );
    add(
        out,
        "findBody",
        "any but one",
        FindBody {
            except: rng.array(),
            filter: 0,
            ..find
        },
    );
    add(
        out,
        "tagged",
        "empty body",
        Tagged {
            request_id: rng.array(),
            body: Vec::new(),
        },
    );
    add(
        out,
        "tagged",
        "some body",
        Tagged {
            request_id: rng.array(),
            body: rng.vec(33),
        },
    );
}
