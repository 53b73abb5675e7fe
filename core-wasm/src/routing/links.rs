//! The live links of one node by handle, and what each may still send.

use super::LinkHandle;
use super::edges::Edges;
use super::ratelimit::{Buckets, Rates};
use crate::id::NodeId;

/// Most links (tier 3): eight times what an anchor allows itself; the places below are counted in u16.
pub const MAX_LINKS: usize = 1 << 14;
/// Largest handle: it shares a word with the verdict.
pub const MAX_HANDLE: LinkHandle = (1 << 24) - 1;

/// One live link.
#[derive(Clone, Copy, Debug)]
struct Link {
    handle: LinkHandle,
    buckets: Buckets,
}

/// All links, and those of them that are edges.
#[derive(Debug)]
pub struct Links {
    links: Vec<Link>,
    /// Open-addressed: place in `links` + 1, or 0. A power of two of slots, at most half used.
    places: Vec<u16>,
    /// The links that frames are routed to.
    pub edges: Edges,
}

impl Links {
    /// No links; edges must be nearer than `me`.
    pub fn new(me: NodeId) -> Self {
        Self {
            links: vec![],
            places: vec![0; 2],
            edges: Edges::new(me),
        }
    }

    /// Adds a link or replaces it. Nothing happens above [`MAX_LINKS`] and for handles that cannot be.
    pub fn add(&mut self, handle: LinkHandle, peer: NodeId, edge: bool, now: f64) {
        self.remove(handle);
        if self.links.len() >= MAX_LINKS || !(1..=MAX_HANDLE).contains(&handle) {
            return;
        }
        self.links.push(Link {
            handle,
            buckets: Buckets::new(now),
        });
        self.index();
        if edge {
            self.edges.insert(handle, peer);
        }
    }

    /// Removes a link, if it is there.
    pub fn remove(&mut self, handle: LinkHandle) {
        if let Some(at) = self.links.iter().position(|link| link.handle == handle) {
            self.links.swap_remove(at);
            self.index();
            self.edges.remove(handle);
        }
    }

    /// The place of a link, good until links change.
    #[inline]
    pub fn place(&self, handle: LinkHandle) -> Option<usize> {
        let mut slot = self.home(handle);
        // At most half of the slots are used, so an empty one ends the search.
        loop {
            let place = usize::from(self.places[slot]).checked_sub(1)?;
            if self.links[place].handle == handle {
                return Some(place);
            }
            slot = (slot + 1) & (self.places.len() - 1);
        }
    }

    /// Whether the link at `place` may send so many bytes; then they are taken.
    #[inline]
    pub fn take(&mut self, place: usize, rates: &Rates, length: usize, now: f64) -> bool {
        self.links[place].buckets.take(rates, length, now)
    }

    #[inline]
    fn home(&self, handle: LinkHandle) -> usize {
        (handle.wrapping_mul(0x9e37_79b1) >> 16) as usize & (self.places.len() - 1)
    }

    fn index(&mut self) {
        let slots = (self.links.len() * 2 + 1).next_power_of_two();
        self.places.clear();
        self.places.resize(slots, 0);
        for at in 0..self.links.len() {
            let mut slot = self.home(self.links[at].handle);
            while self.places[slot] != 0 {
                slot = (slot + 1) & (slots - 1);
            }
            self.places[slot] = at as u16 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_added_and_not_what_was_removed() {
        let mut links = Links::new(NodeId([0; 32]));
        for handle in 1..=500 {
            links.add(
                handle * 37,
                NodeId([handle as u8; 32]),
                handle % 2 == 0,
                0.0,
            );
        }
        for handle in (1..=500).step_by(3) {
            links.remove(handle * 37);
        }
        for handle in 1..=500 {
            let found = links
                .place(handle * 37)
                .map(|place| links.links[place].handle);
            assert_eq!(found, (handle % 3 != 1).then_some(handle * 37));
            assert_eq!(links.place(handle * 37 + 1), None);
        }
        assert_eq!(
            links.edges.len(),
            (1..=500)
                .filter(|handle| handle % 2 == 0 && handle % 3 != 1)
                .count()
        );
    }

    #[test]
    fn a_handle_names_one_link() {
        let mut links = Links::new(NodeId([0; 32]));
        links.add(5, NodeId([1; 32]), true, 0.0);
        links.add(5, NodeId([2; 32]), false, 0.0);
        assert_eq!(links.links.len(), 1);
        assert!(links.edges.is_empty());
    }

    #[test]
    fn handles_that_cannot_be_and_too_many_links_are_left_out() {
        let mut links = Links::new(NodeId([0; 32]));
        links.add(0, NodeId([1; 32]), true, 0.0);
        links.add(MAX_HANDLE + 1, NodeId([1; 32]), true, 0.0);
        assert!(links.links.is_empty() && links.edges.is_empty());
        links.links = vec![
            Link {
                handle: 1,
                buckets: Buckets::new(0.0)
            };
            MAX_LINKS
        ];
        links.add(7, NodeId([1; 32]), true, 0.0);
        assert_eq!(links.links.len(), MAX_LINKS);
    }
}
