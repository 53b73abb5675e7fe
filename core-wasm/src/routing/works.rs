//! Proofs of work that were checked: a set of (network, bits, key, nonce, period).
//!
//! One cache serves all nodes of a process, since a proof is true for everyone. Only proofs that hold get in, so each
//! entry cost its author 2^bits hashes, and a key is compared whole: no other key can be made to look like it.

use crate::id::{Network, Work};
use crate::pow;

/// Most entries (tier 3): 1.3 MB; more origins than a node hears of in 20 min.
pub const MAX_SLOTS: usize = 1 << 14;
/// Slots at the start (tier 3).
const MIN_SLOTS: usize = 1 << 8;
/// Slots in which one key may lie.
const WAYS: usize = 4;

/// The cache.
#[derive(Debug)]
pub struct Works {
    /// One word for each slot, 0 where it is empty: a key that is not there is missed after one line of memory.
    tags: Vec<u64>,
    /// Sets of [`WAYS`] slots.
    slots: Vec<Slot>,
    used: usize,
    /// Which way of a full set leaves next.
    turn: usize,
}

#[derive(Clone, Debug)]
struct Slot {
    /// The key as words, which compare faster than bytes.
    ed_pk: [u64; 4],
    nonce: u64,
    period: u16,
    bits: u32,
    network: Network,
}

const EMPTY: Slot = Slot {
    ed_pk: [0; 4],
    nonce: 0,
    period: 0,
    bits: 0,
    network: Network([0; 16]),
};

impl Default for Works {
    fn default() -> Self {
        Self::with_slots(MIN_SLOTS)
    }
}

impl Works {
    fn with_slots(slots: usize) -> Self {
        Self {
            tags: vec![0; slots],
            slots: vec![EMPTY; slots],
            used: 0,
            turn: 0,
        }
    }

    /// Whether the work on a key reaches `bits`, from the cache or by checking it.
    #[inline]
    pub fn holds(&mut self, network: &Network, bits: u32, work: &Work) -> bool {
        let ed_pk = words(&work.ed_pk);
        let tag = tag(ed_pk[0], work.nonce);
        let set = self.set(tag);
        for at in set..set + WAYS {
            if self.tags[at] != tag {
                continue;
            }
            let slot = &self.slots[at];
            let same = slot.ed_pk == ed_pk && slot.nonce == work.nonce;
            let asked = slot.period == work.period && slot.bits == bits;
            if same && asked && slot.network == *network {
                return true;
            }
        }
        self.check(network, bits, work)
    }

    #[cold]
    #[inline(never)]
    fn check(&mut self, network: &Network, bits: u32, work: &Work) -> bool {
        if !pow::holds(network, work, bits) {
            return false;
        }
        let slot = Slot {
            ed_pk: words(&work.ed_pk),
            nonce: work.nonce,
            period: work.period,
            bits,
            network: *network,
        };
        // Half full in all, or a set that overflows early: origins that push each other out would be checked every time.
        let last = self.set(tag(slot.ed_pk[0], slot.nonce)) + WAYS - 1;
        let crowded = self.tags[last] != 0 && self.used * 8 >= self.slots.len();
        if (crowded || self.used * 2 >= self.slots.len()) && self.slots.len() < MAX_SLOTS {
            let larger = Self::with_slots(self.slots.len() * 2);
            let old = core::mem::replace(self, larger);
            for (slot, tag) in old.slots.into_iter().zip(old.tags) {
                if tag != 0 {
                    self.place(slot);
                }
            }
        }
        self.place(slot);
        true
    }

    /// Entries held.
    pub const fn len(&self) -> usize {
        self.used
    }

    /// Whether nothing is held.
    pub const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// First slot of a set.
    #[inline]
    fn set(&self, tag: u64) -> usize {
        ((tag >> 40) as usize * WAYS) & (self.slots.len() - 1)
    }

    fn place(&mut self, slot: Slot) {
        let tag = tag(slot.ed_pk[0], slot.nonce);
        let set = self.set(tag);
        let free = (set..set + WAYS).find(|at| self.tags[*at] == 0);
        self.used += usize::from(free.is_some());
        let at = free.unwrap_or_else(|| {
            self.turn += 1;
            set + self.turn % WAYS
        });
        self.tags[at] = tag;
        self.slots[at] = slot;
    }
}

/// Keys and nonces that lie together cost 2^bits hashes each to find.
#[inline]
const fn tag(key: u64, nonce: u64) -> u64 {
    (key ^ nonce).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
}

#[inline]
fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let (words, _) = bytes.as_chunks::<8>();
    core::array::from_fn(|at| u64::from_le_bytes(words[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: Network = Network([1; 16]);

    fn work(n: u32) -> Work {
        let mut ed_pk = [0; 32];
        ed_pk[..4].copy_from_slice(&n.to_le_bytes());
        Work {
            ed_pk,
            nonce: u64::from(n) << 32,
            period: 0,
        }
    }

    #[test]
    fn the_cache_answers_as_the_check() {
        let mut works = Works::default();
        for _ in 0..2 {
            for n in 0..2_000 {
                let want = pow::holds(&NETWORK, &work(n), 2);
                assert_eq!(works.holds(&NETWORK, 2, &work(n)), want);
            }
        }
    }

    #[test]
    fn another_network_or_more_bits_are_another_question() {
        let mut works = Works::default();
        let period = Work {
            period: 1,
            ..work(1)
        };
        assert!(works.holds(&NETWORK, 0, &work(1)));
        assert!(works.holds(&Network([2; 16]), 0, &work(1)));
        assert!(works.holds(&NETWORK, 0, &period));
        assert!(!works.holds(&NETWORK, 60, &work(1)));
        assert!(!works.holds(&NETWORK, u32::MAX, &work(1)));
        assert_eq!(works.len(), 3);
    }

    #[test]
    fn failed_work_is_not_kept_and_memory_is_bounded() {
        let mut works = Works::default();
        for n in 0..1_000 {
            assert!(!works.holds(&NETWORK, 40, &work(n)));
        }
        assert!(works.is_empty());
        for n in 0..4 * MAX_SLOTS as u32 {
            assert!(works.holds(&NETWORK, 0, &work(n)));
            assert!(works.len() <= works.slots.len() && works.slots.len() <= MAX_SLOTS);
        }
        assert!(works.len() > MAX_SLOTS / 2);
    }
}
