//! What was seen: (origin, id) of routed messages, and the link each came by, so that NO_ROUTE finds its way back.
//!
//! Two generations of an open-addressed table. A message counts as fresh for at most 20 min after it was first seen
//! (sent 10 min ahead of our clock, ±10 min), and every entry stays for 20 to 40.

use super::LinkHandle;
use crate::id::NodeId;

/// How long a generation takes in before it becomes the previous one (ms, tier 2): see the head of the file.
pub const GENERATION_MS: f64 = 20.0 * 60_000.0;
/// Most entries of a generation (tier 3): 1.5 MB each. Above it the generation ends early: 65,536 messages in less than
/// 20 min are a flood or a busy anchor, and there the answer cache of the terminal still acts once.
pub const MAX_ENTRIES: usize = 1 << 16;
/// Slots of a new table (tier 3): a node in a simulation of thousands forwards little.
const MIN_SLOTS: usize = 64;
/// Slots looked at for one key (tier 3): whoever finds keys that crowd one place pushes out their own.
const PROBES: usize = 32;

/// The seen-cache of one node.
#[derive(Debug, Default)]
pub struct Seen {
    current: Generation,
    previous: Generation,
    started: f64,
}

/// Names one copy of one message; two different ones meet with a chance of 2^-64. Never 0, which marks an empty slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u64);

impl Key {
    /// The id is random and the origin's NodeID is a hash, so their sum is as random as either.
    #[inline]
    pub const fn new(origin: &NodeId, id: u64) -> Self {
        let mixed = (id ^ origin.prefix()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(if mixed == 0 { 1 } else { mixed })
    }
}

impl Seen {
    /// Whether it was seen.
    #[inline]
    pub fn contains(&mut self, key: Key, now: f64) -> bool {
        self.age(now);
        self.current.find(key).is_some() || self.previous.find(key).is_some()
    }

    /// Remembers a message that was not seen before, and the link it came by (0: it is our own).
    #[inline]
    pub fn insert(&mut self, key: Key, link: LinkHandle, now: f64) {
        self.age(now);
        if self.current.len >= MAX_ENTRIES {
            self.turn(now);
        }
        self.current.insert(key, link);
    }

    /// The link that a message came by, once: one NO_ROUTE goes back for it, a second finds none.
    pub fn take_link(&mut self, key: Key, now: f64) -> Option<LinkHandle> {
        self.age(now);
        let link = match self.current.find(key) {
            Some(at) => &mut self.current.links[at],
            None => self
                .previous
                .find(key)
                .map(|at| &mut self.previous.links[at])?,
        };
        let taken = core::mem::take(link);
        (taken != 0).then_some(taken)
    }

    /// Entries held.
    pub const fn len(&self) -> usize {
        self.current.len + self.previous.len
    }

    /// Whether nothing is remembered.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn age(&mut self, now: f64) {
        if now - self.started >= GENERATION_MS {
            let both = now - self.started >= 2.0 * GENERATION_MS;
            self.turn(now);
            if both {
                self.turn(now);
            }
        }
    }

    #[cold]
    fn turn(&mut self, now: f64) {
        core::mem::swap(&mut self.current, &mut self.previous);
        self.current.clear(self.previous.len);
        self.started = now;
    }
}

/// An open-addressed table. Two rows, since a lookup reads keys only.
#[derive(Debug, Default)]
struct Generation {
    /// A power of two of slots, or none at all; 0 is empty.
    keys: Vec<u64>,
    links: Vec<LinkHandle>,
    len: usize,
}

impl Generation {
    /// The slots where a key may lie, from the bits that the multiplication mixed best.
    #[inline]
    fn slots(&self, key: Key) -> impl Iterator<Item = usize> + use<> {
        let (home, mask) = ((key.0 >> 40) as usize, self.keys.len().wrapping_sub(1));
        (0..PROBES).map(move |probe| (home + probe) & mask)
    }

    #[inline]
    fn find(&self, key: Key) -> Option<usize> {
        for slot in self.slots(key) {
            let found = *self.keys.get(slot)?;
            if found == key.0 {
                return Some(slot);
            }
            if found == 0 {
                return None;
            }
        }
        None
    }

    #[inline]
    fn insert(&mut self, key: Key, link: LinkHandle) {
        // At most half full, so that a key is found or missed after two or three slots.
        if self.len * 2 >= self.keys.len() {
            self.grow();
        }
        self.place(key, link);
    }

