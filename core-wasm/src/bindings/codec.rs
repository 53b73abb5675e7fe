//! `Core.encode` and `Core.decode`: messages out of JavaScript objects and into them.
//!
//! By hand: a serializer cannot tell unions apart by a number, and would be slower and bring more code than this.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect, TypeError, Uint8Array};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use crate::msg::named;
use crate::msg::value::{Field, Value};
use crate::wire::{DecodeError, EncodeError, MAX_SAFE};

/// The bytes of the message called `name`. Throws a `TypeError` that names the field at fault.
#[wasm_bindgen]
pub fn encode(name: &str, message: JsValue) -> Result<Vec<u8>, JsValue> {
    named::encode(name, &Js(message))
        .map_err(|error| TypeError::new(&format!("encode {name}: {error}")).into())
}

/// `{ ok: true, value }` or `{ ok: false, error }`; never throws.
#[wasm_bindgen]
pub fn decode(name: &str, bytes: &[u8]) -> JsValue {
    decoded(named::decode(name, bytes).map(|value: Js| value.0))
}

/// `Decoded` of web/src/node/ports.ts.
pub(super) fn decoded(result: Result<JsValue, DecodeError>) -> JsValue {
    let mut object = Js::object();
    object.put("ok", Js(result.is_ok().into()));
    match result {
        Ok(value) => object.put("value", Js(value)),
        Err(error) => object.put("error", Js::of_text(error.name())),
    }
    object.0
}

/// A message, or a part of one, as JavaScript sees it.
pub(super) fn to_js(message: &impl Field) -> JsValue {
    message.to_value::<Js>().0
}

/// A message, or a part of one, out of what JavaScript gave.
pub(super) fn from_js<T: Field>(name: &'static str, value: JsValue) -> Result<T, EncodeError> {
    T::from_value(name, &Js(value))
}

/// A JavaScript value, read and made in place: no tree of our own in between.
struct Js(JsValue);

impl Value for Js {
    #[expect(clippy::cast_precision_loss, reason = "at most 2^53 - 1")]
    fn of_number(number: u64) -> Self {
        Self(JsValue::from_f64(number as f64))
    }

    fn of_big(number: u64) -> Self {
        Self(number.into())
    }

    fn of_text(text: &str) -> Self {
        Self(text.into())
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        Self(Uint8Array::from(bytes).into())
    }

    fn of_list(items: impl Iterator<Item = Self>) -> Self {
        Self(items.map(|item| item.0).collect::<Array>().into())
    }

    fn object() -> Self {
        Self(Object::new().into())
    }

    fn put(&mut self, name: &'static str, value: Self) {
        // Setting a field of a fresh object cannot fail.
        let _ = with_key(name, |key| Reflect::set(&self.0, key, &value.0));
    }

    fn number(&self) -> Option<u64> {
        #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
        const LAST: f64 = MAX_SAFE as f64;
        let number = self.0.as_f64()?;
        if !(0.0..=LAST).contains(&number) || number.fract() != 0.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked above"
        )]
        Some(number as u64)
    }

    fn big(&self) -> Option<u64> {
        if !self.0.is_bigint() {
            return None;
        }
        u64::try_from(self.0.clone()).ok()
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        self.0.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
    }

    fn copy(&self, into: &mut [u8]) -> Option<usize> {
        let bytes = self.0.dyn_ref::<Uint8Array>()?;
        let length = bytes.length() as usize;
        if length == into.len() {
            bytes.copy_to(into);
        }
        Some(length)
    }

    fn list(&self) -> Option<Vec<Self>> {
        let list = self.0.dyn_ref::<Array>()?;
        Some(list.iter().map(Js).collect())
    }

    fn is_object(&self) -> bool {
        self.0.is_object()
    }

    fn get(&self, name: &'static str) -> Option<Self> {
        if !self.0.is_object() {
            return None;
        }
        with_key(name, |key| Reflect::get(&self.0, key))
            .ok()
            .map(Js)
    }
}

thread_local! {
    /// Field names as JavaScript strings: to make one costs more than to use it. There are some seventy.
    static KEYS: RefCell<Vec<(&'static str, JsValue)>> = const { RefCell::new(Vec::new()) };
}

fn with_key<T>(name: &'static str, call: impl FnOnce(&JsValue) -> T) -> T {
    let key = KEYS.with_borrow_mut(|keys| {
        // The same literal is at the same place, which is quicker to compare than letters.
        if let Some((_, key)) = keys.iter().find(|(known, _)| core::ptr::eq(*known, name)) {
            return key.clone();
        }
        let key = JsValue::from_str(name);
        keys.push((name, key.clone()));
        key
    });
    call(&key)
}
