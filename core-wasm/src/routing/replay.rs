//! What was seen: (origin, id) of routed messages, and the link each came by, so that NO_ROUTE finds its way back.
//!
//! Two generations of an open-addressed table. A message counts as fresh for at most 20 min after it was first seen
//! (sent 10 min ahead of our clock, ±10 min), and every entry stays for 20 to 40. A message is looked up by its id,
//! which is random, and told from others of that id by its origin's key: the NodeID, another hash, is not needed.

use super::LinkHandle;
use super::links::MAX_HANDLE;

/// How long a generation takes in before it becomes the previous one (ms, tier 2): see the head of the file.
pub const GENERATION_MS: f64 = 20.0 * 60_000.0;
/// Most entries of a generation (tier 3): 2 MB each. Above it the generation ends early: 65,536 messages in less than
/// 20 min are a flood or a busy anchor, and there the answer cache of the terminal still acts once.
pub const MAX_ENTRIES: usize = 1 << 16;
/// Slots of a new table (tier 3): a node in a simulation of thousands forwards little.
const MIN_SLOTS: usize = 64;
/// Slots looked at for one key (tier 3): whoever finds keys that crowd one place pushes out their own.
const PROBES: usize = 128;
/// What is kept beside an id: `origin 40 bits ∥ link 24 bits`.
const ORIGIN: u64 = !LINK;
const LINK: u64 = MAX_HANDLE as u64;

/// The seen-cache of one node.
#[derive(Debug, Default)]
pub struct Seen {
    current: Generation,
    previous: Generation,
    started: f64,
}

/// Names one copy of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Never 0, which marks an empty slot.
    id: u64,
    /// Bits of the origin's key where [`ORIGIN`] has them; 0 is every origin.
    origin: u64,
}

impl Key {
    /// The message of an origin, by its Ed25519 key.
    #[inline]
    pub const fn new(ed_pk: &[u8; 32], id: u64) -> Self {
        let origin = match ed_pk.first_chunk() {
            Some(first) => u64::from_le_bytes(*first) & ORIGIN,
            None => 0,
        };
        Self {
            origin,
            ..Self::any(id)
        }
    }

    /// The messages of that id, whoever they are from: our own, and what a NO_ROUTE tells of.
    #[inline]
    pub const fn any(id: u64) -> Self {
        Self {
            id: if id == 0 { 1 } else { id },
            origin: 0,
        }
    }
}

impl Seen {
    /// Whether it was seen.
    pub fn contains(&mut self, key: Key, now: f64) -> bool {
        self.vacancy(key, now).is_none()
    }

    /// Where a message goes that was not seen before; none where it was. Good until the next call.
    #[inline]
    pub fn vacancy(&mut self, key: Key, now: f64) -> Option<Vacancy> {
        self.age(now);
        match self.current.find(key) {
            Found::At(_) => None,
            Found::Free(slot) => match self.previous.find(key) {
                Found::At(_) => None,
                Found::Free(_) => Some(Vacancy(slot)),
            },
        }
    }

    /// Remembers a message that was not seen before, and the link it came by (0: it is our own).
    #[inline]
    pub fn insert(&mut self, vacancy: Vacancy, key: Key, link: LinkHandle, now: f64) {
        let Vacancy(mut slot) = vacancy;
        // At most half full, so that a key is found or missed after two or three slots.
        if self.current.len * 2 >= self.current.ids.len() {
            slot = self.make_room(key, now);
        }
        self.current.put(slot, key, link);
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, key: Key, now: f64) -> usize {
        if self.current.len >= MAX_ENTRIES {
            self.turn(now);
        }
        if self.current.len * 2 >= self.current.ids.len() {
            self.current.grow();
        }
        let (Found::At(slot) | Found::Free(slot)) = self.current.find(key);
        slot
    }

