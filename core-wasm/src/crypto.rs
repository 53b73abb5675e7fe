//! Classical primitives over the RustCrypto crates, every input under a [`Purpose`].
//!
//! Not here: signatures (`sign`), proof of work (`pow`). Layer: above `purpose` only.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Key, Nonce, Tag};
use blake2::Blake2b;
use blake2::digest::consts::U32;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha512};
use x25519_dalek::{PublicKey, StaticSecret, x25519};

use crate::purpose::Purpose;

/// Bytes of H.
pub const HASH_LEN: usize = 32;
/// Bytes of the authenticator that [`seal`] appends.
pub const TAG_LEN: usize = 16;
/// Most that one HKDF gives: 255 blocks of SHA-512 (RFC 5869 §2.3).
pub const HKDF_MAX: usize = 255 * 64;

/// H: BLAKE2b-256 (RFC 7693), unkeyed.
pub fn hash(purpose: Purpose<'_>, parts: &[&[u8]]) -> [u8; HASH_LEN] {
    let mut state = Blake2b::<U32>::new();
    purpose.feed(|bytes| state.update(bytes));
    for part in parts {
        state.update(part);
    }
    state.finalize().into()
}

/// SHA-512 (FIPS 180-4).
pub fn sha512(purpose: Purpose<'_>, parts: &[&[u8]]) -> [u8; 64] {
    let mut state = Sha512::new();
    purpose.feed(|bytes| state.update(bytes));
    for part in parts {
        state.update(part);
    }
    state.finalize().into()
}

/// The first 32 bytes of HMAC-SHA-512 (RFC 2104) under a key of any length.
pub fn hmac(key: &[u8], purpose: Purpose<'_>, parts: &[&[u8]]) -> [u8; HASH_LEN] {
    // A key longer than a block is hashed first, as the RFC says; no length is refused.
    let mut mac = match Hmac::<Sha512>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => return [0; HASH_LEN],
    };
    purpose.feed(|bytes| mac.update(bytes));
    for part in parts {
        mac.update(part);
    }
    let full: [u8; 64] = mac.finalize().into_bytes().into();
    let mut out = [0; HASH_LEN];
    out.copy_from_slice(&full[..HASH_LEN]);
    out
}

/// HKDF-SHA-512 (RFC 5869), extract and expand; the purpose is at the start of info. None above [`HKDF_MAX`].
pub fn hkdf(
    salt: &[u8],
    ikm: &[u8],
    purpose: Purpose<'_>,
    info: &[u8],
    length: usize,
) -> Option<Vec<u8>> {
    if length > HKDF_MAX {
        return None;
    }
    let mut out = vec![0; length];
    let info = purpose.join(&[info]);
    Hkdf::<Sha512>::new(Some(salt), ikm)
        .expand(&info, &mut out)
        .ok()?;
    Some(out)
}

/// The X25519 public key (RFC 7748) of 32 secret bytes, which are clamped here.
pub fn x25519_public(secret: &[u8; 32]) -> [u8; 32] {
    PublicKey::from(&StaticSecret::from(*secret)).to_bytes()
}

/// X25519 (RFC 7748 §6.1). None where the shared secret is all zero: the other side sent a point of small order.
pub fn x25519_shared(secret: &[u8; 32], public: &[u8; 32]) -> Option<[u8; 32]> {
    let shared = x25519(*secret, *public);
    // Folded, not compared, so that the time does not tell where the first byte differs.
    let any = shared.iter().fold(0, |all, byte| all | byte);
    (any != 0).then_some(shared)
}

/// AES-256-GCM (NIST SP 800-38D): the ciphertext and 16 bytes of authenticator. None where `plain` is beyond the mode.
pub fn seal(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(plain.len() + TAG_LEN);
    out.extend_from_slice(plain);
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key));
    let tag = cipher
        .encrypt_inout_detached(&Nonce::from(*nonce), aad, out.as_mut_slice().into())
        .ok()?;
    out.extend_from_slice(&tag);
    Some(out)
}

/// Opens what [`seal`] made; none where the authenticator does not hold.
pub fn open(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (body, tag) = sealed.split_last_chunk::<TAG_LEN>()?;
    let mut out = body.to_vec();
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key));
    cipher
        .decrypt_inout_detached(
            &Nonce::from(*nonce),
            aad,
            out.as_mut_slice().into(),
            &Tag::from(*tag),
        )
        .ok()?;
    Some(out)
}
