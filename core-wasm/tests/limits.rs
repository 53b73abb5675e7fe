//! The edges of what may be long: the largest that is taken, and the first that is not.
#![allow(clippy::expect_used, reason = "a test may panic")]

mod common;

use common::{Rng, samples};
use nodus_core::msg::Message;
use nodus_core::msg::answer::{Answer, Body, Entry, MAX_LISTED};
use nodus_core::msg::ask::{Ask, SEALED};
use nodus_core::msg::cell::SIZES;
use nodus_core::msg::hello::{Hello, MAX_BINDING};
use nodus_core::msg::place::{BoxPlace, PAIR, Place};
use nodus_core::msg::record::{Address, ContactRecord, MAX_LEN};
use nodus_core::msg::records::Records;
use nodus_core::msg::request::{Authority, MAX_SDP, MAX_TAGS, Op, PAD, Request};
use nodus_core::msg::routed::MAX_ROUTED_PAYLOAD;
use nodus_core::msg::tagged::{MAX_BODY, Tagged};
use nodus_core::msg::value::Millis;
use nodus_core::wire::DecodeError;

/// Bytes of AES-GCM's authenticator.
const GCM: usize = 16;

fn taken<T: Message + PartialEq + core::fmt::Debug>(message: &T) -> Vec<u8> {
    let bytes = message.encode().expect("it is within its limits");
    assert_eq!(T::decode(&bytes).as_ref(), Ok(message));
    bytes
}

fn field_at_fault(message: &impl Message) -> &'static str {
    message.encode().expect_err("it is beyond its limits").field
}

fn request(op: Op) -> Request {
    Request {
        inner_id: [1; 16],
        op,
    }
}

fn pair() -> Place {
    Place::Box(BoxPlace {
        kind: PAIR,
        day: 1,
        write_pk: [2; 32],
        owner_pk: [2; 32],
    })
}

fn answer(body: Body) -> Answer {
    Answer {
        inner_id: [1; 16],
        code: 0,
        body,
    }
}

#[test]
fn a_cell_of_every_size_is_found_without_its_length() {
    let authority = Authority {
        signer: 1,
        sig: [3; 64],
    };
    for place in [pair(), Place::Card { address: [4; 32] }] {
        for size in SIZES {
            let op = |cell| {
                let (place, authority) = (place.clone(), authority.clone());
                request(Op::Put {
                    place,
                    authority,
                    stamp: 0,
                    cell,
                })
            };
            // All zeros: a decoder that looked for the end of the padding would cut it.
            let bytes = taken(&op(vec![0; size]));
            assert_eq!(bytes.len() % PAD, 0);
            for other in [size - 1, size + 1] {
                assert_eq!(field_at_fault(&op(vec![0; other])), "cell");
            }
            let longer = [bytes.as_slice(), &[0; PAD]].concat();
            assert!(matches!(
                Request::decode(&longer),
                Err(DecodeError::Padding | DecodeError::Length)
            ));
        }
    }
}

#[test]
fn the_largest_request_fits_into_the_frames_that_carry_it() {
    let authority = Authority {
        signer: 1,
        sig: [3; 64],
    };
    let cell = vec![0; 64 << 10];
    let clear = taken(&request(Op::Put {
        place: pair(),
        authority,
        stamp: 0,
        cell,
    }));
    let sealed = vec![0; 32 + clear.len() + GCM];
    taken(&Ask {
        id: [0; 16],
        mode: SEALED,
        target: [0; 32],
        body: sealed.clone(),
    });
    let routed = taken(&Tagged {
        request_id: [0; 16],
        body: sealed,
    });
    assert!(routed.len() <= MAX_ROUTED_PAYLOAD);

    taken(&Tagged {
        request_id: [0; 16],
        body: vec![0; MAX_BODY],
    });
    let beyond = Tagged {
        request_id: [0; 16],
        body: vec![0; MAX_BODY + 1],
    };
    assert_eq!(field_at_fault(&beyond), "body");
    assert_eq!(
        Tagged::decode(&vec![0; 16 + MAX_BODY + 1]),
        Err(DecodeError::Length)
    );
}

