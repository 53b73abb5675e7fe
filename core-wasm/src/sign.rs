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
    SigningKey::from_bytes(secret)
        .sign(&message(purpose, network, parts))
        .to_bytes()
}

/// Verifies strictly: canonical encodings, no key and no R of small order. So a signature is good everywhere or nowhere.
pub fn verify(
    pk: &[u8; 32],
    sig: &[u8; 64],
    purpose: Purpose<'_>,
    network: &Network,
    parts: &[&[u8]],
) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(pk) else {
        return false;
    };
    key.verify_strict(
        &message(purpose, network, parts),
        &Signature::from_bytes(sig),
    )
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
