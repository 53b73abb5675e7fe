//! Published vectors of the primitives. What adds a purpose to its input is compared with Node in test/core.
#![allow(clippy::expect_used, reason = "a test may panic")]

use blake2::digest::consts::{U20, U32, U48, U64};
use blake2::digest::{Digest, KeyInit, Mac};
use blake2::{Blake2b, Blake2bMac};
use nodus_core::crypto::{HKDF_MAX, hash, hkdf, open, seal, x25519_public, x25519_shared};
use nodus_core::purpose::Purpose;

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks_exact(2);
    digits
        .map(|pair| {
            let pair = core::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("hex")
        })
        .collect()
}

fn array<const N: usize>(hex: &str) -> [u8; N] {
    bytes(hex).try_into().expect("the length it says")
}

/// The deterministic bytes of RFC 7693, appendix E.
fn selftest_bytes(length: usize, seed: u32) -> Vec<u8> {
    let (mut a, mut b) = (0xdead_4bad_u32.wrapping_mul(seed), 1_u32);
    let mut next = || {
        let sum = a.wrapping_add(b);
        (a, b) = (b, sum);
        (sum >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn blake2b_passes_the_self_test_of_rfc_7693() {
    let mut all = Blake2b::<U32>::new();
    macro_rules! length {
        ($length:ty, $bytes:literal) => {
            for input in [0, 3, 128, 129, 255, 1024] {
                let input = selftest_bytes(input, input as u32);
                all.update(Blake2b::<$length>::digest(&input));
                let key = selftest_bytes($bytes, $bytes);
                let mac = Blake2bMac::<$length>::new_from_slice(&key).expect("a short key");
                all.update(mac.chain_update(&input).finalize().into_bytes());
            }
        };
    }
    length!(U20, 20);
    length!(U32, 32);
    length!(U48, 48);
    length!(U64, 64);
    let want = bytes("c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475");
    assert_eq!(all.finalize().to_vec(), want);
}

#[test]
fn hashes_begin_with_their_purpose() {
    let plain = Blake2b::<U32>::digest(b"\x0cnodus/1/cellabc");
    assert_eq!(
        hash(Purpose::CELL, &[b"a", b"", b"bc"]).to_vec(),
        plain.to_vec()
    );
}

#[test]
fn x25519_is_that_of_rfc_7748() {
    for (scalar, point, shared) in [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ),
    ] {
        assert_eq!(
            x25519_shared(&array(scalar), &array(point)),
            Some(array(shared))
        );
    }
    // Section 6.1: Bob's secret, both public keys, and what they share.
    let bob = array("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    let bob_public = array("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    let alice_public = array("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    let shared = array("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_eq!(x25519_public(&bob), bob_public);
    assert_eq!(x25519_shared(&bob, &alice_public), Some(shared));
}

#[test]
fn x25519_iterates_as_in_rfc_7748() {
    let mut scalar = [0; 32];
    scalar[0] = 9;
    let mut point = scalar;
    for round in 1..=1_000 {
        let shared = x25519_shared(&scalar, &point).expect("not zero");
        (scalar, point) = (shared, scalar);
        if round == 1 {
            let want = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
            assert_eq!(scalar, array(want));
        }
    }
    let want = "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51";
    assert_eq!(scalar, array(want));
}

#[test]
fn points_of_small_order_share_nothing() {
    for point in [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
        assert_eq!(x25519_shared(&[5; 32], &array(point)), None, "{point}");
    }
}

/// Test cases 13, 14 and 16 of the GCM specification that NIST SP 800-38D came from: key, nonce, AAD, plain, sealed.
const GCM: [[&str; 5]; 3] = [
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000",
        "",
        "",
        "530f8afbc74536b9a963b4f1c4cb738b",
    ],
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000",
        "",
        "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
    ],
    [
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
    ],
];

#[test]
fn aes_256_gcm_is_that_of_nist() {
    for [key, nonce, aad, plain, sealed] in GCM {
        let (key, nonce, aad) = (array(key), array(nonce), bytes(aad));
        assert_eq!(seal(&key, &nonce, &aad, &bytes(plain)), Some(bytes(sealed)));
        assert_eq!(open(&key, &nonce, &aad, &bytes(sealed)), Some(bytes(plain)));
        for at in 0..bytes(sealed).len() {
            let mut changed = bytes(sealed);
            changed[at] ^= 1;
            assert_eq!(open(&key, &nonce, &aad, &changed), None);
        }
        assert_eq!(open(&key, &nonce, b"other", &bytes(sealed)), None);
        assert_eq!(open(&key, &nonce, &aad, &bytes(sealed)[..15]), None);
    }
}

/// RFC 5869 has vectors for SHA-256 and SHA-1 only; test/core compares with Node. Here the limits.
#[test]
fn hkdf_gives_what_was_asked_and_no_more() {
    for length in [0, 1, 64, 65, HKDF_MAX] {
        let out = hkdf(b"salt", b"key", Purpose::CARD, b"info", length);
        assert_eq!(out.map(|out| out.len()), Some(length));
    }
    assert_eq!(
        hkdf(b"salt", b"key", Purpose::CARD, b"info", HKDF_MAX + 1),
        None
    );
    let long = hkdf(b"salt", b"key", Purpose::CARD, b"info", 100).expect("short");
    let short = hkdf(b"salt", b"key", Purpose::CARD, b"info", 10).expect("short");
    assert_eq!(long[..10], short);
}
