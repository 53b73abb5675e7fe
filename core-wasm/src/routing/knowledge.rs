//! Records of peers that answered us themselves (protocol.md §5): soft state, at most 256, behind a k-bucket's manners.
//!
//! A bucket is all peers that share the same number of leading bits with us; 16 of each are guaranteed a place, what is
//! free beyond that goes to anyone. A full table does not decide who is dead: it names the peer to probe, and the
//! answer comes back as `forget` or as a fresh `learn`.

use crate::id::{NodeId, nearest};
use crate::msg::record::{ContactRecord, capability};

/// Most records (tier 3): with 16 a bucket, enough for every bucket of a network of a million nodes.
pub const MAX_RECORDS: usize = 256;
/// Records that a bucket is guaranteed: k of Kademlia (tier 3).
pub const BUCKET: usize = 16;

/// A record that was checked, and what is needed of it to choose.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its NodeID.
    pub id: NodeId,
    /// The record, signed, as it came.
    pub record: Box<[u8]>,
    capabilities: u16,
    /// ms at signing.
    seq: u64,
    /// When it was first admitted: the longer ago, the likelier it stays.
    since: f64,
    /// When it last answered.
    answered: f64,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// It is in the table.
    Kept,
    /// No room: if this peer stays silent, forget it and learn the record again.
    Probe(NodeId),
    /// Not for this table: ourselves, or a LEAF.
    Refused,
}

/// Which records `closest` may give: the filter byte of FIND.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All.
    Any,
    /// Those that keep cells.
    Store,
    /// Dialable ones that keep cells.
    AnchorStore,
}

impl Filter {
    /// The filter of a byte; an unknown one gives nothing away.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Any),
            1 => Some(Self::Store),
            2 => Some(Self::AnchorStore),
            _ => None,
        }
    }

    const fn wanted(self) -> u16 {
        match self {
            Self::Any => 0,
            Self::Store => capability::STORE,
            Self::AnchorStore => capability::ANCHOR | capability::STORE,
        }
    }
}

/// The records that one node knows, sorted by NodeID.
#[derive(Debug)]
pub struct Knowledge {
    me: NodeId,
    contacts: Vec<Contact>,
}

impl Knowledge {
    /// Nobody known yet.
    pub const fn new(me: NodeId) -> Self {
        Self {
            me,
            contacts: Vec::new(),
        }
    }

    /// Number of records.
    pub const fn len(&self) -> usize {
        self.contacts.len()
    }

    /// Whether nobody is known.
    pub const fn is_empty(&self) -> bool {
        self.contacts.is_empty()
    }

    /// Takes in the record of a peer that answered us itself. `record` was checked and `id` follows from it.
    pub fn learn(&mut self, id: NodeId, record: &ContactRecord, bytes: &[u8], now: f64) -> Learned {
        if id == self.me || record.capabilities & capability::LEAF != 0 {
            return Learned::Refused;
        }
        let found = self.find(&id);
        if let Ok(at) = found {
            self.contacts[at].answered = now;
            // An older record that comes late by another path must not take back what a newer one said.
            if record.seq.0 > self.contacts[at].seq {
                self.contacts[at].seq = record.seq.0;
                self.contacts[at].capabilities = record.capabilities;
                self.contacts[at].record = bytes.into();
            }
            return Learned::Kept;
        }
        if self.contacts.len() >= MAX_RECORDS
            && let Some(silent) = self.make_room(self.bucket(&id))
        {
            return Learned::Probe(silent);
        }
        let contact = Contact {
            id,
            record: bytes.into(),
            capabilities: record.capabilities,
            seq: record.seq.0,
            since: now,
            answered: now,
        };
        let at = self.find(&id).unwrap_or_else(|at| at);
        self.contacts.insert(at, contact);
        Learned::Kept
    }

    /// Drops a peer that was silent or left.
    pub fn forget(&mut self, id: &NodeId) {
        if let Ok(at) = self.find(id) {
            self.contacts.remove(at);
        }
    }

