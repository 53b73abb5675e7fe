//! What to do with a frame: protocol.md §4, "Forwarder, in this order". One call a frame, no allocation.
//!
//! ```text
//! 1 length, version, type    malformed, version, type, length
//! 2 the link                 unlinked: the frame came by a link that is gone
//! 3 TTL                      ttl: clamped to 16, decremented in place
//! 4 proof of work            work
//! 5 freshness                stale: not within 10 min of network time
//! 6 seen-cache               seen
//! 7 token buckets            rate; only what passes is remembered as seen
//! 8 decision                 take, forward, no route
//! ```
//!
//! Frames between the two ends of a link pass 1, 2 and 7 and end here. Nothing is verified but work: it carries.

use super::knowledge::{Knowledge, Learned};
use super::links::Links;
use super::ratelimit::Rates;
use super::replay::{Key, Seen};
use super::works::Works;
use super::{LinkHandle, NO_LINK};
use crate::id::{Network, NodeId};
use crate::msg::Message;
use crate::msg::no_route::{self, NoRoute};
use crate::msg::record::ContactRecord;
use crate::msg::routed::{MAX_AVOID, RoutedView, TTL_OFFSET};
use crate::signed::{record_work, routed_work};
use crate::wire::frame::{HEADER_LEN, VERSION};
use crate::wire::{DecodeError, Frame, FrameType};

/// Most hops (tier 1): three times the mean path of 10,000 nodes at 24 links.
pub const MAX_TTL: u8 = 16;
/// How far from network time a message may have been sent (ms, tier 1): two honest clocks may each be 5 min off.
pub const FRESH_MS: f64 = 600_000.0;
/// Links tried for one frame (tier 3): after eight full ones the way is not the trouble.
const MAX_TRIED: usize = 8;
/// Bytes of a NO_ROUTE frame.
pub const NO_ROUTE_LEN: usize = HEADER_LEN + no_route::LEN;

/// Why a frame is dropped; the numbers are the indexes of `DropReason` in web/src/node/ports.ts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)] // As wide as a link handle: then a verdict is two words in registers, not bytes in memory.
pub enum DropReason {
    /// Fields that no encoder writes.
    Malformed = 0,
    /// A frame version that we do not speak.
    Version = 1,
    /// A frame type that nobody owns.
    Type = 2,
    /// Too short, too long, or not the length it says.
    Length = 3,
    /// The origin's work is below the bits of the network.
    Work = 4,
    /// Sent too long ago, or too far ahead.
    Stale = 5,
    /// Seen before.
    Seen = 6,
    /// The link sends more than it may.
    Rate = 7,
    /// Too many hops.
    Ttl = 8,
    /// The link is gone: the one it came by, or the one a NO_ROUTE would go back on.
    Unlinked = 9,
    /// A NO_ROUTE from where the message had come.
    Loop = 10,
}

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It ends here.
    Take,
    /// It goes out on this link, as it now is.
    Forward(LinkHandle),
    /// Nothing more is done.
    Drop(DropReason),
    /// It was replaced by a NO_ROUTE frame of [`NO_ROUTE_LEN`] bytes for this link.
    NoRoute(LinkHandle),
}

impl Verdict {
    /// The word that JavaScript gets: the verdict in the top byte, a link or a reason below.
    #[inline]
    pub const fn code(self) -> u32 {
        match self {
            Self::Take => 0,
            Self::Forward(link) => 1 << 24 | link,
            Self::Drop(reason) => 2 << 24 | reason as u32,
            Self::NoRoute(link) => 3 << 24 | link,
        }
    }
}

impl From<DecodeError> for DropReason {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Version => Self::Version,
            DecodeError::Type => Self::Type,
            DecodeError::Short | DecodeError::Long | DecodeError::Length => Self::Length,
            _ => Self::Malformed,
        }
    }
}

/// The routing state of one node.
#[derive(Debug)]
pub struct Table {
    network: Network,
    bits: u32,
    me: NodeId,
    rates: Rates,
    /// Whether frames of others go on from here.
    carrying: bool,
    /// Network time − monotonic now (ms).
    offset: f64,
    /// Live links and edges.
    pub links: Links,
    /// Records of peers.
    pub knowledge: Knowledge,
    seen: Seen,
    last: Last,
}