#[test]
fn a_record_ends_at_512_bytes() {
    let address = |length| Address {
        kind: 1,
        bytes: vec![b'a'; length],
    };
    let mut record = samples::record(&mut Rng::new(3), vec![address(255), address(99)]);
    assert_eq!(taken(&record).len(), MAX_LEN);

    let mut longer = record.encode().expect("it is within its limits");
    longer[89] = 3;
    longer.splice(longer.len() - 64..longer.len() - 64, [1, 1, b'a']);
    assert_eq!(ContactRecord::decode(&longer), Err(DecodeError::Length));

    record.addresses[1] = address(100);
    assert_eq!(field_at_fault(&record), "addresses");
    record.addresses = vec![address(1); 8];
    taken(&record);
    record.addresses = vec![address(1); 9];
    assert_eq!(field_at_fault(&record), "addresses");
    record.addresses = vec![address(256)];
    assert_eq!(field_at_fault(&record), "bytes");
}

#[test]
fn records_in_a_row() {
    taken(&Records {
        records: vec![vec![0; MAX_LEN]; 16],
    });
    for records in [
        vec![vec![0; 1]; 17],
        vec![vec![0; MAX_LEN + 1]],
        vec![Vec::new()],
    ] {
        assert_eq!(field_at_fault(&Records { records }), "records");
    }
}

#[test]
fn a_binding_ends_at_512_bytes() {
    let mut hello = Hello {
        version: 1,
        network: [0; 16],
        role: 0,
        record: vec![0; MAX_LEN],
        incarnation: 0,
        wall: Millis(0),
        e: [0; 32],
        random: [0; 32],
        binding: vec![0; MAX_BINDING],
    };
    taken(&hello);
    hello.binding.push(0);
    assert_eq!(field_at_fault(&hello), "binding");
}

#[test]
fn tags_of_a_get() {
    let get = |count| {
        let authority = Authority {
            signer: 2,
            sig: [0; 64],
        };
        let tags = vec![[5; 16]; count];
        request(Op::Get {
            place: pair(),
            sent: Millis(0),
            tags,
            authority,
        })
    };
    let mut bytes = taken(&get(MAX_TAGS));
    assert_eq!(field_at_fault(&get(MAX_TAGS + 1)), "tags");
    // inner id, op, place, sent: the count is byte 92.
    bytes[92] = 31;
    assert_eq!(Request::decode(&bytes), Err(DecodeError::Length));
}

#[test]
fn a_listing() {
    let listed = |count, state| {
        answer(Body::Listed {
            entries: vec![
                Entry {
                    header: [6; 20],
                    state
                };
                count
            ],
        })
    };
    let bytes = taken(&listed(MAX_LISTED, 2));
    assert_eq!(field_at_fault(&listed(MAX_LISTED + 1, 1)), "entries");
    let one_more = [&bytes[..18], &[2, 1], &bytes[20..], &[6; 20], &[1]].concat();
    assert_eq!(Answer::decode(&one_more), Err(DecodeError::Length));

    for state in [0, 3] {
        assert_eq!(field_at_fault(&listed(1, state)), "state");
        let mut bytes = taken(&listed(1, 1));
        bytes[40] = state;
        assert_eq!(Answer::decode(&bytes), Err(DecodeError::Value));
    }
}

#[test]
fn an_offer_and_its_answer_end_at_16_kib() {
    let largest = "a".repeat(MAX_SDP);
    let beyond = "a".repeat(MAX_SDP + 1);
    taken(&request(Op::Offer {
        session: [0; 16],
        sdp: largest.clone(),
    }));
    taken(&answer(Body::Sdp { sdp: largest }));
    assert_eq!(
        field_at_fault(&request(Op::Offer {
            session: [0; 16],
            sdp: beyond.clone()
        })),
        "sdp"
    );
    assert_eq!(field_at_fault(&answer(Body::Sdp { sdp: beyond })), "sdp");

    let mut bytes = taken(&answer(Body::Sdp { sdp: "ab".into() }));
    bytes[20] = 0xff;
    assert_eq!(Answer::decode(&bytes), Err(DecodeError::Value), "not UTF-8");
}