    /// The link that a message came by, once: one NO_ROUTE goes back for it, a second finds none.
    pub fn take_link(&mut self, key: Key, now: f64) -> Option<LinkHandle> {
        self.age(now);
        let detail = match self.current.find(key) {
            Found::At(slot) => &mut self.current.details[slot],
            Found::Free(_) => match self.previous.find(key) {
                Found::At(slot) => &mut self.previous.details[slot],
                Found::Free(_) => return None,
            },
        };
        let link = *detail & LINK;
        *detail &= ORIGIN;
        (link != 0).then_some(link as LinkHandle)
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

/// A slot of the current generation.
#[derive(Clone, Copy, Debug)]
pub struct Vacancy(usize);

/// What is at the place of a key.
enum Found {
    /// The key.
    At(usize),
    /// Nothing, or a crowd of [`PROBES`] others of which the first has to leave.
    Free(usize),
}

/// An open-addressed table. Two rows, since a lookup that finds nothing reads ids only.
#[derive(Debug, Default)]
struct Generation {
    /// A power of two of slots, or none at all; 0 is empty.
    ids: Vec<u64>,
    /// Origin and link of each.
    details: Vec<u64>,
    len: usize,
}

impl Generation {
    #[inline]
    fn find(&self, key: Key) -> Found {
        let mask = self.ids.len().wrapping_sub(1);
        // Ids are random where nobody cheats; where somebody does, it takes more than counting up to crowd a place.
        let home = (key.id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize;
        for probe in 0..PROBES {
            let slot = (home + probe) & mask;
            match self.ids.get(slot) {
                Some(0) | None => return Found::Free(slot),
                Some(id) if *id == key.id && self.is_of(slot, key.origin) => {
                    return Found::At(slot);
                }
                Some(_) => {}
            }
        }
        Found::Free(home & mask)
    }

    /// Whether either side is every origin, or both the same.
    fn is_of(&self, slot: usize, origin: u64) -> bool {
        let other = self.details[slot] & ORIGIN;
        origin == other || origin == 0 || other == 0
    }

    #[inline]
    fn put(&mut self, slot: usize, key: Key, link: LinkHandle) {
        self.len += usize::from(self.ids[slot] == 0);
        self.ids[slot] = key.id;
        self.details[slot] = key.origin | u64::from(link) & LINK;
    }

    #[cold]
    fn grow(&mut self) {
        let slots = (self.ids.len() * 2).max(MIN_SLOTS);
        let ids = core::mem::replace(&mut self.ids, vec![0; slots]);
        let details = core::mem::replace(&mut self.details, vec![0; slots]);
        self.len = 0;
        for (id, detail) in ids.into_iter().zip(details) {
            if id != 0 {
                let key = Key {
                    id,
                    origin: detail & ORIGIN,
                };
                let (Found::At(slot) | Found::Free(slot)) = self.find(key);
                self.put(slot, key, (detail & LINK) as LinkHandle);
            }
        }
    }

    /// Empties it. Keeps its slots where `expected` entries will use them, else gives the memory back.
    fn clear(&mut self, expected: usize) {
        self.len = 0;
        if self.ids.len() > MIN_SLOTS && expected * 8 < self.ids.len() {
            *self = Self::default();
        } else {
            self.ids.fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(seen: &mut Seen, key: Key, link: LinkHandle, now: f64) {
        if let Some(vacancy) = seen.vacancy(key, now) {
            seen.insert(vacancy, key, link, now);
        }
    }

    /// splitmix64: ids as random as real ones.
    fn random(n: u64) -> u64 {
        let mut x = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn origin(n: u8) -> [u8; 32] {
        [n; 32]
    }

    #[test]
    fn seen_for_twenty_minutes_at_least_and_forgotten_after_forty() {
        for first in [0.0, 1.0, GENERATION_MS / 2.0, GENERATION_MS - 1.0] {
            let mut seen = Seen::default();
            seen.contains(Key::new(&origin(9), 9), 0.0);
            let key = Key::new(&origin(1), 7);
            assert!(!seen.contains(key, first));
            insert(&mut seen, key, 3, first);
            assert!(seen.contains(key, first + GENERATION_MS));
            assert!(!seen.contains(key, first + 2.0 * GENERATION_MS));
        }
    }

    #[test]
    fn origin_and_id_both_count() {
        let mut seen = Seen::default();
        insert(&mut seen, Key::new(&origin(1), 7), 3, 0.0);
        assert!(!seen.contains(Key::new(&origin(2), 7), 0.0));
        assert!(!seen.contains(Key::new(&origin(1), 8), 0.0));
    }

    #[test]
    fn the_link_is_given_once() {
        let mut seen = Seen::default();
        let (key, own) = (Key::new(&origin(1), 7), Key::any(8));
        insert(&mut seen, key, 3, 0.0);
        insert(&mut seen, own, 0, 0.0);
        assert_eq!(seen.take_link(key, GENERATION_MS), Some(3));
        assert_eq!(seen.take_link(key, GENERATION_MS), None);
        assert_eq!(seen.take_link(own, 0.0), None);
        assert!(seen.contains(key, GENERATION_MS));
    }

    #[test]
    fn all_of_a_full_generation_are_found() {
        let mut seen = Seen::default();
        let keys: Vec<_> = (0..MAX_ENTRIES as u64)
            .map(|n| Key::new(&origin(5), random(n)))
            .collect();
        for key in &keys {
            assert!(!seen.contains(*key, 0.0));
            insert(&mut seen, *key, 1, 0.0);
        }
        assert!(keys.iter().all(|key| seen.contains(*key, 0.0)));
        assert_eq!(seen.len(), MAX_ENTRIES);
    }

    #[test]
    fn memory_is_bounded_and_given_back() {
        let mut seen = Seen::default();
        for n in 0..5 * MAX_ENTRIES as u64 {
            insert(&mut seen, Key::new(&origin(5), random(n)), 1, 0.0);
            assert!(seen.len() <= 2 * MAX_ENTRIES);
        }
        assert!(seen.current.ids.len() <= 2 * MAX_ENTRIES);
        seen.contains(Key::new(&origin(5), 1), 2.0 * GENERATION_MS);
        seen.contains(Key::new(&origin(5), 1), 4.0 * GENERATION_MS);
        assert_eq!(seen.len(), 0);
        assert_eq!(seen.current.ids.len() + seen.previous.ids.len(), 0);
    }

    #[test]
    fn ids_that_crowd_one_place_stay_bounded() {
        let mut seen = Seen::default();
        // The inverse of the multiplier modulo 2^64: these ids all come out below 2^40, at home 0.
        let inverse = (0..6).fold(1_u64, |x, _| {
            x.wrapping_mul(2_u64.wrapping_sub(x.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        });
        for low in 1..10_000_u64 {
            let key = Key::any(low.wrapping_mul(inverse));
            insert(&mut seen, key, 1, 0.0);
            assert!(seen.contains(key, 0.0));
        }
        assert!(seen.len() <= PROBES);
    }

    #[test]
    fn our_own_id_is_seen_whoever_claims_it() {
        let mut seen = Seen::default();
        insert(&mut seen, Key::any(7), 0, 0.0);
        assert!(seen.contains(Key::new(&origin(1), 7), 0.0));
        assert!(!seen.contains(Key::new(&origin(1), 8), 0.0));
    }

    #[test]
    fn id_zero_is_an_id() {
        let mut seen = Seen::default();
        assert!(!seen.contains(Key::new(&origin(1), 0), 0.0));
        insert(&mut seen, Key::new(&origin(1), 0), 1, 0.0);
        assert!(seen.contains(Key::new(&origin(1), 0), 0.0));
    }
}
