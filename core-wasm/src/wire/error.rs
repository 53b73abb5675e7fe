//! Why bytes were refused, and why a message could not be written.

use core::fmt;
use std::borrow::Cow;

/// Why bytes are not the message they claim to be. `name` is what JavaScript sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end before the layout does.
    Short,
    /// Bytes are left over after the layout.
    Long,
    /// A version that this code does not speak.
    Version,
    /// A frame type that is not in the table, or not the one expected here.
    Type,
    /// A length or a count above its cap, or a variable part of a size that cannot be.
    Length,
    /// A number beyond what its field may hold (times above 2^53 − 1).
    Range,
    /// A code, flag, kind or text that the field does not know.
    Value,
    /// A signature or a proof of work that does not hold.
    Signature,
    /// Padding or reserved bytes that are not zero, or padding of a wrong length.
    Padding,
}

impl DecodeError {
    /// The name in `DecodeError` of web/src/node/ports.ts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Version => "version",
            Self::Type => "type",
            Self::Length => "length",
            Self::Range => "range",
            Self::Value => "value",
            Self::Signature => "signature",
            Self::Padding => "padding",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl core::error::Error for DecodeError {}

/// A message of our own that no decoder would take: the caller's mistake, never the network's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The field at fault, as JavaScript names it.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Cow<'static, str>,
}

impl EncodeError {
    /// Names the field and what is wrong with it.
    pub const fn new(field: &'static str, problem: &'static str) -> Self {
        Self {
            field,
            problem: Cow::Borrowed(problem),
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)?;
        f.write_str(": ")?;
        f.write_str(&self.problem)
    }
}

impl core::error::Error for EncodeError {}
