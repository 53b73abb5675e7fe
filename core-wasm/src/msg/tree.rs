//! Messages as plain trees of values, for whoever has no JavaScript: shared vectors, properties, fuzz targets.

use super::value::Value;

/// One value as JavaScript would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// `undefined`, or something that no message contains.
    Other,
    /// `number`.
    Number(u64),
    /// `bigint`.
    Big(u64),
    /// `string`.
    Text(String),
    /// `Uint8Array`.
    Bytes(Vec<u8>),
    /// Array.
    List(Vec<Tree>),
    /// Object: names and values in the order in which they were put.
    Object(Vec<(&'static str, Tree)>),
}

impl Value for Tree {
    fn of_number(number: u64) -> Self {
        Self::Number(number)
    }

    fn of_big(number: u64) -> Self {
        Self::Big(number)
    }

    fn of_text(text: &str) -> Self {
        Self::Text(text.into())
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }

    fn of_list(items: impl Iterator<Item = Self>) -> Self {
        Self::List(items.collect())
    }

    fn object() -> Self {
        Self::Object(Vec::new())
    }

    fn put(&mut self, name: &'static str, value: Self) {
        if let Self::Object(fields) = self {
            fields.push((name, value));
        }
    }

    fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn big(&self) -> Option<u64> {
        match self {
            Self::Big(number) => Some(*number),
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }

    fn copy(&self, into: &mut [u8]) -> Option<usize> {
        let Self::Bytes(bytes) = self else {
            return None;
        };
        if bytes.len() == into.len() {
            into.copy_from_slice(bytes);
        }
        Some(bytes.len())
    }

    fn list(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(list) => Some(list.clone()),
            _ => None,
        }
    }

    fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    fn get(&self, name: &'static str) -> Option<Self> {
        let Self::Object(fields) = self else {
            return None;
        };
        let found = fields.iter().find(|(key, _)| *key == name);
        Some(found.map_or(Self::Other, |(_, value)| value.clone()))
    }
}