    /// The record of a peer.
    pub fn record(&self, id: &NodeId) -> Option<&[u8]> {
        self.find(id).ok().map(|at| &*self.contacts[at].record)
    }

    /// Records nearest to the key first, at most `n`, without the peer `except`.
    pub fn closest(&self, key: &NodeId, n: usize, except: &NodeId, filter: Filter) -> Vec<&[u8]> {
        let wanted = filter.wanted();
        let ids = self.contacts.iter().map(|contact| &contact.id).enumerate();
        let mut fitting = ids
            .filter(|(at, id)| self.contacts[*at].capabilities & wanted == wanted && *id != except);
        let found = nearest(key, &mut fitting, n);
        found
            .into_iter()
            .map(|at| &*self.contacts[at].record)
            .collect()
    }

    fn find(&self, id: &NodeId) -> Result<usize, usize> {
        self.contacts
            .binary_search_by(|contact| contact.id.0.cmp(&id.0))
    }

    fn bucket(&self, id: &NodeId) -> usize {
        self.me.common_prefix(id)
    }

    /// Makes room for a newcomer of `bucket`, or names the peer whose silence would.
    ///
    /// 1. A bucket with 16 already: only a silent peer of its own makes room.
    /// 2. A bucket below 16: the youngest guest of the fullest bucket above 16 leaves at once.
    /// 3. There is none: the longest silent of all is to be probed.
    fn make_room(&mut self, bucket: usize) -> Option<NodeId> {
        let mut sizes = [0_u16; 257];
        for contact in &self.contacts {
            sizes[self.bucket(&contact.id)] += 1;
        }
        if usize::from(sizes[bucket]) >= BUCKET {
            return self.silent(|id| self.bucket(id) == bucket);
        }
        let fullest = (0..sizes.len()).max_by_key(|at| sizes[*at]).unwrap_or(0);
        if usize::from(sizes[fullest]) <= BUCKET {
            return self.silent(|_| true);
        }
        let youngest = (0..self.contacts.len())
            .filter(|at| self.bucket(&self.contacts[*at].id) == fullest)
            .max_by(|a, b| self.contacts[*a].since.total_cmp(&self.contacts[*b].since))?;
        self.contacts.remove(youngest);
        None
    }

