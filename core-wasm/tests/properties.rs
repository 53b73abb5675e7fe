//! Properties of every decoder: it never panics, takes only what the encoder writes, and gives back what went in.
//!
//! `NODUS_SEED` sets the seed, `NODUS_RUNS` the inputs per decoder.
#![allow(clippy::expect_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::{Rng, samples, seed};
use nodus_core::msg::named;
use nodus_core::msg::routed::{NewRouted, RoutedView};
use nodus_core::msg::tree::Tree;
use nodus_core::wire::frame::{Frame, MAX_PAYLOAD};
use nodus_core::wire::{FrameType, MAX_SAFE};

fn runs() -> usize {
    std::env::var("NODUS_RUNS").map_or(20_000, |text| text.parse().expect("NODUS_RUNS is a number"))
}

/// The encoded samples of each message.
fn encoded() -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut out: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for sample in samples::all() {
        let bytes = named::encode(sample.name, &sample.value).expect(sample.title);
        out.entry(sample.name).or_default().push(bytes);
    }
    out
}

/// Sometimes noise, else a valid message with a few bytes changed, cut, doubled or added.
fn mutated(rng: &mut Rng, valid: &[Vec<u8>]) -> Vec<u8> {
    if rng.below(8) == 0 {
        let length = rng.below(600);
        return rng.vec(length);
    }
    let mut bytes = valid[rng.below(valid.len())].clone();
    for _ in 0..rng.below(4) {
        let at = rng.below(bytes.len() + 1);
        match rng.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, rng.next() as u8),
            2 => bytes.extend_from_within(at..),
            3 => bytes.resize(bytes.len() + rng.below(300), 0),
            // Near the start lie the lengths, codes and kinds.
            kind => {
                let at = if kind == 4 { at.min(rng.below(40)) } else { at };
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = if rng.below(2) == 0 {
                        rng.next() as u8
                    } else {
                        rng.below(14) as u8
                    };
                }
            }
        }
    }
    bytes
}

#[test]
fn decoders_take_only_what_encoders_write() {
    let mut rng = Rng::new(seed());
    let valid = encoded();
    assert_eq!(valid.len(), named::NAMES.len(), "a message has no sample");
    for (name, valid) in &valid {
        let mut taken = 0;
        for _ in 0..runs() {
            let bytes = mutated(&mut rng, valid);
            if let Ok(value) = named::decode::<Tree>(name, &bytes) {
                let again = named::encode(name, &value).expect("what was decoded can be encoded");
                assert_eq!(again, bytes, "{name} has two encodings");
                taken += 1;
            }
        }
        assert!(
            taken > runs() / 100,
            "{name}: only {taken} inputs were taken, the property is empty"
        );
    }
}

#[test]
fn what_is_encoded_is_decoded_to_the_same() {
    let mut rng = Rng::new(seed());
    let samples = samples::all();
    let mut encoded = BTreeMap::new();
    for _ in 0..runs() {
        for sample in &samples {
            if rng.below(samples.len()) > 2 {
                continue;
            }
            let mut value = sample.value.clone();
            vary(&mut rng, &mut value);
            let Ok(bytes) = named::encode(sample.name, &value) else {
                continue;
            };
            assert_eq!(
                named::decode(sample.name, &bytes),
                Ok(value),
                "{}",
                sample.name
            );
            *encoded.entry(sample.name).or_insert(0) += 1;
        }
    }
    assert_eq!(encoded.len(), named::NAMES.len());
}

/// Changes leaves of the tree; the shape stays.
fn vary(rng: &mut Rng, value: &mut Tree) {
    match value {
        Tree::Number(number) if rng.below(4) == 0 => {
            *number = if rng.below(2) == 0 {
                rng.below(300) as u64
            } else {
                rng.next() >> rng.below(64)
            };
        }
        Tree::Big(number) => *number = rng.next(),
        Tree::Bytes(bytes) if rng.below(2) == 0 => {
            let length = if rng.below(8) == 0 {
                rng.below(600)
            } else {
                bytes.len()
            };
            *bytes = rng.vec(length);
        }
        Tree::List(list) => list.iter_mut().for_each(|item| vary(rng, item)),
        Tree::Object(object) => object.iter_mut().for_each(|(_, field)| vary(rng, field)),
        _ => {}
    }
}

