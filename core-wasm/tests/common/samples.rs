//! Values of every message: the smallest, the largest of what is bounded, and every case of a union.

use nodus_core::msg::answer::{Answer, Body, Entry};
use nodus_core::msg::ask::{Ask, Asked};
use nodus_core::msg::card::Card;
use nodus_core::msg::cell::CellHeader;
use nodus_core::msg::find_body::FindBody;
use nodus_core::msg::hello::Hello;
use nodus_core::msg::leave::Leave;
use nodus_core::msg::no_route::NoRoute;
use nodus_core::msg::ping::{Ping, Pong};
use nodus_core::msg::place::{self, BoxPlace, Place};
use nodus_core::msg::proof::Proof;
use nodus_core::msg::receipt::Receipt;
use nodus_core::msg::record::{Address, ContactRecord};
use nodus_core::msg::records::Records;
use nodus_core::msg::request::{Authority, Op, Request};
use nodus_core::msg::tagged::Tagged;
use nodus_core::msg::value::{Field, Millis, Value};
use nodus_core::wire::MAX_SAFE;

use super::Rng;

/// A message by name, and what the sample shows.
pub struct Sample {
    pub name: &'static str,
    pub title: &'static str,
    pub value: Value,
}

/// 2026-11-21T12:00Z: a time of today's size.
const NOW: Millis = Millis(1_795_262_400_000);

pub fn all() -> Vec<Sample> {
    let mut out = Vec::new();
    let rng = &mut Rng::new(1);
    links(&mut out, rng);
    neighbours(&mut out, rng);
    requests(&mut out, rng);
    answers(&mut out, rng);
    stored(&mut out, rng);
    out
}

