//! Live links that frames are routed to, by their place in the keyspace, and the greedy decision over them.
//!
//! Sorted by NodeID. All edges that share their first bits lie together, and whoever shares more leading bits with a
//! target is nearer to it, so an index over the first bits leaves a handful of edges to compare instead of all.

use super::{LinkHandle, NO_LINK};
use crate::id::{NodeId, nearest};

/// Edges in one cell of the index on average (tier 3). Measured in WASM with 64 random edges: 28 ns a decision with 2,
/// 32 with 4, 44 with 8, 57 with 16; with 2,048 edges 36, 36, 48, 71.
const PER_CELL: usize = 2;
/// Most bits of the index (tier 3): 1,024 cells of 2 B for an anchor's thousands of links.
const MAX_INDEX_BITS: u32 = 10;

/// The edges of one node.
#[derive(Debug)]
pub struct Edges {
    me: NodeId,
    /// First 8 bytes of each id, sorted: a comparison of two of them decides but for a chance of 2^-64.
    prefixes: Vec<u64>,
    ids: Vec<NodeId>,
    links: Vec<LinkHandle>,
    /// Cell n: the index of the first edge whose leading bits are ≥ n; one more cell than there are, for the end.
    cells: Vec<u16>,
    shift: u32,
}

impl Edges {
    /// No edges yet; `me` is what they must be nearer than.
    pub fn new(me: NodeId) -> Self {
        let mut edges = Self {
            me,
            prefixes: vec![],
            ids: vec![],
            links: vec![],
            cells: vec![],
            shift: 63,
        };
        edges.index();
        edges
    }

    /// Number of edges.
    pub const fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Adds a link; the caller sees to it that there are at most [`u16::MAX`].
    pub fn insert(&mut self, link: LinkHandle, peer: NodeId) {
        let at = self.ids.partition_point(|id| id.0 < peer.0);
        self.prefixes.insert(at, peer.prefix());
        self.ids.insert(at, peer);
        self.links.insert(at, link);
        self.index();
    }

    /// Removes a link, if it is there.
    pub fn remove(&mut self, link: LinkHandle) {
        if let Some(at) = self.links.iter().position(|one| *one == link) {
            self.prefixes.remove(at);
            self.ids.remove(at);
            self.links.remove(at);
            self.index();
        }
    }

    /// The decision of protocol.md §4: the edge nearest to the target, strictly nearer than we are, that `skip` lets be,
    /// or [`NO_LINK`].
    #[inline]
    pub fn decide(&self, target: &NodeId, skip: impl Fn(LinkHandle, u64) -> bool) -> LinkHandle {
        let home = (target.prefix() >> self.shift) as usize;
        // In the order of XOR: the first cell that has an edge for us has the nearest one.
        for away in 0..self.cells.len() - 1 {
            let cell = home ^ away;
            let (start, end) = (self.cells[cell].into(), self.cells[cell + 1].into());
            if let Some(best) = self.nearest_in(start, end, target, &skip) {
                let closer = target.is_nearer(&self.ids[best], &self.me);
                return if closer { self.links[best] } else { NO_LINK };
            }
        }
        NO_LINK
    }

    /// Edges nearest to the target first, at most `n`; with `closer` only those strictly nearer than we are.
    pub fn by_distance(&self, target: &NodeId, n: usize, closer: bool) -> Vec<LinkHandle> {
        let ids = self.ids.iter().enumerate();
        let mut wanted = ids.filter(|(_, id)| !closer || target.is_nearer(id, &self.me));
        nearest(target, &mut wanted, n)
            .into_iter()
            .map(|at| self.links[at])
            .collect()
    }

    /// The nearest edge of a cell. `skip` is asked only for what would be the best so far: that is once or twice.
    #[inline]
    fn nearest_in(
        &self,
        start: usize,
        end: usize,
        target: &NodeId,
        skip: &impl Fn(LinkHandle, u64) -> bool,
    ) -> Option<usize> {
        let prefix = target.prefix();
        let (mut best, mut least) = (None, u64::MAX);
        for at in start..end {
            let distance = self.prefixes[at] ^ prefix;
            if distance > least || skip(self.links[at], self.prefixes[at]) {
                continue;
            }
            // Equal in the first 8 bytes: the others decide.
            let nearer = |best: usize| target.is_nearer(&self.ids[at], &self.ids[best]);
            if distance < least || best.is_none_or(nearer) {
                (best, least) = (Some(at), distance);
            }
        }
        best
    }