/// The last frame that was forwarded, for local repair. Written in place: as a value it would be copied on the hot path.
#[derive(Debug)]
struct Last {
    target: NodeId,
    /// Prefixes of NodeIDs not to pass.
    avoid: [u64; MAX_AVOID],
    avoids: usize,
    /// The link it came by, then those that failed; none where nothing was forwarded.
    tried: [LinkHandle; MAX_TRIED],
    tries: usize,
}

impl Last {
    const NONE: Self = Self {
        target: NodeId([0; 32]),
        avoid: [0; MAX_AVOID],
        avoids: 0,
        tried: [0; MAX_TRIED],
        tries: 0,
    };

    #[inline]
    fn set(&mut self, view: &RoutedView<'_>, from: LinkHandle) {
        self.target = NodeId(*view.target());
        self.avoids = view.avoid().len();
        for (slot, prefix) in self.avoid.iter_mut().zip(view.avoid()) {
            *slot = u64::from_be_bytes(*prefix);
        }
        self.tried[0] = from;
        self.tries = 1;
    }

    /// Whether a link was tried or leads to a node to avoid.
    fn skips(&self, link: LinkHandle, prefix: u64) -> bool {
        self.tried[..self.tries].contains(&link) || self.avoid[..self.avoids].contains(&prefix)
    }
}

impl Table {
    /// The empty table of a node.
    pub fn new(network: Network, bits: u32, me: NodeId, rates: Rates) -> Self {
        Self {
            network,
            bits,
            me,
            rates,
            carrying: true,
            offset: 0.0,
            links: Links::new(me),
            knowledge: Knowledge::new(me),
            seen: Seen::default(),
            last: Last::NONE,
        }
    }

    /// Sets network time − monotonic now (ms).
    pub const fn set_time_offset(&mut self, ms: f64) {
        self.offset = ms;
    }

    /// Sets what each link may send us from now on.
    pub const fn set_rates(&mut self, rates: Rates) {
        self.rates = rates;
    }

    /// Whether messages of others go on from here; where not, they end as they would without any edge. What ends here
    /// anyway, our own messages, and the NO_ROUTE of what was carried before go on as ever.
    pub const fn set_carrying(&mut self, on: bool) {
        self.carrying = on;
    }

    /// Remembers a routed message of our own.
    pub fn sent(&mut self, id: u64, now: f64) {
        let key = Key::any(id);
        if let Some(vacancy) = self.seen.vacancy(key, now) {
            self.seen.insert(vacancy, key, 0, now);
        }
    }

    /// Takes in the record of a peer that answered us itself; its signature was checked.
    pub fn learn(&mut self, record: &[u8], now: f64) -> Learned {
        let Ok(decoded) = ContactRecord::decode(record) else {
            return Learned::Refused;
        };
        match NodeId::of_work(&self.network, &record_work(&decoded), self.bits) {
            Some(id) => self.knowledge.learn(id, &decoded, record, now),
            None => Learned::Refused,
        }
    }

    /// Entries of the seen-cache.
    pub const fn seen_len(&self) -> usize {
        self.seen.len()
    }

    /// Decides over one frame and changes it in place to what is to be sent.
    #[inline]
    pub fn on_frame(
        &mut self,
        works: &mut Works,
        frame: &mut [u8],
        from: LinkHandle,
        now: f64,
    ) -> Verdict {
        self.last.tries = 0;
        self.judge(works, frame, from, now)
            .unwrap_or_else(Verdict::Drop)
    }

    /// The next best link for the frame that was last forwarded, after `failed` did not take it.
    pub fn next_hop(&mut self, failed: LinkHandle) -> Option<LinkHandle> {
        let last = &mut self.last;
        if last.tries == 0 {
            return None;
        }
        *last.tried.get_mut(last.tries)? = failed;
        last.tries += 1;
        let skip = |link, prefix| last.skips(link, prefix);
        let next = self.links.edges.decide(&last.target, skip);
        (next != NO_LINK).then_some(next)
    }

