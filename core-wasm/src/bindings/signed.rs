//! Frames, contact records and routed messages.

use js_sys::{BigInt, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::codec::{decoded, from_js, to_js};
use super::{Result, exact, network_of, wrong};
use crate::msg::routed::NewRouted;
use crate::signed;
use crate::wire::{EncodeError, Frame, FrameType};

/// version ∥ type ∥ length ∥ payload; throws for a type without an owner or a payload above the cap.
#[wasm_bindgen]
pub fn frame(kind: u8, payload: &[u8]) -> Result<Vec<u8>> {
    let kind = kind_of(kind)?;
    Frame { kind, payload }.encode().map_err(refused)
}

/// `Decoded<{ type, payload }>`.
#[wasm_bindgen]
pub fn unframe(bytes: &[u8]) -> JsValue {
    decoded(Frame::decode(bytes).map(|frame| {
        object(&[
            ("type", frame.kind.byte().into()),
            ("payload", bytes_of(frame.payload)),
        ])
    }))
}

/// Signs a record and encodes it.
#[wasm_bindgen(js_name = signRecord)]
pub fn sign_record(secret: &[u8], network: &[u8], record: JsValue) -> Result<Vec<u8>> {
    let secret = exact("secret", secret)?;
    let record = from_js("record", record).map_err(refused)?;
    signed::sign_record(&secret, &network_of(network)?, record).map_err(refused)
}

/// `Decoded<{ record, nodeId }>`.
#[wasm_bindgen(js_name = checkRecord)]
pub fn check_record(network: &[u8], bits: u32, bytes: &[u8]) -> Result<JsValue> {
    let checked = signed::check_record(&network_of(network)?, bits, bytes);
    Ok(decoded(checked.map(|(record, id)| {
        object(&[("record", to_js(&record)), ("nodeId", bytes_of(&id.0))])
    })))
}

/// A signed routed frame.
#[wasm_bindgen]
#[expect(
    clippy::too_many_arguments,
    reason = "one call instead of an object to take apart"
)]
pub fn routed(
    secret: &[u8],
    network: &[u8],
    kind: u8,
    target: &[u8],
    exact_target: bool,
    ttl: u8,
    ed_pk: &[u8],
    nonce: u64,
    period: u16,
    sent: f64,
    id: u64,
    payload: &[u8],
) -> Result<Vec<u8>> {
    let message = NewRouted {
        kind: kind_of(kind)?,
        target: &exact("target", target)?,
        exact: exact_target,
        ttl,
        ed_pk: &exact("edPk", ed_pk)?,
        nonce,
        period,
        // Fractions of a ms are cut; what is negative or not a number becomes 0, too large is refused below.
        sent: sent as u64,
        id,
        avoid: &[],
        payload,
    };
    signed::sign_routed(&exact("secret", secret)?, &network_of(network)?, &message).map_err(refused)
}

/// `Decoded<Routed>`.
#[wasm_bindgen(js_name = openRouted)]
pub fn open_routed(network: &[u8], bits: u32, frame: &[u8]) -> Result<JsValue> {
    let opened = signed::open_routed(&network_of(network)?, bits, frame);
    Ok(decoded(opened.map(|(view, origin)| {
        object(&[
            ("type", view.kind().byte().into()),
            ("target", bytes_of(view.target())),
            ("exact", view.exact().into()),
            ("ttl", view.ttl().into()),
            ("origin", bytes_of(&origin.0)),
            ("originEdPk", bytes_of(view.ed_pk())),
            ("sent", JsValue::from_f64(view.sent() as f64)),
            ("id", BigInt::from(view.id()).into()),
            ("payload", bytes_of(view.payload())),
        ])
    })))
}

fn kind_of(byte: u8) -> Result<FrameType> {
    FrameType::from_byte(byte).map_err(|_| wrong("type: nobody owns this byte"))
}

fn refused(error: EncodeError) -> JsValue {
    wrong(&error.to_string())
}

fn bytes_of(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let out = Object::new();
    for (name, value) in fields {
        // Setting a field of a fresh object cannot fail.
        let _ = Reflect::set(&out, &(*name).into(), value);
    }
    out.into()
}
