//! How messages cross to JavaScript: which fields they have, under which names, and of which JavaScript type.
//!
//! Names and shapes are those of web/src/node/messages.ts. `fields!` lists the fields of a struct, `union!` the cases
//! of a tagged union. Nothing here knows JavaScript: `bindings` fills and reads its objects through [`Value`], tests
//! do the same with a [`Tree`](super::tree::Tree).

use crate::wire::{EncodeError, MAX_SAFE};

/// A value as JavaScript holds it. What is taken out is `None` where the value is of another type.
pub trait Value: Sized {
    /// A `number`, at most 2^53 − 1.
    fn of_number(number: u64) -> Self;
    /// A `bigint`.
    fn of_big(number: u64) -> Self;
    /// A `string`.
    fn of_text(text: &str) -> Self;
    /// A `Uint8Array`.
    fn of_bytes(bytes: &[u8]) -> Self;
    /// An array.
    fn of_list(items: impl Iterator<Item = Self>) -> Self;
    /// An object without fields.
    fn object() -> Self;
    /// Adds a field to an object.
    fn put(&mut self, name: &'static str, value: Self);

    /// A whole `number` from 0 to 2^53 − 1.
    fn number(&self) -> Option<u64>;
    /// A `bigint` from 0 to 2^64 − 1.
    fn big(&self) -> Option<u64>;
    /// A `string`.
    fn text(&self) -> Option<String>;
    /// A `Uint8Array`.
    fn bytes(&self) -> Option<Vec<u8>>;
    /// The length of a `Uint8Array`, which is copied if it is that of `into`.
    fn copy(&self, into: &mut [u8]) -> Option<usize>;
    /// An array.
    fn list(&self) -> Option<Vec<Self>>;
    /// Whether it is an object.
    fn is_object(&self) -> bool;
    /// A field of an object; one that is missing is a value of no type.
    fn get(&self, name: &'static str) -> Option<Self>;
}

/// A type that can be a field of a message.
pub trait Field: Sized {
    /// As JavaScript sees it.
    fn to_value<V: Value>(&self) -> V;

    /// From what JavaScript gave; `field` is only for the error.
    fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError>;
}

/// A type of which a field can be a list. A byte is none: a list of them is a `Uint8Array`.
pub trait Item: Field {}

/// A time in ms or another number that JavaScript holds exactly: at most 2^53 − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

/// Takes the field `name` out of an object.
pub(crate) fn take<T: Field, V: Value>(object: &V, name: &'static str) -> Result<T, EncodeError> {
    let value = object
        .get(name)
        .ok_or(EncodeError::new(name, "not in an object"))?;
    T::from_value(name, &value)
}

macro_rules! number {
    ($($type:ty, $problem:literal;)*) => {$(
        impl Field for $type {
            fn to_value<V: Value>(&self) -> V {
                V::of_number((*self).into())
            }

            fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError> {
                let number = value.number().and_then(|number| Self::try_from(number).ok());
                number.ok_or(EncodeError::new(field, $problem))
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
    fn to_value<V: Value>(&self) -> V {
        V::of_number(self.0)
    }

    fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError> {
        match value.number() {
            Some(number) if number <= MAX_SAFE => Ok(Self(number)),
            _ => Err(EncodeError::new(
                field,
                "not a whole number from 0 to 2^53 - 1",
            )),
        }
    }
}

impl Field for u64 {
    fn to_value<V: Value>(&self) -> V {
        V::of_big(*self)
    }

    fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError> {
        value
            .big()
            .ok_or(EncodeError::new(field, "not a bigint from 0 to 2^64 - 1"))
    }
}

impl Field for String {
    fn to_value<V: Value>(&self) -> V {
        V::of_text(self)
    }

    fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError> {
        value.text().ok_or(EncodeError::new(field, "not a string"))
    }
}

impl Field for Vec<u8> {
    fn to_value<V: Value>(&self) -> V {
        V::of_bytes(self)
    }

    fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError> {
        value
            .bytes()
            .ok_or(EncodeError::new(field, "not a Uint8Array"))
    }
}
impl Item for Vec<u8> {}

impl<const N: usize> Field for [u8; N] {
    fn to_value<V: Value>(&self) -> V {
        V::of_bytes(self)
    }

    fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError> {
        let mut bytes = [0; N];
        match value.copy(&mut bytes) {
            Some(length) if length == N => Ok(bytes),
            Some(length) => Err(wrong_length(field, length, N)),
            None => Err(EncodeError::new(field, "not a Uint8Array")),
        }
    }
}
impl<const N: usize> Item for [u8; N] {}

/// Apart from the function above, so that its text is not compiled once for every length.
#[cold]
fn wrong_length(field: &'static str, length: usize, wanted: usize) -> EncodeError {
    EncodeError {
        field,
        problem: format!("{length} bytes instead of {wanted}").into(),
    }
}

impl<T: Item> Field for Vec<T> {
    fn to_value<V: Value>(&self) -> V {
        V::of_list(self.iter().map(Field::to_value))
    }

    fn from_value<V: Value>(field: &'static str, value: &V) -> Result<Self, EncodeError> {
        let list = value
            .list()
            .ok_or(EncodeError::new(field, "not an array"))?;
        list.iter().map(|item| T::from_value(field, item)).collect()
    }
}

/// Names the fields of a struct for JavaScript: `fields!(Pong { id => "id", wall => "wall" })`.
macro_rules! fields {
    ($type:ident { $($field:ident => $name:literal),* $(,)? }) => {
        impl $type {
            pub(crate) fn put_into<V: $crate::msg::value::Value>(&self, object: &mut V) {
                $(object.put($name, $crate::msg::value::Field::to_value(&self.$field));)*
            }

            pub(crate) fn take_from<V: $crate::msg::value::Value>(
                object: &V,
            ) -> Result<Self, $crate::wire::EncodeError> {
                Ok(Self { $($field: $crate::msg::value::take(object, $name)?),* })
            }
        }
        $crate::msg::value::object!($type);
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
            pub(crate) fn put_into<V: $crate::msg::value::Value>(&self, object: &mut V) {
                match self {
                    $(Self::$case { $($field,)* $($flat)? } => {
                        object.put($tag, V::of_text($text));
                        $(object.put($name, $crate::msg::value::Field::to_value($field));)*
                        $($flat.put_into(object);)?
                    })*
                }
            }

            pub(crate) fn take_from<V: $crate::msg::value::Value>(
                object: &V,
            ) -> Result<Self, $crate::wire::EncodeError> {
                let tag: String = $crate::msg::value::take(object, $tag)?;
                Ok(match tag.as_str() {
                    $($text => Self::$case {
                        $($field: $crate::msg::value::take(object, $name)?,)*
                        $($flat: $inner::take_from(object)?)?
                    },)*
                    _ => return Err($crate::wire::EncodeError::new($tag, "unknown value")),
                })
            }
        }
    };
}

/// Makes a field of a type that can put itself into an object and take itself out again.
macro_rules! object {
    ($type:ident) => {
        impl $crate::msg::value::Field for $type {
            fn to_value<V: $crate::msg::value::Value>(&self) -> V {
                let mut object = V::object();
                self.put_into(&mut object);
                object
            }

            fn from_value<V: $crate::msg::value::Value>(
                field: &'static str,
                value: &V,
            ) -> Result<Self, $crate::wire::EncodeError> {
                if !value.is_object() {
                    return Err($crate::wire::EncodeError::new(field, "not an object"));
                }
                Self::take_from(value)
            }
        }
    };
}

pub(crate) use {fields, object, union};