    /// Of those among `these`, the one that has not answered for the longest time.
    fn silent(&self, these: impl Fn(&NodeId) -> bool) -> Option<NodeId> {
        let candidates = self.contacts.iter().filter(|contact| these(&contact.id));
        candidates
            .min_by(|a, b| a.answered.total_cmp(&b.answered))
            .map(|contact| contact.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg::value::Millis;

    fn record(capabilities: u16, seq: u64) -> ContactRecord {
        ContactRecord {
            version: 1,
            capabilities,
            ed_pk: [1; 32],
            nonce: 0,
            period: 0,
            x25519_pk: [2; 32],
            seq: Millis(seq),
            expiry: 0,
            addresses: vec![],
            sig: [0; 64],
        }
    }

    fn learn(table: &mut Knowledge, id: NodeId, capabilities: u16, seq: u64, now: f64) -> Learned {
        table.learn(
            id,
            &record(capabilities, seq),
            &[id.0[0], id.0[31], seq as u8],
            now,
        )
    }

    /// Peer `n` of the bucket with `shared` (below 8) leading bits in common with zero.
    fn peer(shared: u32, n: u8) -> NodeId {
        let mut id = NodeId([0; 32]);
        id.0[0] = 0x80 >> shared;
        id.0[31] = n;
        id
    }

    const ME: NodeId = NodeId([0; 32]);

    #[test]
    fn neither_ourselves_nor_a_leaf() {
        let mut table = Knowledge::new(ME);
        assert_eq!(learn(&mut table, ME, 0, 1, 0.0), Learned::Refused);
        assert_eq!(
            learn(&mut table, peer(0, 1), capability::LEAF, 1, 0.0),
            Learned::Refused
        );
        assert!(table.is_empty());
    }

    #[test]
    fn the_newest_record_stays() {
        let mut table = Knowledge::new(ME);
        for seq in [5, 9, 7] {
            assert_eq!(learn(&mut table, peer(0, 1), 0, seq, 0.0), Learned::Kept);
        }
        assert_eq!(table.record(&peer(0, 1)), Some([0x80, 1, 9].as_slice()));
        table.forget(&peer(0, 1));
        assert_eq!(table.record(&peer(0, 1)), None);
    }

    #[test]
    fn a_full_bucket_names_its_most_silent_peer() {
        let mut table = Knowledge::new(ME);
        for n in 0..=255 {
            assert_eq!(
                learn(&mut table, peer(0, n), 0, 1, f64::from(n)),
                Learned::Kept
            );
        }
        assert_eq!(learn(&mut table, peer(0, 0), 0, 1, 1_000.0), Learned::Kept);
        let late = NodeId([0xff; 32]);
        assert_eq!(
            learn(&mut table, late, 0, 1, 1_001.0),
            Learned::Probe(peer(0, 1))
        );
        assert_eq!(table.record(&late), None);
        table.forget(&peer(0, 1));
        assert_eq!(learn(&mut table, late, 0, 1, 1_002.0), Learned::Kept);
        assert_eq!(table.len(), MAX_RECORDS);
    }

    #[test]
    fn a_sparse_bucket_displaces_the_youngest_guest() {
        let mut table = Knowledge::new(ME);
        for n in 0..=255 {
            learn(&mut table, peer(0, n), 0, 1, f64::from(n));
        }
        for n in 0..16 {
            assert_eq!(learn(&mut table, peer(5, n), 0, 1, 300.0), Learned::Kept);
            assert_eq!(table.record(&peer(0, 255 - n)), None, "the youngest leaves");
        }
        assert_eq!(
            learn(&mut table, peer(5, 99), 0, 1, 300.0),
            Learned::Probe(peer(5, 0))
        );
        assert_eq!(table.len(), MAX_RECORDS);
        assert!(table.record(&peer(0, 0)).is_some(), "the oldest stays");
    }

    #[test]
    fn sixteen_of_each_of_sixteen_buckets_stay_until_silent() {
        let mut table = Knowledge::new(ME);
        for shared in 0..16 {
            for n in 0..16 {
                let mut id = NodeId([0; 32]);
                id.0[shared / 8] = 0x80 >> (shared % 8);
                id.0[31] = n;
                let now = f64::from(n) + shared as f64 / 100.0;
                assert_eq!(learn(&mut table, id, 0, 1, now), Learned::Kept);
            }
        }
        let mut near = NodeId([0; 32]);
        near.0[30] = 1;
        assert_eq!(
            learn(&mut table, near, 0, 1, 99.0),
            Learned::Probe(peer(0, 0))
        );
    }

    #[test]
    fn closest_sorts_filters_and_leaves_out() {
        let mut table = Knowledge::new(ME);
        let (store, anchor) = (capability::STORE, capability::ANCHOR | capability::STORE);
        for (n, capabilities) in [
            (1, 0),
            (2, store),
            (3, anchor),
            (4, capability::ANCHOR),
            (5, store),
        ] {
            learn(&mut table, peer(0, n), capabilities, n.into(), 0.0);
        }
        let key = peer(0, 2);
        let seqs = |n, except, filter| -> Vec<u8> {
            table
                .closest(&key, n, &except, filter)
                .into_iter()
                .map(|record| record[2])
                .collect()
        };
        // Distances to 2: 1 → 3, 2 → 0, 3 → 1, 4 → 6, 5 → 7.
        assert_eq!(seqs(16, ME, Filter::Any), [2, 3, 1, 4, 5]);
        assert_eq!(seqs(2, ME, Filter::Any), [2, 3]);
        assert_eq!(seqs(16, peer(0, 3), Filter::Any), [2, 1, 4, 5]);
        assert_eq!(seqs(16, ME, Filter::Store), [2, 3, 5]);
        assert_eq!(seqs(16, ME, Filter::AnchorStore), [3]);
        assert_eq!(Filter::from_byte(3), None);
    }
}
