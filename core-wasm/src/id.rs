//! NodeIDs, the XOR metric over them, and the other names that are hashes: networks, addresses, people.

use core::cmp::Ordering;

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
        Self(hash(Purpose::NODE_ID, &[digest]))
    }

    /// The NodeID of a key and its work; none where the digest has fewer than `bits` leading zeros.
    pub fn of_work(network: &Network, work: &Work, bits: u32) -> Option<Self> {
        let digest = pow::digest(network, work);
        (pow::leading_zeros(&digest) >= bits).then(|| Self::of_digest(&digest))
    }

    /// The first 8 bytes as a number: enough to order random ids, and one comparison.
    #[inline]
    pub const fn prefix(&self) -> u64 {
        match self.0.first_chunk() {
            Some(first) => u64::from_be_bytes(*first),
            None => 0,
        }
    }

    /// XOR distance, big-endian: of two distances the smaller array is the nearer one.
    pub fn distance(&self, other: &Self) -> [u8; 32] {
        core::array::from_fn(|at| self.0[at] ^ other.0[at])
    }

    /// Orders `a` and `b` by their distance to `self`; Less where `a` is nearer.
    #[inline]
    pub fn nearer(&self, a: &Self, b: &Self) -> Ordering {
        let here = self.prefix();
        (a.prefix() ^ here)
            .cmp(&(b.prefix() ^ here))
            .then_with(|| self.distance(a).cmp(&self.distance(b)))
    }

    /// Number of leading bits in common, 0 … 256: the index of the k-bucket.
    pub fn common_prefix(&self, other: &Self) -> usize {
        match self.0.iter().zip(&other.0).position(|(a, b)| a != b) {
            Some(at) => at * 8 + (self.0[at] ^ other.0[at]).leading_zeros() as usize,
            None => 256,
        }
    }
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
        assert_eq!(here.distance(&here), [0; 32]);
        assert_eq!(
            here.nearer(&id(0b1000_0001, 0), &id(0b0000_0000, 0)),
            Ordering::Less
        );
        assert_eq!(
            here.nearer(&id(0b0000_0000, 0), &id(0b1000_0001, 0)),
            Ordering::Greater
        );
        assert_eq!(here.nearer(&id(1, 2), &id(1, 2)), Ordering::Equal);
        // Beyond the first 8 bytes the rest decides.
        assert_eq!(here.nearer(&id(0, 1), &id(0, 2)), Ordering::Less);
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
