//! A routed message (protocol.md §4): the payload of the frames FIND, SEALED, ANSWER and DATA.
//!
//! ```text
//!  0 32  target   NodeID, or a key where CLOSEST
//! 32  1  flags    bit 0 EXACT (else CLOSEST); the others are zero
//! 33  1  ttl      hops left; changes along the path
//! 34  1  n_avoid  0 … 8; changes along the path
//! 35 32  ed_pk    origin: Ed25519 key
//! 67  8  nonce    u64, origin: solution of the work on that key
//! 75  2  period   u16, origin: period of that work
//! 77  8  sent     u64, ms of network time, at most 2^53 − 1
//! 85  8  id       u64, random
//! 93 8n  avoid    n_avoid × the first 8 bytes of a NodeID
//!  …  …  payload  what is left
//!  … 64  sig      Ed25519, the last 64 bytes
//! ```
//!
//! Signed are frame type, target, flags, ed_pk, nonce, period, sent, id and H(payload); see [`RoutedView::signed_bytes`].
//! The forwarder works in place: it reads a [`RoutedView`] over the arena and patches the byte at [`TTL_OFFSET`].

use crate::wire::{DecodeError, EncodeError, FrameType, MAX_SAFE, Writer, frame};

/// Offset of the target in the payload of the frame.
pub const TARGET_OFFSET: usize = 0;
/// Offset of the flags.
pub const FLAGS_OFFSET: usize = 32;
/// Offset of the ttl.
pub const TTL_OFFSET: usize = 33;
/// Offset of the count of avoided nodes.
pub const N_AVOID_OFFSET: usize = 34;
/// Offset of the origin's Ed25519 key.
pub const ED_PK_OFFSET: usize = 35;
/// Offset of the origin's nonce.
pub const NONCE_OFFSET: usize = 67;
/// Offset of the origin's period.
pub const PERIOD_OFFSET: usize = 75;
/// Offset of the time of sending.
pub const SENT_OFFSET: usize = 77;
/// Offset of the message id.
pub const ID_OFFSET: usize = 85;
/// Offset of the first avoided node: the length of the fixed part.
pub const AVOID_OFFSET: usize = 93;

/// Flag: only the node whose NodeID is the target acts.
pub const FLAG_EXACT: u8 = 1;
/// Largest number of avoided nodes.
pub const MAX_AVOID: usize = 8;
/// Bytes of an avoided node: the first of its NodeID.
pub const AVOID_LEN: usize = 8;
/// Bytes of the signature at the end.
pub const SIG_LEN: usize = 64;
/// Bytes of a routed message without avoided nodes and without payload.
pub const MIN_LEN: usize = AVOID_OFFSET + SIG_LEN;
/// Largest payload of a routed message without avoided nodes.
pub const MAX_ROUTED_PAYLOAD: usize = frame::MAX_PAYLOAD - MIN_LEN;
/// Bytes that are signed.
pub const SIGNED_LEN: usize = 1 + TTL_OFFSET + (AVOID_OFFSET - ED_PK_OFFSET) + 32;

/// A routed message over the bytes it was read from. Reading checks the layout, never the signature or the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoutedView<'a> {
    kind: FrameType,
    head: &'a [u8; AVOID_OFFSET],
    avoid: &'a [u8],
    payload: &'a [u8],
    sig: &'a [u8; SIG_LEN],
}

impl<'a> RoutedView<'a> {
    /// Reads the payload of a frame of type `kind`.
    #[inline]
    pub fn parse(kind: FrameType, bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if !kind.is_routed() {
            return Err(DecodeError::Type);
        }
        let (head, rest) = bytes
            .split_first_chunk::<AVOID_OFFSET>()
            .ok_or(DecodeError::Short)?;
        if head[FLAGS_OFFSET] & !FLAG_EXACT != 0 {
            return Err(DecodeError::Value);
        }
        let n_avoid = usize::from(head[N_AVOID_OFFSET]);
        if n_avoid > MAX_AVOID {
            return Err(DecodeError::Length);
        }
        let (avoid, rest) = rest
            .split_at_checked(n_avoid * AVOID_LEN)
            .ok_or(DecodeError::Short)?;
        let (payload, sig) = rest
            .split_last_chunk::<SIG_LEN>()
            .ok_or(DecodeError::Short)?;
        let view = Self {
            kind,
            head,
            avoid,
            payload,
            sig,
        };
        if view.sent() > MAX_SAFE {
            return Err(DecodeError::Range);
        }
        Ok(view)
    }

    /// The frame type, which is signed with the rest.
    pub const fn kind(&self) -> FrameType {
        self.kind
    }

