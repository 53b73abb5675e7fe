//! Ed25519 (RFC 8032). What is signed is `prefix of the purpose ∥ H(network)[0..16] ∥ parts`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::id::Network;
use crate::purpose::Purpose;

/// The public key of a 32-byte seed.
pub fn public(secret: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(secret).verifying_key().to_bytes()
}

/// Signs with a 32-byte seed.
pub fn sign(
    secret: &[u8; 32],
    purpose: Purpose<'_>,
    network: &Network,
    parts: &[&[u8]],
) -> [u8; 64] {
    sign_bytes(secret, &message(purpose, network, parts))
}

/// Verifies strictly: canonical encodings, no key and no R of small order. So a signature is good everywhere or nowhere.
pub fn verify(
    pk: &[u8; 32],
    sig: &[u8; 64],
    purpose: Purpose<'_>,
    network: &Network,
    parts: &[&[u8]],
) -> bool {
    verify_bytes(pk, sig, &message(purpose, network, parts))
}

fn sign_bytes(secret: &[u8; 32], message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(secret).sign(message).to_bytes()
}

fn verify_bytes(pk: &[u8; 32], sig: &[u8; 64], message: &[u8]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(pk) else {
        return false;
    };
    key.verify_strict(message, &Signature::from_bytes(sig))
        .is_ok()
}

fn message(purpose: Purpose<'_>, network: &Network, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = purpose.join(&[&network.0]);
    out.reserve(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        core::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
    }

    /// RFC 8032 §7.1, tests 1 to 3: secret, public, message, signature.
    const RFC_8032: [(&str, &str, &[u8], &str); 3] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            &[],
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            &[0x72],
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            &[0xaf, 0x82],
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];

    #[test]
    fn signatures_are_those_of_the_rfc() {
        for (secret, pk, message, sig) in RFC_8032 {
            let (secret, pk, sig) = (hex(secret), hex(pk), hex(sig));
            assert_eq!(public(&secret), pk);
            assert_eq!(sign_bytes(&secret, message), sig);
            assert!(verify_bytes(&pk, &sig, message));
            assert!(!verify_bytes(&pk, &sig, b"another"));
        }
    }

    #[test]
    fn verification_is_strict() {
        // The neutral element as key and as R with S = 0 would sign every message.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut sig = [0; 64];
        sig[0] = 1;
        assert!(!verify_bytes(&neutral, &sig, b"anything"));

        // S + L is the same number modulo the group order L, but not its one encoding.
        let (secret, message) = (hex(RFC_8032[1].0), RFC_8032[1].2);
        let mut sig = sign_bytes(&secret, message);
        let order: [u8; 32] =
            hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        let mut carry = 0;
        for (byte, add) in sig[32..].iter_mut().zip(order) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            (*byte, carry) = (sum as u8, sum >> 8);
        }
        assert!(!verify_bytes(&public(&secret), &sig, message));
    }

    #[test]
    fn purpose_network_and_parts_are_signed() {
        let (secret, here) = ([7; 32], Network([1; 16]));
        let sig = sign(&secret, Purpose::RECORD, &here, &[b"ab", b"c"]);
        let pk = public(&secret);
        assert!(verify(&pk, &sig, Purpose::RECORD, &here, &[b"abc"]));
        assert!(!verify(&pk, &sig, Purpose::ROUTED, &here, &[b"abc"]));
        assert!(!verify(
            &pk,
            &sig,
            Purpose::RECORD,
            &Network([2; 16]),
            &[b"abc"]
        ));
        assert!(!verify(&pk, &sig, Purpose::RECORD, &here, &[b"abd"]));
    }
}