    fn index(&mut self) {
        let bits = (self.len() / PER_CELL).max(2).ilog2().min(MAX_INDEX_BITS);
        self.shift = 64 - bits;
        self.cells.clear();
        for cell in 0..1_u64 << bits {
            let first = self
                .prefixes
                .partition_point(|prefix| prefix >> self.shift < cell);
            self.cells.push(first as u16);
        }
        self.cells.push(self.len() as u16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Distance;

    /// xorshift64*: the same numbers every run.
    struct Rng(u64);

    impl Rng {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
        }

        /// Random, but often sharing leading bytes, even beyond the first 8, with `like`.
        fn id(&mut self, like: &NodeId) -> NodeId {
            let mut id = NodeId([0; 32]);
            id.0.iter_mut().for_each(|byte| *byte = self.next() as u8);
            let shared = match self.next() % 4 {
                0 => self.next() as usize % 33,
                1 => 1,
                _ => 0,
            };
            id.0[..shared].copy_from_slice(&like.0[..shared]);
            id
        }
    }

    fn reference(
        edges: &[(LinkHandle, NodeId)],
        me: &NodeId,
        target: &NodeId,
        skipped: &[LinkHandle],
    ) -> Option<Distance> {
        edges
            .iter()
            .filter(|(link, _)| !skipped.contains(link))
            .map(|(_, id)| target.distance(id))
            .filter(|distance| *distance < target.distance(me))
            .min()
    }

    #[test]
    fn decides_as_a_full_scan() {
        let mut rng = Rng(0x5eed);
        let mut decided = 0;
        for round in 0..300 {
            let me = rng.id(&NodeId([0; 32]));
            let mut edges = Edges::new(me);
            let mut all = vec![];
            for link in 1..=(round % 120) as LinkHandle {
                let peer = rng.id(&me);
                edges.insert(link, peer);
                all.push((link, peer));
            }
            while !all.is_empty() && rng.next().is_multiple_of(3) {
                let (link, _) = all.swap_remove(rng.next() as usize % all.len());
                edges.remove(link);
            }
            for _ in 0..50 {
                let target = rng.id(&me);
                let skipped: Vec<LinkHandle> = (0..rng.next() % 4)
                    .map(|_| 1 + (rng.next() % 120) as LinkHandle)
                    .collect();
                let link = edges.decide(&target, |link, _| skipped.contains(&link));
                let got = (link != NO_LINK).then(|| {
                    let (_, id) = all
                        .iter()
                        .find(|(one, _)| *one == link)
                        .expect("a live edge");
                    assert!(!skipped.contains(&link));
                    target.distance(id)
                });
                assert_eq!(got, reference(&all, &me, &target, &skipped));
                decided += usize::from(got.is_some());
            }
        }
        assert!(decided > 1_000);
    }

    #[test]
    fn lists_by_distance() {
        let mut rng = Rng(7);
        let me = rng.id(&NodeId([0; 32]));
        let mut edges = Edges::new(me);
        let peers: Vec<_> = (1..=40).map(|link| (link, rng.id(&me))).collect();
        peers.iter().for_each(|(link, id)| edges.insert(*link, *id));
        let target = rng.id(&me);
        let listed = edges.by_distance(&target, 100, false);
        assert_eq!(listed.len(), 40);
        let distance = |link: &LinkHandle| target.distance(&peers[*link as usize - 1].1);
        assert!(listed.is_sorted_by_key(distance));
        let closer = edges.by_distance(&target, 100, true);
        assert!(
            closer
                .iter()
                .all(|link| distance(link) < target.distance(&me))
        );
        assert_eq!(closer, listed[..closer.len()]);
        assert_eq!(edges.by_distance(&target, 3, false), listed[..3]);
    }

    #[test]
    fn two_links_of_one_peer_are_both_kept() {
        let mut edges = Edges::new(NodeId([0; 32]));
        edges.insert(1, NodeId([9; 32]));
        edges.insert(2, NodeId([9; 32]));
        edges.remove(1);
        assert_eq!(edges.decide(&NodeId([9; 32]), |_, _| false), 2);
    }
}