fn add(out: &mut Vec<Sample>, name: &'static str, title: &'static str, message: impl Field) {
    out.push(Sample {
        name,
        title,
        value: message.into_value(),
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

fn places(rng: &mut Rng) -> [Place; 5] {
    let (write, owner) = (rng.array(), rng.array());
    let place = |kind, day, write_pk, owner_pk| {
        Place::Box(BoxPlace {
            kind,
            day,
            write_pk,
            owner_pk,
        })
    };
    [
        place(place::PAIR, 324, write, write),
        place(place::INBOX, u16::MAX, [0; 32], owner),
        place(place::INVITE, 0, write, owner),
        place(place::PRESENCE, 1, write, owner),
        Place::Card {
            address: rng.array(),
        },
    ]
}

fn requests(out: &mut Vec<Sample>, rng: &mut Rng) {
    let [pair, inbox, invite, presence, card] = places(rng);
    let nobody = Authority {
        signer: 0,
        sig: [0; 64],
    };
    let writer = Authority {
        signer: 1,
        sig: rng.array(),
    };
    let owner = Authority {
        signer: 2,
        sig: rng.array(),
    };
    let (tag, hash, header, token) = (rng.array(), rng.array(), rng.array(), rng.array());
    let (sent, session) = (NOW, rng.array());
    let mut request = |title, op| {
        add(
            out,
            "request",
            title,
            Request {
                inner_id: Rng::new(9).array(),
                op,
            },
        );
    };
    let put = |place: &Place, authority: &Authority, cell| Op::Put {
        place: place.clone(),
        authority: authority.clone(),
        stamp: u64::MAX,
        cell,
    };
    request("put, pair, 2 KiB", put(&pair, &writer, rng.vec(2_048)));
    request(
        "put, inbox, 2 KiB that ends in zeros",
        put(&inbox, &nobody, vec![0; 2_048]),
    );
    request("put, card, 16 KiB", put(&card, &nobody, rng.vec(16_384)));
    request(
        "list, pair",
        Op::List {
            place: pair.clone(),
            sent,
            authority: owner.clone(),
        },
    );
    let tags = (0..30).map(|_| rng.array()).collect();
    request(
        "get, invite, thirty tags",
        Op::Get {
            place: invite,
            sent,
            tags,
            authority: writer,
        },
    );
    let unsigned = Op::Get {
        place: card,
        sent: Millis(0),
        tags: Vec::new(),
        authority: nobody,
    };
    request("get, card, unsigned", unsigned);
    request(
        "have, presence",
        Op::Have {
            place: presence,
            tag,
            hash,
        },
    );
    request(
        "watch, inbox",
        Op::Watch {
            place: inbox,
            sent,
            authority: owner,
        },
    );
    request(
        "delete, pair, revoked",
        Op::Delete {
            place: pair,
            header,
            reason: 2,
            sig: rng.array(),
        },
    );
    request(
        "knock, contact",
        Op::Knock {
            session,
            reason: 2,
            token,
            record: rng.vec(154),
        },
    );
    // 16 + 1 + 32 + 2 + 173 = 224, and 224 + 32 = 256: the one length without padding.
    let exact = "v=0\r\n".repeat(44) + "a";
    request(
        "offer without padding",
        Op::Offer {
            session,
            sdp: exact,
        },
    );
    request(
        "offer, not only ASCII",
        Op::Offer {
            session,
            sdp: "s=ü–😀\r\n".into(),
        },
    );
}

fn answers(out: &mut Vec<Sample>, rng: &mut Rng) {
    let inner_id = rng.array();
    let mut answer = |title, code, body| {
        add(
            out,
            "answer",
            title,
            Answer {
                inner_id,
                code,
                body,
            },
        );
    };
    let (header, sig, tag) = (rng.array(), rng.array(), rng.array());
    let receipt = Receipt {
        address: rng.array(),
        tag,
        hash: rng.array(),
        expiry: 1_324,
        holder: rng.array(),
        sig: rng.array(),
    };
    let authority = Authority { signer: 1, sig };
    answer("none, quota", 2, Body::None);
    answer("price", 1, Body::Price { bits: 14 });
    answer("stored", 0, Body::Stored { receipt });
    answer(
        "listed, nothing",
        0,
        Body::Listed {
            entries: Vec::new(),
        },
    );
    let entries = vec![
        Entry { header, state: 1 },
        Entry {
            header: rng.array(),
            state: 2,
        },
    ];
    answer("listed, one held, one deleted", 0, Body::Listed { entries });
    answer("state, absent", 0, Body::State { state: 0 });
    let (cell, stamp) = (rng.vec(4_096), rng.next());
    answer(
        "cell, 4 KiB",
        0,
        Body::Cell {
            left: 3,
            authority,
            stamp,
            cell,
        },
    );
    answer(
        "tombstone, used",
        0,
        Body::Tombstone {
            left: 0,
            header,
            reason: 1,
            sig,
        },
    );
    answer("missing", 0, Body::Missing { left: 255, tag });
    answer("notify", 0, Body::Notify { header });
    answer("welcome", 0, Body::Welcome);
    answer(
        "refuse, crossing",
        0,
        Body::Refuse {
            code: 2,
            retry_after: 300,
        },
    );
    answer("linked", 0, Body::Linked);
    answer(
        "answer",
        0,
        Body::Sdp {
            sdp: "v=0\r\n".into(),
        },
    );
    answer("none, malformed", 10, Body::None);
}

fn stored(out: &mut Vec<Sample>, rng: &mut Rng) {
    let header = CellHeader {
        version: 1,
        suite: 1,
        expiry: 1_324,
        tag: rng.array(),
    };
    add(out, "cellHeader", "header", header);
    let card = Card {
        version: 1,
        ed_pk: rng.array(),
        mldsa_pk: rng.array(),
        generation: 466_560,
        seq: 467_280,
        inbox_pk: rng.array(),
        x25519_pk: rng.array(),
        mlkem_pk: rng.array(),
        stamp_bits: 22,
        expiry: 1_352,
        reserved: [0; 64],
        sig_ed: rng.array(),
        sig_mldsa: rng.array(),
    };
    add(out, "card", "card", card);
}
