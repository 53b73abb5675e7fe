//! A node to send frames to, and frames to send.

use nodus_core::id::{Network, NodeId, Work};
use nodus_core::msg::Message;
use nodus_core::msg::no_route::NoRoute;
use nodus_core::msg::routed::NewRouted;
use nodus_core::routing::forward::{Table, Verdict};
use nodus_core::routing::ratelimit::Rates;
use nodus_core::routing::works::Works;
use nodus_core::wire::{Frame, FrameType};

pub const NETWORK: Network = Network([7; 16]);
pub const ME: NodeId = NodeId([0; 32]);
/// Network time − monotonic now.
pub const OFFSET: f64 = 1_000_000.0;
pub const NOW: f64 = 5_000.0;

/// A node with its cache of checked work.
pub struct Node {
    pub table: Table,
    pub works: Works,
}

impl Node {
    pub fn new(bits: u32) -> Self {
        let mut table = Table::new(NETWORK, bits, ME, Rates::new(500.0, 2_000.0, 4_194_304.0));
        table.set_time_offset(OFFSET);
        Self {
            table,
            works: Works::default(),
        }
    }

    /// A node with an edge for each first byte; its handle is that byte.
    pub fn with_edges(firsts: &[u8]) -> Self {
        let mut node = Self::new(0);
        for first in firsts {
            node.table
                .links
                .add(u32::from(*first), at(*first), true, NOW);
        }
        node
    }

    pub fn frame(&mut self, frame: &mut [u8], from: u32, now: f64) -> Verdict {
        self.table.on_frame(&mut self.works, frame, from, now)
    }

    /// A message that arrives now, freshly sent.
    pub fn arrive(&mut self, message: &Routed, from: u32) -> Verdict {
        self.frame(&mut message.frame(), from, NOW)
    }
}

/// Shorthand for a routed message.
#[derive(Clone)]
pub struct Routed {
    pub target: NodeId,
    pub exact: bool,
    pub ttl: u8,
    pub ed_pk: [u8; 32],
    pub nonce: u64,
    pub sent: f64,
    pub id: u64,
    pub avoid: Vec<[u8; 8]>,
}

impl Routed {
    pub fn to(target: NodeId) -> Self {
        Self {
            target,
            exact: true,
            ttl: 14,
            ed_pk: [3; 32],
            nonce: 0,
            sent: NOW + OFFSET,
            id: 1,
            avoid: vec![],
        }
    }

    pub fn origin(&self) -> NodeId {
        let work = Work {
            ed_pk: self.ed_pk,
            nonce: self.nonce,
            period: 0,
        };
        NodeId::of_work(&NETWORK, &work, 0).expect("no work is asked for")
    }

    pub fn frame(&self) -> Vec<u8> {
        let message = NewRouted {
            kind: FrameType::Sealed,
            target: &self.target.0,
            exact: self.exact,
            ttl: self.ttl,
            ed_pk: &self.ed_pk,
            nonce: self.nonce,
            period: 0,
            sent: self.sent as u64,
            id: self.id,
            avoid: &self.avoid,
            payload: b"payload",
        };
        message.encode_frame(&[0; 64]).expect("within its limits")
    }
}

/// An id by its first byte.
pub fn at(first: u8) -> NodeId {
    let mut id = [0x11; 32];
    id[0] = first;
    NodeId(id)
}

/// A NO_ROUTE frame.
pub fn no_route(origin: NodeId, id: u64) -> Vec<u8> {
    let payload = NoRoute {
        origin: origin.0,
        id,
    }
    .encode()
    .expect("any can be written");
    let kind = FrameType::NoRoute;
    let frame = Frame {
        kind,
        payload: &payload,
    };
    frame.encode().expect("it is short")
}
