//! What JavaScript sees of the core: conversion and calls, no logic. web/src/adapters/core.ts makes `Core` of it.
//!
//! Bytes of a fixed length are the caller's business: a wrong length throws a `TypeError`. Bytes of strangers never do.

mod codec;
mod crypto;
mod signed;
mod table;
mod testing;

use js_sys::TypeError;
use wasm_bindgen::JsValue;

use crate::id::Network;
use crate::purpose::Purpose;

type Result<T> = core::result::Result<T, JsValue>;

fn wrong(problem: &str) -> JsValue {
    TypeError::new(problem).into()
}

/// Exactly `N` bytes, or a `TypeError` that names the argument.
fn exact<const N: usize>(name: &str, bytes: &[u8]) -> Result<[u8; N]> {
    <[u8; N]>::try_from(bytes)
        .map_err(|_| wrong(&format!("{name}: {} bytes instead of {N}", bytes.len())))
}

fn network_of(bytes: &[u8]) -> Result<Network> {
    exact("network", bytes).map(Network)
}

fn purpose_of(text: &str) -> Result<Purpose<'_>> {
    Purpose::new(text).ok_or_else(|| wrong("purpose: empty or too long"))
}
