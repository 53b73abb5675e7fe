//! Hashes, keys, seals, ids and proof of work. `input` is the caller's parts in one piece.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{Result, codec, exact, network_of, purpose_of, wrong};
use crate::id::{self, Network, NodeId, Work};
use crate::msg::place::Place;
use crate::pow::{self, Job};
use crate::{crypto, sign};

/// BLAKE2b-256 → 32 B.
#[wasm_bindgen]
pub fn hash(purpose: &str, input: &[u8]) -> Result<Vec<u8>> {
    Ok(crypto::hash(purpose_of(purpose)?, &[input]).to_vec())
}

/// SHA-512 → 64 B.
#[wasm_bindgen]
pub fn sha512(purpose: &str, input: &[u8]) -> Result<Vec<u8>> {
    Ok(crypto::sha512(purpose_of(purpose)?, &[input]).to_vec())
}

/// HMAC-SHA-512, first 32 B.
#[wasm_bindgen]
pub fn hmac(key: &[u8], purpose: &str, input: &[u8]) -> Result<Vec<u8>> {
    Ok(crypto::hmac(key, purpose_of(purpose)?, &[input]).to_vec())
}

/// HKDF-SHA-512.
#[wasm_bindgen]
pub fn hkdf(salt: &[u8], ikm: &[u8], purpose: &str, info: &[u8], length: usize) -> Result<Vec<u8>> {
    crypto::hkdf(salt, ikm, purpose_of(purpose)?, info, length)
        .ok_or_else(|| wrong("length: more than HKDF gives"))
}

/// The Ed25519 key of a seed.
#[wasm_bindgen(js_name = edPublic)]
pub fn ed_public(secret: &[u8]) -> Result<Vec<u8>> {
    Ok(sign::public(&exact("secret", secret)?).to_vec())
}

/// Ed25519 → 64 B.
#[wasm_bindgen]
pub fn sign(secret: &[u8], purpose: &str, network: &[u8], input: &[u8]) -> Result<Vec<u8>> {
    let secret = exact("secret", secret)?;
    Ok(sign::sign(
        &secret,
        purpose_of(purpose)?,
        &network_of(network)?,
        &[input],
    )
    .to_vec())
}

/// Ed25519, strict; false for a key or a signature of a wrong length.
#[wasm_bindgen]
pub fn verify(pk: &[u8], sig: &[u8], purpose: &str, network: &[u8], input: &[u8]) -> Result<bool> {
    let (purpose, network) = (purpose_of(purpose)?, network_of(network)?);
    Ok(match (pk.try_into(), sig.try_into()) {
        (Ok(pk), Ok(sig)) => sign::verify(pk, sig, purpose, &network, &[input]),
        _ => false,
    })
}

/// The X25519 key of a secret.
#[wasm_bindgen(js_name = x25519Public)]
pub fn x25519_public(secret: &[u8]) -> Result<Vec<u8>> {
    Ok(crypto::x25519_public(&exact("secret", secret)?).to_vec())
}

/// The shared secret; undefined where it is all zero or the key has a wrong length.
#[wasm_bindgen]
pub fn x25519(secret: &[u8], pk: &[u8]) -> Result<Option<Vec<u8>>> {
    let secret = exact("secret", secret)?;
    let shared = pk
        .try_into()
        .ok()
        .and_then(|pk| crypto::x25519_shared(&secret, pk));
    Ok(shared.map(|shared| shared.to_vec()))
}

/// AES-256-GCM: ciphertext ∥ 16 B.
#[wasm_bindgen]
pub fn seal(key: &[u8], nonce: &[u8], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    crypto::seal(&exact("key", key)?, &exact("nonce", nonce)?, aad, plain)
        .ok_or_else(|| wrong("plain: too long"))
}

/// The plaintext; undefined where the authenticator does not hold.
#[wasm_bindgen]
pub fn open(key: &[u8], nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>> {
    Ok(crypto::open(
        &exact("key", key)?,
        &exact("nonce", nonce)?,
        aad,
        sealed,
    ))
}

/// H("network" ∥ name)[0..16].
#[wasm_bindgen]
pub fn network(name: &str) -> Vec<u8> {
    Network::named(name).0.to_vec()
}

/// Bytes before the nonce in the work of a node key.
#[wasm_bindgen(js_name = idHead)]
pub fn id_head(network: &[u8], ed_pk: &[u8]) -> Result<Vec<u8>> {
    Ok(pow::id_head(&network_of(network)?, &exact("edPk", ed_pk)?))
}

/// The NodeID of a solved key; undefined below `bits`.
#[wasm_bindgen(js_name = nodeId)]
pub fn node_id(
    network: &[u8],
    ed_pk: &[u8],
    nonce: u64,
    period: u16,
    bits: u32,
) -> Result<Option<Vec<u8>>> {
    let work = Work {
        ed_pk: exact("edPk", ed_pk)?,
        nonce,
        period,
    };
    Ok(NodeId::of_work(&network_of(network)?, &work, bits).map(|id| id.0.to_vec()))
}

/// Bytes before the nonce of a stamp.
#[wasm_bindgen(js_name = stampHead)]
pub fn stamp_head(network: &[u8], address: &[u8], tag: &[u8], cell_hash: &[u8]) -> Result<Vec<u8>> {
    let network = network_of(network)?;
    Ok(pow::stamp_head(
        &network,
        &exact("address", address)?,
        &exact("tag", tag)?,
        &exact("hash", cell_hash)?,
    ))
}

/// Leading zero bits of a stamp.
#[wasm_bindgen(js_name = stampBits)]
pub fn stamp_bits(
    network: &[u8],
    address: &[u8],
    tag: &[u8],
    cell_hash: &[u8],
    nonce: u64,
) -> Result<u32> {
    let digest = pow::stamp_digest(
        &network_of(network)?,
        &exact("address", address)?,
        &exact("tag", tag)?,
        &exact("hash", cell_hash)?,
        nonce,
    );
    Ok(pow::leading_zeros(&digest))
}

/// The first of `count` nonces from `from` whose digest has `bits` leading zeros.
#[wasm_bindgen]
pub fn search(head: &[u8], tail: &[u8], bits: u32, from: u64, count: f64) -> Result<Option<u64>> {
    // A float outside of u64 is brought to its nearer end, NaN to 0.
    pow::search(&Job { head, tail, bits }, from, count as u64)
        .map_err(|error| wrong(&format!("job: {error:?}")))
}

/// Where cells of a place lie; throws a `TypeError` that names the field at fault.
#[wasm_bindgen]
pub fn address(place: JsValue) -> Result<Vec<u8>> {
    let place =
        codec::from_js("place", place).map_err(|error| wrong(&format!("address: {error}")))?;
    Ok(match place {
        Place::Card { address } => address,
        Place::Box(place) => id::address(place.kind, &place.write_pk, &place.owner_pk, place.day),
    }
    .to_vec())
}

/// What contacts know a person by.
#[wasm_bindgen(js_name = identityId)]
pub fn identity_id(ed_pk: &[u8], mldsa_pk: &[u8]) -> Result<Vec<u8>> {
    Ok(id::identity_id(&exact("edPk", ed_pk)?, mldsa_pk).to_vec())
}

/// UTF-8 or undefined. Here, because a page and a service worker need not agree on how lenient a decoder is.
#[wasm_bindgen]
pub fn text(bytes: &Uint8Array) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}
