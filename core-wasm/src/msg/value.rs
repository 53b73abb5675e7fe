//! Messages as plain trees of values: the form in which they cross to JavaScript and into the shared test vectors.
//!
//! Names and shapes are those of web/src/node/messages.ts. `fields!` lists the fields of a struct,
//! `union!` those of a tagged union; the trees hold no reference to JavaScript, so that all of it is tested natively.

use std::borrow::Cow;

use crate::wire::{EncodeError, MAX_SAFE};

/// One value as JavaScript would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `undefined`, or something that no message contains.
    Other,
    /// A whole number from 0 to 2^53 − 1: `number`.
    Number(u64),
    /// A `bigint` from 0 to 2^64 − 1.
    Big(u64),
    /// A `string`.
    Text(String),
    /// A `Uint8Array`.
    Bytes(Vec<u8>),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Object(Object),
}

/// The fields of one object, in the order in which they were put.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Name and value of each field.
    pub fields: Vec<(Cow<'static, str>, Value)>,
}

impl Object {
    /// Adds a field.
    pub fn put(&mut self, name: &'static str, field: impl Field) {
        self.fields.push((Cow::Borrowed(name), field.into_value()));
    }

    /// Takes a field out; what is not there is [`Value::Other`], which no field accepts.
    pub fn take<T: Field>(&mut self, name: &'static str) -> Result<T, EncodeError> {
        let found = self.fields.iter_mut().find(|(key, _)| key == name);
        let value = found.map_or(Value::Other, |(_, value)| {
            core::mem::replace(value, Value::Other)
        });
        T::from_value(name, value)
    }
}

/// A type that can be a field of a message.
pub trait Field: Sized {
    /// As JavaScript sees it.
    fn into_value(self) -> Value;

    /// From what JavaScript gave; `field` is only for the error.
    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError>;
}

/// A type of which a field can be a list. Bytes are none: a list of them is [`Value::Bytes`].
pub trait Item: Field {}

/// A time in ms or another number that JavaScript holds exactly: at most 2^53 − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

macro_rules! number {
    ($($type:ty, $problem:literal;)*) => {$(
        impl Field for $type {
            fn into_value(self) -> Value {
                Value::Number(self.into())
            }

            fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
                match value {
                    Value::Number(number) => Self::try_from(number).ok(),
                    _ => None,
                }
                .ok_or(EncodeError::new(field, $problem))
            }
        }
    )*};
}
number! {
    u8, "not a whole number from 0 to 255";
    u16, "not a whole number from 0 to 65535";
    u32, "not a whole number from 0 to 2^32 - 1";
}

impl Field for Millis {
    fn into_value(self) -> Value {
        Value::Number(self.0)
    }

    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
        match value {
            Value::Number(number) if number <= MAX_SAFE => Ok(Self(number)),
            _ => Err(EncodeError::new(
                field,
                "not a whole number from 0 to 2^53 - 1",
            )),
        }
    }
}

impl Field for u64 {
    fn into_value(self) -> Value {
        Value::Big(self)
    }

    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
        match value {
            Value::Big(number) => Ok(number),
            _ => Err(EncodeError::new(field, "not a bigint from 0 to 2^64 - 1")),
        }
    }
}

impl Field for String {
    fn into_value(self) -> Value {
        Value::Text(self)
    }

    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
        match value {
            Value::Text(text) => Ok(text),
            _ => Err(EncodeError::new(field, "not a string")),
        }
    }
}

impl Field for Vec<u8> {
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }

    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
        match value {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(EncodeError::new(field, "not a Uint8Array")),
        }
    }
}
impl Item for Vec<u8> {}

impl<const N: usize> Field for [u8; N] {
    fn into_value(self) -> Value {
        Value::Bytes(self.to_vec())
    }

    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
        let bytes = Vec::from_value(field, value)?;
        Self::try_from(bytes).map_err(|bytes| EncodeError {
            field,
            problem: format!("{} bytes instead of {N}", bytes.len()).into(),
        })
    }
}
impl<const N: usize> Item for [u8; N] {}

impl<T: Item> Field for Vec<T> {
    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(Field::into_value).collect())
    }

    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
        match value {
            Value::List(list) => list
                .into_iter()
                .map(|item| T::from_value(field, item))
                .collect(),
            _ => Err(EncodeError::new(field, "not an array")),
        }
    }
}

impl Field for Object {
    fn into_value(self) -> Value {
        Value::Object(self)
    }

    fn from_value(field: &'static str, value: Value) -> Result<Self, EncodeError> {
        match value {
            Value::Object(object) => Ok(object),
            _ => Err(EncodeError::new(field, "not an object")),
        }
    }
}

/// Names the fields of a struct for JavaScript: `fields!(Pong { id => "id", wall => "wall" })`.
macro_rules! fields {
    ($type:ident { $($field:ident => $name:literal),* $(,)? }) => {
        impl $type {
            #[allow(dead_code)]
            pub(crate) fn put_into(self, object: &mut $crate::msg::value::Object) {
                $(object.put($name, self.$field);)*
            }

            #[allow(dead_code)]
            pub(crate) fn take_from(
                object: &mut $crate::msg::value::Object,
            ) -> Result<Self, $crate::wire::EncodeError> {
                Ok(Self { $($field: object.take($name)?),* })
            }
        }

        impl $crate::msg::value::Field for $type {
            fn into_value(self) -> $crate::msg::value::Value {
                let mut object = $crate::msg::value::Object::default();
                self.put_into(&mut object);
                $crate::msg::value::Value::Object(object)
            }

            fn from_value(
                field: &'static str,
                value: $crate::msg::value::Value,
            ) -> Result<Self, $crate::wire::EncodeError> {
                Self::take_from(&mut $crate::msg::value::Object::from_value(field, value)?)
            }
        }
    };
}

/// Names the cases of a tagged union for JavaScript: `union!(Op by "op" { "have" => Have { tag => "tag" } })`.
/// After a semicolon stands a field that is itself a struct, and whose fields lie beside the others.
macro_rules! union {
    ($type:ident by $tag:literal {
        $($text:literal => $case:ident {
            $($field:ident => $name:literal),* $(,)? $(; $flat:ident: $inner:ident)?
        }),* $(,)?
    }) => {
        impl $type {
            pub(crate) fn put_into(self, object: &mut $crate::msg::value::Object) {
                match self {
                    $(Self::$case { $($field,)* $($flat)? } => {
                        object.put($tag, String::from($text));
                        $(object.put($name, $field);)*
                        $($flat.put_into(object);)?
                    })*
                }
            }

            pub(crate) fn take_from(
                object: &mut $crate::msg::value::Object,
            ) -> Result<Self, $crate::wire::EncodeError> {
                let tag: String = object.take($tag)?;
                Ok(match tag.as_str() {
                    $($text => Self::$case {
                        $($field: object.take($name)?,)*
                        $($flat: $inner::take_from(object)?)?
                    },)*
                    _ => return Err($crate::wire::EncodeError::new($tag, "unknown value")),
                })
            }
        }
    };
}

pub(crate) use {fields, union};
