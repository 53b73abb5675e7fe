//! Proofs of work that were checked: (network, bits, key, nonce, period) → NodeID.
//!
//! One cache serves all nodes of a process, since a proof is true for everyone. Only proofs that hold get in, so each
//! entry cost its author 2^bits hashes, and a key is compared whole: no other key can be made to look like it.

use crate::id::{Network, NodeId, Work};

/// Most entries (tier 3): 1.8 MB; more origins than a node hears of in 20 min.
pub const MAX_SLOTS: usize = 1 << 14;
/// Slots at the start (tier 3).
const MIN_SLOTS: usize = 1 << 8;
/// Slots in which one key may lie.
const WAYS: usize = 4;

/// The cache.
#[derive(Debug)]
pub struct Works {
    /// Sets of [`WAYS`] slots, newest first.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Debug)]
struct Slot {
    /// The key as words, which compare faster than bytes.
    ed_pk: [u64; 4],
    nonce: u64,
    period: u16,
    /// Bits asked for; none where the slot is empty.
    bits: Option<u32>,
    network: Network,
    id: NodeId,
}

const EMPTY: Slot = Slot {
    ed_pk: [0; 4],
    nonce: 0,
    period: 0,
    bits: None,
    network: Network([0; 16]),
    id: NodeId([0; 32]),
};

impl Default for Works {
    fn default() -> Self {
        Self {
            slots: vec![EMPTY; MIN_SLOTS],
            used: 0,
        }
    }
}

impl Works {
    /// The NodeID of a key and its work, from the cache or by checking it; none where the work does not reach `bits`.
    #[inline]
    pub fn node_id(&mut self, network: &Network, bits: u32, work: &Work) -> Option<NodeId> {
        let ed_pk = words(&work.ed_pk);
        let set = self.set(ed_pk[0], work.nonce);
        for slot in &self.slots[set..set + WAYS] {
            let same =
                slot.ed_pk == ed_pk && slot.nonce == work.nonce && slot.period == work.period;
            if same && slot.bits == Some(bits) && slot.network == *network {
                return Some(slot.id);
            }
        }
        self.check(network, bits, work)
    }

    #[cold]
    #[inline(never)]
    fn check(&mut self, network: &Network, bits: u32, work: &Work) -> Option<NodeId> {
        let id = NodeId::of_work(network, work, bits)?;
        let (ed_pk, nonce, period) = (words(&work.ed_pk), work.nonce, work.period);
        self.insert(Slot {
            ed_pk,
            nonce,
            period,
            bits: Some(bits),
            network: *network,
            id,
        });
        Some(id)
    }

    /// Entries held.
    pub const fn len(&self) -> usize {
        self.used
    }

    /// Whether nothing is held.
    pub const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// First slot of the set of a key. Keys and nonces that lie together cost 2^bits each to find.
    #[inline]
    fn set(&self, key: u64, nonce: u64) -> usize {
        let mixed = (key ^ nonce).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        (mixed as usize * WAYS) & (self.slots.len() - 1)
    }

    fn insert(&mut self, slot: Slot) {
        // Half full in all, or a set that overflows early: origins that push each other out would be checked every time.
        let last = self.set(slot.ed_pk[0], slot.nonce) + WAYS - 1;
        let crowded = self.slots[last].bits.is_some() && self.used * 8 >= self.slots.len();
        if (crowded || self.used * 2 >= self.slots.len()) && self.slots.len() < MAX_SLOTS {
            let slots = vec![EMPTY; self.slots.len() * 2];
            let old = core::mem::replace(&mut self.slots, slots);
            self.used = 0;
            old.into_iter()
                .rev()
                .filter(|slot| slot.bits.is_some())
                .for_each(|slot| self.place(slot));
        }
        self.place(slot);
    }

    /// In front of its set; the oldest of a full one leaves.
    fn place(&mut self, slot: Slot) {
        let set = self.set(slot.ed_pk[0], slot.nonce);
        let ways = &mut self.slots[set..set + WAYS];
        if ways[WAYS - 1].bits.is_none() {
            self.used += 1;
        }
        ways.rotate_right(1);
        ways[0] = slot;
    }
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
                assert_eq!(
                    works.node_id(&NETWORK, 2, &work(n)),
                    NodeId::of_work(&NETWORK, &work(n), 2)
                );
            }
        }
    }

    #[test]
    fn another_network_or_more_bits_are_another_question() {
        let mut works = Works::default();
        let here = works.node_id(&NETWORK, 0, &work(1));
        assert_ne!(works.node_id(&Network([2; 16]), 0, &work(1)), here);
        assert_eq!(works.node_id(&NETWORK, 60, &work(1)), None);
        assert_eq!(works.node_id(&NETWORK, u32::MAX, &work(1)), None);
        assert!(
            works
                .node_id(
                    &NETWORK,
                    0,
                    &Work {
                        period: 1,
                        ..work(1)
                    }
                )
                .is_some()
        );
        assert_eq!(works.len(), 3);
    }

    #[test]
    fn failed_work_is_not_kept_and_memory_is_bounded() {
        let mut works = Works::default();
        for n in 0..1_000 {
            works.node_id(&NETWORK, 40, &work(n));
        }
        assert!(works.is_empty());
        for n in 0..4 * MAX_SLOTS as u32 {
            works.node_id(&NETWORK, 0, &work(n));
            assert!(works.len() <= works.slots.len() && works.slots.len() <= MAX_SLOTS);
        }
        assert!(works.len() > MAX_SLOTS / 2);
    }
}
