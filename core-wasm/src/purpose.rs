//! Domain separation (head of protocol.md): no two uses of a hash, HMAC, HKDF, signature or proof of work share an input.
//!
//! ```text
//! 0  1  length of the text that follows
//! 1  …  "nodus/1/" ∥ purpose, ASCII
//! ```
//!
//! Signatures, proof of work and stamps go on with H(network)[0..16]. Purposes used only above the core are strings there.

/// What every purpose starts with; the 1 is the version of the whole protocol.
const SPACE: &str = "nodus/1/";

/// Largest length of a purpose: the length byte counts "nodus/1/" too.
pub const MAX_LEN: usize = 255 - SPACE.len();

/// One use of a primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose<'a>(&'a str);

macro_rules! purposes {
    ($($(#[$doc:meta])* $constant:ident = $text:literal;)*) => {
        impl Purpose<'static> {
            $($(#[$doc])* pub const $constant: Self = Purpose($text);)*

            /// Every purpose that the core itself uses.
            pub const ALL: &'static [Self] = &[$(Self::$constant),*];
        }
    };
}

purposes! {
    /// Hash: the name of a network, of which 16 bytes go into signatures and work.
    NETWORK = "network";
    /// Work: network ∥ ed_pk ∥ nonce ∥ period; its digest is the solved work of a node key.
    POW = "pow";
    /// Hash: the solved digest; the result is the NodeID.
    NODE_ID = "node-id";
    /// Hash: ed_pk ∥ hash of the ML-DSA key; the result is the IdentityID.
    IDENTITY = "identity";
    /// Hash: the ML-DSA-87 public key inside the IdentityID.
    MLDSA = "mldsa";
    /// Hash: the payload of a routed message inside its signature.
    PAYLOAD = "payload";
    /// Signature: a routed message.
    ROUTED = "routed";
    /// Signature: a contact record.
    RECORD = "record";
    /// Hash: where cells of a pair, an inbox, an invite or a presence lie.
    ADDRESS = "address";
    /// Hash: where the card of an IdentityID lies.
    CARD = "card";
    /// Hash: a whole cell, as stamps and deletions name it.
    CELL = "cell";
    /// Work: network ∥ address ∥ tag ∥ H(cell) ∥ nonce; what a PUT pays.
    STAMP = "stamp";
}

impl<'a> Purpose<'a> {
    /// A purpose by its text after "nodus/1/"; none where it is empty or longer than [`MAX_LEN`].
    pub const fn new(text: &'a str) -> Option<Self> {
        if text.is_empty() || text.len() > MAX_LEN {
            None
        } else {
            Some(Self(text))
        }
    }

    /// Length of the prefix in bytes.
    pub const fn prefix_len(self) -> usize {
        1 + SPACE.len() + self.0.len()
    }

    /// Hands the prefix to `take`, in order.
    #[inline]
    pub fn feed(self, mut take: impl FnMut(&[u8])) {
        // The length fits: `new` and the table above see to it.
        take(&[(SPACE.len() + self.0.len()) as u8]);
        take(SPACE.as_bytes());
        take(self.0.as_bytes());
    }

    /// The prefix and then `parts`, in one piece.
    pub fn join(self, parts: &[&[u8]]) -> Vec<u8> {
        let length = self.prefix_len() + parts.iter().map(|part| part.len()).sum::<usize>();
        let mut out = Vec::with_capacity(length);
        self.feed(|bytes| out.extend_from_slice(bytes));
        for part in parts {
            out.extend_from_slice(part);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_length_then_text() {
        assert_eq!(Purpose::POW.join(&[b"x", b"yz"]), b"\x0bnodus/1/powxyz");
        assert_eq!(Purpose::POW.prefix_len(), 12);
    }

    #[test]
    fn no_purpose_is_listed_twice_or_too_long() {
        for (index, purpose) in Purpose::ALL.iter().enumerate() {
            assert!(!Purpose::ALL[..index].contains(purpose), "{purpose:?}");
            assert!(Purpose::new(purpose.0).is_some(), "{purpose:?}");
        }
    }

    #[test]
    fn lengths_are_bounded() {
        assert!(Purpose::new("").is_none());
        assert!(Purpose::new(&"x".repeat(MAX_LEN)).is_some());
        assert!(Purpose::new(&"x".repeat(MAX_LEN + 1)).is_none());
    }
}
