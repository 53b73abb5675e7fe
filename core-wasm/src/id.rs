//! NodeIDs, the XOR metric over them, and the other names that are hashes: networks, addresses, people.

use crate::block;
use crate::crypto::hash;
use crate::pow;
use crate::purpose::Purpose;

/// H("network" ∥ name)[0..16]: what keeps signatures and work of one network out of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(pub [u8; 16]);

impl Network {
    /// The network of a name, such as "nodus/1/main".
    pub fn named(name: &str) -> Self {
        let digest = hash(Purpose::NETWORK, &[name.as_bytes()]);
        let mut out = [0; 16];
        out.copy_from_slice(&digest[..16]);
        Self(out)
    }
}

/// A place in the keyspace: a NodeID, a storage address or another key that nodes are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NodeId(pub [u8; 32]);

impl NodeId {
    /// The NodeID of a solved digest: H("node-id" ∥ digest) (protocol.md §1).
    pub fn of_digest(digest: &[u8; 32]) -> Self {
        Self(block::hash(Purpose::NODE_ID, [digest]))
    }

    /// The NodeID of a key and its work; none where the digest has fewer than `bits` leading zeros.
    pub fn of_work(network: &Network, work: &Work, bits: u32) -> Option<Self> {
        let digest = pow::digest(network, work);
        (pow::leading_zeros(&digest) >= bits).then(|| Self::of_digest(&digest))
    }

    /// The first 8 bytes as a number: enough to order random ids, and one comparison.
    #[inline]
    pub const fn prefix(&self) -> u64 {
        self.words()[0]
    }

    /// XOR distance.
    #[inline]
    pub const fn distance(&self, other: &Self) -> Distance {
        let (a, b) = (self.words(), other.words());
        Distance([a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]])
    }

    /// Whether `a` is strictly nearer to `self` than `b` is.
    #[inline]
    pub fn is_nearer(&self, a: &Self, b: &Self) -> bool {
        self.distance(a) < self.distance(b)
    }

    #[inline]
    const fn words(&self) -> [u64; 4] {
        let (words, _) = self.0.as_chunks::<8>();
        [
            u64::from_be_bytes(words[0]),
            u64::from_be_bytes(words[1]),
            u64::from_be_bytes(words[2]),
            u64::from_be_bytes(words[3]),
        ]
    }

    /// Number of leading bits in common, 0 … 256: the index of the k-bucket.
    pub fn common_prefix(&self, other: &Self) -> usize {
        match self.0.iter().zip(&other.0).position(|(a, b)| a != b) {
            Some(at) => at * 8 + (self.0[at] ^ other.0[at]).leading_zeros() as usize,
            None => 256,
        }
    }
}

/// The distance of two places: their XOR as one big-endian number. Its order is the order of nearness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Distance([u64; 4]);

/// Indexes of those of `ids` that are nearest to `key`, nearest first, at most `n`.
///
/// An insertion into what was found so far: `n` is small, and the library's sorts would be a tenth of the module.
pub fn nearest(
    key: &NodeId,
    ids: &mut dyn Iterator<Item = (usize, &NodeId)>,
    n: usize,
) -> Vec<usize> {
    let mut found: Vec<(Distance, usize)> = Vec::new();
    for (index, id) in ids {
        let distance = key.distance(id);
        if found.len() == n && found.last().is_none_or(|(last, _)| distance >= *last) {
            continue;
        }
        let at = found.partition_point(|(other, _)| *other <= distance);
        found.truncate(n.saturating_sub(1));
        found.insert(at, (distance, index));
    }
    found.into_iter().map(|(_, index)| index).collect()
}

/// A node key with the work that was done on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Work {
    /// Ed25519 key.
    pub ed_pk: [u8; 32],
    /// Solution.
    pub nonce: u64,
    /// 28-day number, 0 where the network turns it off.
    pub period: u16,
}

/// H("identity" ∥ ed_pk ∥ H("mldsa" ∥ mldsa_pk)): what contacts know a person by (protocol.md §1).
pub fn identity_id(ed_pk: &[u8; 32], mldsa_pk: &[u8]) -> [u8; 32] {
    hash(
        Purpose::IDENTITY,
        &[ed_pk, &hash(Purpose::MLDSA, &[mldsa_pk])],
    )
}

/// H("address" ∥ kind u8 ∥ write_pk ∥ owner_pk ∥ day u16): where cells lie (protocol.md §7).
pub fn address(kind: u8, write_pk: &[u8; 32], owner_pk: &[u8; 32], day: u16) -> [u8; 32] {
    hash(
        Purpose::ADDRESS,
        &[&[kind], write_pk, owner_pk, &day.to_be_bytes()],
    )
}

/// H("card" ∥ IdentityID): where a card lies (protocol.md §7).
pub fn card_address(identity: &[u8; 32]) -> [u8; 32] {
    hash(Purpose::CARD, &[identity])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(first: u8, last: u8) -> NodeId {
        let mut bytes = [0; 32];
        bytes[0] = first;
        bytes[31] = last;
        NodeId(bytes)
    }

    #[test]
    fn distance_is_xor_and_orders() {
        let here = id(0b1000_0000, 0);
        assert_eq!(here.distance(&here), Distance([0; 4]));
        assert_eq!(here.distance(&id(0, 3)), Distance([1 << 63, 0, 0, 3]));
        assert!(here.is_nearer(&id(0b1000_0001, 0), &id(0, 0)));
        assert!(!here.is_nearer(&id(0, 0), &id(0b1000_0001, 0)));
        assert!(!here.is_nearer(&id(1, 2), &id(1, 2)));
        // Beyond the first 8 bytes the rest decides.
        assert!(here.is_nearer(&id(0, 1), &id(0, 2)));
    }

    #[test]
    fn nearest_first_and_not_more_than_asked() {
        let ids: Vec<NodeId> = [9, 3, 1, 200, 0, 3].map(|first| id(first, 0)).into();
        let list = |n| nearest(&id(2, 0), &mut ids.iter().enumerate(), n);
        // Distances: 11, 1, 3, 202, 2, 1; equal ones as they came.
        assert_eq!(list(100), [1, 5, 4, 2, 0, 3]);
        assert_eq!(list(6), [1, 5, 4, 2, 0, 3]);
        assert_eq!(list(3), [1, 5, 4]);
        assert_eq!(list(1), [1]);
        assert!(list(0).is_empty());
    }

    #[test]
    fn common_prefix_counts_bits() {
        assert_eq!(id(0, 0).common_prefix(&id(0, 0)), 256);
        assert_eq!(id(0, 0).common_prefix(&id(0, 1)), 255);
        assert_eq!(id(0, 0).common_prefix(&id(1, 0)), 7);
        assert_eq!(id(0, 0).common_prefix(&id(0x80, 0)), 0);
    }

    #[test]
    fn ids_of_two_networks_differ() {
        let work = Work {
            ed_pk: [7; 32],
            nonce: 1,
            period: 0,
        };
        let main = NodeId::of_work(&Network::named("nodus/1/main"), &work, 0);
        let test = NodeId::of_work(&Network::named("nodus/1/test"), &work, 0);
        assert!(main.is_some() && test.is_some());
        assert_ne!(main, test);
    }

    #[test]
    fn work_below_the_bits_has_no_id() {
        let network = Network::named("nodus/1/test");
        let work = Work {
            ed_pk: [7; 32],
            nonce: 1,
            period: 0,
        };
        let reached = pow::leading_zeros(&pow::digest(&network, &work));
        assert!(NodeId::of_work(&network, &work, reached).is_some());
        assert!(NodeId::of_work(&network, &work, reached + 1).is_none());
    }
}