    #[inline]
    fn place(&mut self, key: Key, link: LinkHandle) {
        let mut slots = self.slots(key);
        let home = (key.0 >> 40) as usize & (self.keys.len() - 1);
        let free = slots.find(|slot| self.keys[*slot] == 0);
        self.len += usize::from(free.is_some());
        let slot = free.unwrap_or(home);
        self.keys[slot] = key.0;
        self.links[slot] = link;
    }

    #[cold]
    fn grow(&mut self) {
        let slots = (self.keys.len() * 2).max(MIN_SLOTS);
        let keys = core::mem::replace(&mut self.keys, vec![0; slots]);
        let links = core::mem::replace(&mut self.links, vec![0; slots]);
        self.len = 0;
        for (key, link) in keys.into_iter().zip(links) {
            if key != 0 {
                self.place(Key(key), link);
            }
        }
    }

    /// Empties it. Keeps its slots where `expected` entries will use them, else gives the memory back.
    fn clear(&mut self, expected: usize) {
        self.len = 0;
        if self.keys.len() > MIN_SLOTS && expected * 8 < self.keys.len() {
            *self = Self::default();
        } else {
            self.keys.fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(n: u8) -> NodeId {
        NodeId([n; 32])
    }

    #[test]
    fn seen_for_twenty_minutes_at_least_and_forgotten_after_forty() {
        for first in [0.0, 1.0, GENERATION_MS / 2.0, GENERATION_MS - 1.0] {
            let mut seen = Seen::default();
            seen.contains(Key::new(&origin(9), 9), 0.0);
            let key = Key::new(&origin(1), 7);
            assert!(!seen.contains(key, first));
            seen.insert(key, 3, first);
            assert!(seen.contains(key, first + GENERATION_MS));
            assert!(!seen.contains(key, first + 2.0 * GENERATION_MS));
        }
    }

    #[test]
    fn origin_and_id_both_count() {
        let mut seen = Seen::default();
        seen.insert(Key::new(&origin(1), 7), 3, 0.0);
        assert!(!seen.contains(Key::new(&origin(2), 7), 0.0));
        assert!(!seen.contains(Key::new(&origin(1), 8), 0.0));
    }

    #[test]
    fn the_link_is_given_once() {
        let mut seen = Seen::default();
        let (key, own) = (Key::new(&origin(1), 7), Key::new(&origin(1), 8));
        seen.insert(key, 3, 0.0);
        seen.insert(own, 0, 0.0);
        assert_eq!(seen.take_link(key, GENERATION_MS), Some(3));
        assert_eq!(seen.take_link(key, GENERATION_MS), None);
        assert_eq!(seen.take_link(own, 0.0), None);
        assert!(seen.contains(key, GENERATION_MS));
    }

    #[test]
    fn all_of_a_full_generation_are_found() {
        let mut seen = Seen::default();
        let keys: Vec<_> = (0..MAX_ENTRIES as u64)
            .map(|n| Key::new(&origin(5), n * n))
            .collect();
        for key in &keys {
            assert!(!seen.contains(*key, 0.0));
            seen.insert(*key, 1, 0.0);
        }
        assert!(keys.iter().all(|key| seen.contains(*key, 0.0)));
        assert_eq!(seen.len(), MAX_ENTRIES);
    }

    #[test]
    fn memory_is_bounded_and_given_back() {
        let mut seen = Seen::default();
        for n in 0..5 * MAX_ENTRIES as u64 {
            seen.insert(Key::new(&origin(5), n << 20), 1, 0.0);
            assert!(seen.len() <= 2 * MAX_ENTRIES);
        }
        assert!(seen.current.keys.len() <= 2 * MAX_ENTRIES);
        seen.contains(Key::new(&origin(5), 1), 2.0 * GENERATION_MS);
        seen.contains(Key::new(&origin(5), 1), 4.0 * GENERATION_MS);
        assert_eq!(seen.len(), 0);
        assert_eq!(seen.current.keys.len() + seen.previous.keys.len(), 0);
    }

    #[test]
    fn keys_that_crowd_one_place_stay_bounded() {
        let mut seen = Seen::default();
        for low in 1..10_000 {
            seen.insert(Key(0xabcd_0000_0000_0000 | low), 1, 0.0);
            assert!(seen.contains(Key(0xabcd_0000_0000_0000 | low), 0.0));
        }
        assert!(seen.len() <= PROBES);
    }
}