#[test]
fn frames_are_read_as_they_were_written() {
    let mut rng = Rng::new(seed());
    for _ in 0..runs() {
        let length = rng.below(300);
        let payload = rng.vec(length);
        let kind = FrameType::ALL[rng.below(FrameType::ALL.len())];
        let bytes = Frame {
            kind,
            payload: &payload,
        }
        .encode()
        .expect("a short payload");
        assert_eq!(
            Frame::decode(&bytes),
            Ok(Frame {
                kind,
                payload: &payload
            })
        );
        let mutant = mutated(&mut rng, &[bytes]);
        if let Ok(frame) = Frame::decode(&mutant) {
            assert_eq!(
                frame.encode().expect("what was decoded can be encoded"),
                mutant
            );
        }
    }
    let largest = vec![0; MAX_PAYLOAD + 1];
    assert!(
        Frame {
            kind: FrameType::Data,
            payload: &largest[1..]
        }
        .encode()
        .is_ok()
    );
    assert!(
        Frame {
            kind: FrameType::Data,
            payload: &largest
        }
        .encode()
        .is_err()
    );
}

#[test]
fn routed_messages_are_read_as_they_were_written() {
    let mut rng = Rng::new(seed());
    for _ in 0..runs() {
        let (target, ed_pk, sig, hash) = (rng.array(), rng.array(), rng.array(), rng.array());
        let avoid: Vec<[u8; 8]> = (0..rng.below(9)).map(|_| rng.array()).collect();
        let length = rng.below(300);
        let payload = rng.vec(length);
        let message = NewRouted {
            kind: FrameType::ALL[11 + rng.below(4)],
            target: &target,
            exact: rng.below(2) == 0,
            ttl: rng.next() as u8,
            ed_pk: &ed_pk,
            nonce: rng.next(),
            period: rng.next() as u16,
            sent: rng.next() & MAX_SAFE,
            id: rng.next(),
            avoid: &avoid,
            payload: &payload,
        };
        let bytes = message.encode_frame(&sig).expect("a valid message");
        let frame = Frame::decode(&bytes).expect("a valid frame");
        let view = RoutedView::parse(frame.kind, frame.payload).expect("a valid view");
        assert_eq!(encode(&view), bytes);
        assert_eq!(view.signed_bytes(&hash), message.signed_bytes(&hash));
        assert_eq!(
            (view.target(), view.ed_pk(), view.sig()),
            (&target, &ed_pk, &sig)
        );
        assert_eq!(
            (view.nonce(), view.period(), view.sent()),
            (message.nonce, message.period, message.sent)
        );
        assert_eq!(
            (view.id(), view.ttl(), view.exact()),
            (message.id, message.ttl, message.exact)
        );

        let mutant = mutated(&mut rng, &[frame.payload.to_vec()]);
        if let Ok(view) = RoutedView::parse(frame.kind, &mutant) {
            assert_eq!(encode(&view)[6..], mutant);
        }
    }
}

/// What the view shows, written again.
fn encode(view: &RoutedView<'_>) -> Vec<u8> {
    let avoid: Vec<[u8; 8]> = view.avoid().copied().collect();
    NewRouted {
        kind: view.kind(),
        target: view.target(),
        exact: view.exact(),
        ttl: view.ttl(),
        ed_pk: view.ed_pk(),
        nonce: view.nonce(),
        period: view.period(),
        sent: view.sent(),
        id: view.id(),
        avoid: &avoid,
        payload: view.payload(),
    }
    .encode_frame(view.sig())
    .expect("what was decoded can be encoded")
}
