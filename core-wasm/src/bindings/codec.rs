//! `Core.encode` and `Core.decode`: JavaScript objects to bytes and back, by way of `msg::value`.
//!
//! Converted by hand: a serializer cannot tell unions apart by a number, and would bring more code than this.

use js_sys::{Array, Object as JsObject, Reflect, TypeError, Uint8Array};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use crate::msg::named;
use crate::msg::value::{Object, Value};
use crate::wire::{DecodeError, MAX_SAFE};

/// No message is nested deeper; it also ends the walk through an object that contains itself.
const MAX_DEPTH: u32 = 4;

/// The bytes of the message called `name`. Throws a `TypeError` that names the field at fault.
#[wasm_bindgen]
pub fn encode(name: &str, message: &JsValue) -> Result<Vec<u8>, JsValue> {
    named::encode(name, from_js(message, MAX_DEPTH))
        .map_err(|error| TypeError::new(&format!("encode {name}: {error}")).into())
}

/// `{ ok: true, value }` or `{ ok: false, error }`; never throws.
#[wasm_bindgen]
pub fn decode(name: &str, bytes: &[u8]) -> JsValue {
    decoded(named::decode(name, bytes).map(to_js))
}

/// `Decoded` of web/src/node/ports.ts.
pub(super) fn decoded(result: Result<JsValue, DecodeError>) -> JsValue {
    let object = JsObject::new();
    set(&object, "ok", &result.is_ok().into());
    match result {
        Ok(value) => set(&object, "value", &value),
        Err(error) => set(&object, "error", &error.name().into()),
    }
    object.into()
}

/// A message as JavaScript sees it.
pub(super) fn to_js(value: Value) -> JsValue {
    match value {
        Value::Other => JsValue::UNDEFINED,
        #[allow(clippy::cast_precision_loss, reason = "at most 2^53 - 1")]
        Value::Number(number) => JsValue::from_f64(number as f64),
        Value::Big(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Bytes(bytes) => Uint8Array::from(bytes.as_slice()).into(),
        Value::List(list) => list.into_iter().map(to_js).collect::<Array>().into(),
        Value::Object(object) => {
            let out = JsObject::new();
            for (name, value) in object.fields {
                set(&out, &name, &to_js(value));
            }
            out.into()
        }
    }
}

/// What JavaScript gave, down to `depth` levels.
pub(super) fn from_js(js: &JsValue, depth: u32) -> Value {
    if let Some(number) = js.as_f64() {
        return whole(number);
    }
    if let Some(text) = js.as_string() {
        return Value::Text(text);
    }
    if js.is_bigint() {
        return u64::try_from(js.clone()).map_or(Value::Other, Value::Big);
    }
    if let Some(bytes) = js.dyn_ref::<Uint8Array>() {
        return Value::Bytes(bytes.to_vec());
    }
    if depth == 0 {
        return Value::Other;
    }
    if let Some(list) = js.dyn_ref::<Array>() {
        return Value::List(list.iter().map(|item| from_js(&item, depth - 1)).collect());
    }
    match js.dyn_ref::<JsObject>() {
        Some(object) => Value::Object(fields(object, depth - 1)),
        None => Value::Other,
    }
}

fn fields(object: &JsObject, depth: u32) -> Object {
    let entries = JsObject::entries(object).into_iter().filter_map(|entry| {
        let entry = entry.dyn_into::<Array>().ok()?;
        Some((
            entry.get(0).as_string()?.into(),
            from_js(&entry.get(1), depth),
        ))
    });
    Object {
        fields: entries.collect(),
    }
}

fn whole(number: f64) -> Value {
    #[allow(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
    let last = MAX_SAFE as f64;
    if !(0.0..=last).contains(&number) || number.fract() != 0.0 {
        return Value::Other;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked above"
    )]
    Value::Number(number as u64)
}

/// Setting a field of a fresh object cannot fail.
fn set(object: &JsObject, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}