    /// NodeID or key that the message goes to.
    #[inline]
    pub fn target(&self) -> &'a [u8; 32] {
        at(self.head, TARGET_OFFSET)
    }

    /// Whether only the target itself may act.
    #[inline]
    pub const fn exact(&self) -> bool {
        self.head[FLAGS_OFFSET] & FLAG_EXACT != 0
    }

    /// Hops left. Not signed.
    #[inline]
    pub const fn ttl(&self) -> u8 {
        self.head[TTL_OFFSET]
    }

    /// Ed25519 key of the origin.
    #[inline]
    pub fn ed_pk(&self) -> &'a [u8; 32] {
        at(self.head, ED_PK_OFFSET)
    }

    /// Nonce of the origin's work.
    #[inline]
    pub fn nonce(&self) -> u64 {
        u64::from_be_bytes(*at(self.head, NONCE_OFFSET))
    }

    /// Period of the origin's work.
    #[inline]
    pub fn period(&self) -> u16 {
        u16::from_be_bytes(*at(self.head, PERIOD_OFFSET))
    }

    /// Network time of sending, ms.
    #[inline]
    pub fn sent(&self) -> u64 {
        u64::from_be_bytes(*at(self.head, SENT_OFFSET))
    }

    /// Random id; with the origin it names this copy.
    #[inline]
    pub fn id(&self) -> u64 {
        u64::from_be_bytes(*at(self.head, ID_OFFSET))
    }

    /// First 8 bytes of each NodeID that the message should not pass. Not signed.
    #[inline]
    pub fn avoid(&self) -> impl ExactSizeIterator<Item = &'a [u8; AVOID_LEN]> + use<'a> {
        self.avoid.as_chunks::<AVOID_LEN>().0.iter()
    }

    /// What is carried.
    #[inline]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The origin's signature over [`Self::signed_bytes`].
    #[inline]
    pub const fn sig(&self) -> &'a [u8; SIG_LEN] {
        self.sig
    }

    /// The bytes under the signature; `payload_hash` is H(payload).
    ///
    /// ```text
    ///  0  1  frame type
    ///  1 32  target
    /// 33  1  flags
    /// 34 32  ed_pk
    /// 66  8  nonce
    /// 74  2  period
    /// 76  8  sent
    /// 84  8  id
    /// 92 32  H(payload)
    /// ```
    pub fn signed_bytes(&self, payload_hash: &[u8; 32]) -> [u8; SIGNED_LEN] {
        signed_bytes(self.kind, self.head, payload_hash)
    }
}

/// A routed message of our own before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct NewRouted<'a> {
    /// Frame type; must be a routed one.
    pub kind: FrameType,
    /// NodeID, or a key where CLOSEST.
    pub target: &'a [u8; 32],
    /// Only the target acts.
    pub exact: bool,
    /// Hops left.
    pub ttl: u8,
    /// Our Ed25519 key.
    pub ed_pk: &'a [u8; 32],
    /// Our nonce.
    pub nonce: u64,
    /// Our period.
    pub period: u16,
    /// Network time, ms.
    pub sent: u64,
    /// Random.
    pub id: u64,
    /// Prefixes of NodeIDs to stay away from, at most [`MAX_AVOID`].
    pub avoid: &'a [[u8; AVOID_LEN]],
    /// What is carried.
    pub payload: &'a [u8],
}

impl NewRouted<'_> {
    /// As [`RoutedView::signed_bytes`].
    pub fn signed_bytes(&self, payload_hash: &[u8; 32]) -> [u8; SIGNED_LEN] {
        signed_bytes(self.kind, &self.head(0), payload_hash)
    }

    /// The whole frame, header included, with the signature that the caller made.
    pub fn encode_frame(&self, sig: &[u8; SIG_LEN]) -> Result<Vec<u8>, EncodeError> {
        if !self.kind.is_routed() {
            return Err(EncodeError::new("type", "not a routed frame type"));
        }
        if self.sent > MAX_SAFE {
            return Err(EncodeError::new("sent", "above 2^53 - 1"));
        }
        let n_avoid = match u8::try_from(self.avoid.len()) {
            Ok(n) if self.avoid.len() <= MAX_AVOID => n,
            _ => return Err(EncodeError::new("avoid", "too many")),
        };
        let length = MIN_LEN + self.avoid.len() * AVOID_LEN + self.payload.len();
        let mut out = Writer::with_capacity(frame::HEADER_LEN + length);
        frame::begin(&mut out, self.kind, length)?;
        out.bytes(&self.head(n_avoid));
        out.bytes(self.avoid.as_flattened());
        out.bytes(self.payload);
        out.bytes(sig);
        Ok(out.into_bytes())
    }

    fn head(&self, n_avoid: u8) -> [u8; AVOID_OFFSET] {
        let mut head = [0; AVOID_OFFSET];
        head[TARGET_OFFSET..FLAGS_OFFSET].copy_from_slice(self.target);
        head[FLAGS_OFFSET] = if self.exact { FLAG_EXACT } else { 0 };
        head[TTL_OFFSET] = self.ttl;
        head[N_AVOID_OFFSET] = n_avoid;
        head[ED_PK_OFFSET..NONCE_OFFSET].copy_from_slice(self.ed_pk);
        head[NONCE_OFFSET..PERIOD_OFFSET].copy_from_slice(&self.nonce.to_be_bytes());
        head[PERIOD_OFFSET..SENT_OFFSET].copy_from_slice(&self.period.to_be_bytes());
        head[SENT_OFFSET..ID_OFFSET].copy_from_slice(&self.sent.to_be_bytes());
        head[ID_OFFSET..AVOID_OFFSET].copy_from_slice(&self.id.to_be_bytes());
        head
    }
}

/// The signed fields lie in two runs, before the ttl and after n_avoid, in the order in which they are signed.
fn signed_bytes(
    kind: FrameType,
    head: &[u8; AVOID_OFFSET],
    payload_hash: &[u8; 32],
) -> [u8; SIGNED_LEN] {
    const ORIGIN: usize = 1 + TTL_OFFSET;
    const HASH: usize = SIGNED_LEN - 32;
    let mut out = [0; SIGNED_LEN];
    out[0] = kind.byte();
    out[1..ORIGIN].copy_from_slice(&head[..TTL_OFFSET]);
    out[ORIGIN..HASH].copy_from_slice(&head[ED_PK_OFFSET..]);
    out[HASH..].copy_from_slice(payload_hash);
    out
}

/// `N` bytes of the fixed part. The offsets are constants within it; the zeros stand where a panic would.
#[inline(always)]
fn at<const N: usize>(head: &[u8; AVOID_OFFSET], offset: usize) -> &[u8; N] {
    match head[offset..].first_chunk() {
        Some(chunk) => chunk,
        None => const { &[0; N] },
    }
}
