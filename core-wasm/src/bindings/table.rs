//! The routing state of a node, and the arena through which frames reach it.
//!
//! A frame is written to the start of the arena, changed there in place, and what is to be sent is read from there. One
//! arena and one cache of checked work serve all nodes of a process: they take turns, and ten thousand must fit.

use core::cell::RefCell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::{Result, exact, network_of};
use crate::id::NodeId;
use crate::routing::LinkHandle;
use crate::routing::forward::{DropReason, Table as Routing, Verdict};
use crate::routing::knowledge::{Filter, Learned};
use crate::routing::ratelimit::Rates;
use crate::routing::works::Works;
use crate::wire::frame::MAX_FRAME;

/// What all tables share.
pub(super) struct Shared {
    pub(super) arena: Box<[u8]>,
    pub(super) works: Works,
}

thread_local! {
    pub(super) static SHARED: RefCell<Shared> =
        RefCell::new(Shared { arena: vec![0; MAX_FRAME].into(), works: Works::default() });
}

/// Address of the arena in WASM memory; it stays.
#[wasm_bindgen]
pub fn arena() -> usize {
    SHARED.with_borrow(|shared| shared.arena.as_ptr().addr())
}

/// Bytes of the arena: the longest frame.
#[wasm_bindgen(js_name = arenaLength)]
pub fn arena_length() -> usize {
    MAX_FRAME
}

/// Edges, knowledge, seen-cache and token buckets of one node.
#[wasm_bindgen]
pub struct Table(Routing);

#[wasm_bindgen]
impl Table {
    /// The empty table of a node.
    #[wasm_bindgen(constructor)]
    pub fn new(
        network: &[u8],
        bits: u32,
        me: &[u8],
        frames_per_second: f64,
        frame_burst: f64,
        bytes_per_second: f64,
    ) -> Result<Table> {
        let rates = Rates::new(frames_per_second, frame_burst, bytes_per_second);
        let me = NodeId(exact("self", me)?);
        Ok(Self(Routing::new(network_of(network)?, bits, me, rates)))
    }

    /// Decides over the first `length` bytes of the arena: verdict << 24 | link or reason.
    #[wasm_bindgen(js_name = onFrame)]
    pub fn on_frame(&mut self, length: usize, from: LinkHandle, now: f64) -> u32 {
        SHARED
            .with_borrow_mut(|Shared { arena, works }| match arena.get_mut(..length) {
                Some(frame) => self.0.on_frame(works, frame, from, now),
                None => Verdict::Drop(DropReason::Length),
            })
            .code()
    }

    /// The next best link after `failed` did not take the frame, or 0.
    #[wasm_bindgen(js_name = nextHop)]
    pub fn next_hop(&mut self, failed: LinkHandle) -> LinkHandle {
        self.0.next_hop(failed).unwrap_or(0)
    }

    /// Network time − monotonic now.
    #[wasm_bindgen(js_name = setTimeOffset)]
    pub fn set_time_offset(&mut self, ms: f64) {
        self.0.set_time_offset(ms);
    }

    /// What each link may send us from now on.
    #[wasm_bindgen(js_name = setRates)]
    pub fn set_rates(&mut self, frames_per_second: f64, frame_burst: f64, bytes_per_second: f64) {
        self.0
            .set_rates(Rates::new(frames_per_second, frame_burst, bytes_per_second));
    }

    /// Whether messages of others go on from here.
    #[wasm_bindgen(js_name = setCarrying)]
    pub fn set_carrying(&mut self, on: bool) {
        self.0.set_carrying(on);
    }

    /// A live link.
    #[wasm_bindgen(js_name = addLink)]
    pub fn add_link(&mut self, link: LinkHandle, peer: &[u8], edge: bool, now: f64) -> Result<()> {
        self.0
            .links
            .add(link, NodeId(exact("peer", peer)?), edge, now);
        Ok(())
    }

    /// A link that is gone.
    #[wasm_bindgen(js_name = removeLink)]
    pub fn remove_link(&mut self, link: LinkHandle) {
        self.0.links.remove(link);
    }

    /// At most `n` edges, nearest to the target first.
    pub fn links(&self, target: &[u8], n: usize, closer: bool) -> Result<Vec<u32>> {
        let target = NodeId(exact("target", target)?);
        Ok(self.0.links.edges.by_distance(&target, n, closer))
    }

    /// Remembers a routed message of our own.
    pub fn sent(&mut self, id: u64, now: f64) {
        self.0.sent(id, now);
    }

    /// One byte: the record is kept. 32: the NodeID to probe. None: it is not for this table.
    pub fn learn(&mut self, record: &[u8], now: f64) -> Vec<u8> {
        match self.0.learn(record, now) {
            Learned::Kept => vec![1],
            Learned::Probe(silent) => silent.0.to_vec(),
            Learned::Refused => vec![],
        }
    }

    /// Drops a peer that was silent or left.
    pub fn forget(&mut self, peer: &[u8]) -> Result<()> {
        self.0.knowledge.forget(&NodeId(exact("peer", peer)?));
        Ok(())
    }

    /// At most `n` records, nearest to the key first; none for a filter that does not exist.
    pub fn closest(&self, key: &[u8], n: usize, except: &[u8], filter: u8) -> Result<Array> {
        let (key, except) = (NodeId(exact("key", key)?), NodeId(exact("except", except)?));
        let Some(filter) = Filter::from_byte(filter) else {
            return Ok(Array::new());
        };
        let found = self.0.knowledge.closest(&key, n, &except, filter);
        Ok(found
            .into_iter()
            .map(|record| JsValue::from(Uint8Array::from(record)))
            .collect())
    }

    /// The record of a peer.
    pub fn record(&self, peer: &[u8]) -> Result<Option<Vec<u8>>> {
        let peer = NodeId(exact("peer", peer)?);
        Ok(self.0.knowledge.record(&peer).map(<[u8]>::to_vec))
    }

    /// Number of records.
    pub fn known(&self) -> usize {
        self.0.knowledge.len()
    }
}