    #[inline]
    fn judge(
        &mut self,
        works: &mut Works,
        frame: &mut [u8],
        from: LinkHandle,
        now: f64,
    ) -> Result<Verdict, DropReason> {
        let length = frame.len();
        let Frame { kind, payload } = Frame::decode(frame)?;
        if !kind.is_routed() {
            let place = self.links.place(from).ok_or(DropReason::Unlinked)?;
            if !self.links.take(place, &self.rates, length, now) {
                return Err(DropReason::Rate);
            }
            return match kind {
                FrameType::NoRoute => self.back(NoRoute::decode(payload)?, from, now),
                _ => Ok(Verdict::Take),
            };
        }
        let view = RoutedView::parse(kind, payload)?;
        let place = self.links.place(from).ok_or(DropReason::Unlinked)?;
        let ttl = view.ttl().min(MAX_TTL);
        let ttl = ttl.checked_sub(1).ok_or(DropReason::Ttl)?;
        let work = routed_work(&view);
        if !works.holds(&self.network, self.bits, &work) {
            return Err(DropReason::Work);
        }
        let age = now + self.offset - view.sent() as f64;
        // So written that a time that is not a number is stale.
        if !(-FRESH_MS..=FRESH_MS).contains(&age) {
            return Err(DropReason::Stale);
        }
        let key = Key::new(&work.ed_pk, view.id());
        let vacancy = self.seen.vacancy(key, now).ok_or(DropReason::Seen)?;
        if !self.links.take(place, &self.rates, length, now) {
            return Err(DropReason::Rate);
        }
        // A frame over the rate must not spoil a copy that comes by another link, so only now.
        self.seen.insert(vacancy, key, from, now);
        let verdict = self.decide(&view, from);
        match verdict {
            // With no hops left it may end here, but not go on.
            Verdict::Forward(_) if ttl == 0 => return Err(DropReason::Ttl),
            Verdict::Forward(_) => {
                self.last.set(&view, from);
                frame[HEADER_LEN + TTL_OFFSET] = ttl;
            }
            Verdict::NoRoute(_) => {
                let (origin, id) = (NodeId::of_work(&self.network, &work, 0), view.id());
                write_no_route(frame, &origin.unwrap_or_default(), id);
            }
            _ => {}
        }
        Ok(verdict)
    }

    /// Step 8: greedy, never back on the link it came by, and nowhere while we carry for nobody.
    #[inline]
    fn decide(&self, view: &RoutedView<'_>, from: LinkHandle) -> Verdict {
        let target = NodeId(*view.target());
        if view.exact() && target == self.me {
            return Verdict::Take;
        }
        let skip = |link, prefix: u64| {
            link == from || view.avoid().any(|avoided| *avoided == prefix.to_be_bytes())
        };
        let next = if self.carrying {
            self.links.edges.decide(&target, skip)
        } else {
            NO_LINK
        };
        match next {
            NO_LINK if view.exact() => Verdict::NoRoute(from),
            NO_LINK => Verdict::Take,
            link => Verdict::Forward(link),
        }
    }

    /// A NO_ROUTE on its way to the origin: back on the link by which the message came.
    fn back(&mut self, told: NoRoute, from: LinkHandle, now: f64) -> Result<Verdict, DropReason> {
        if told.origin == self.me.0 {
            return Ok(Verdict::Take);
        }
        let link = self.seen.take_link(Key::any(told.id), now);
        let link = link.ok_or(DropReason::Unlinked)?;
        if link == from {
            return Err(DropReason::Loop);
        }
        self.links.place(link).ok_or(DropReason::Unlinked)?;
        Ok(Verdict::Forward(link))
    }
}

/// Over the start of the routed frame, which is longer and no longer needed.
#[cold]
fn write_no_route(frame: &mut [u8], origin: &NodeId, id: u64) {
    const { assert!(NO_ROUTE_LEN <= HEADER_LEN + crate::msg::routed::MIN_LEN) };
    let out = &mut frame[..NO_ROUTE_LEN];
    out[0] = VERSION;
    out[1] = FrameType::NoRoute.byte();
    out[2..HEADER_LEN].copy_from_slice(&(no_route::LEN as u32).to_be_bytes());
    out[HEADER_LEN..HEADER_LEN + 32].copy_from_slice(&origin.0);
    out[HEADER_LEN + 32..].copy_from_slice(&id.to_be_bytes());
}
