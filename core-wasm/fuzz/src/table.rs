//! Bytes as a story of one node: links come and go, time passes, frames arrive, records are learned.
//!
//! What must hold whatever happens, by a model that is slow and obvious: a frame goes to the live edge nearest to its
//! target, nearer than we are, not avoided, not the one it came by, with a smaller TTL, and never twice; local repair
//! tries every such edge once; and the memory of the node stays within its bounds.

use std::collections::BTreeMap;

use nodus_core::id::{Network, NodeId};
use nodus_core::msg::Message;
use nodus_core::msg::no_route::NoRoute;
use nodus_core::msg::record::ContactRecord;
use nodus_core::msg::routed::{NewRouted, RoutedView};
use nodus_core::msg::value::Millis;
use nodus_core::routing::forward::{DropReason, NO_ROUTE_LEN, Table, Verdict};
use nodus_core::routing::knowledge::{Filter, Learned};
use nodus_core::routing::ratelimit::Rates;
use nodus_core::routing::works::Works;
use nodus_core::wire::{DecodeError, Frame, FrameType, Reader};

const NETWORK: Network = Network([7; 16]);
/// No work is asked for: the fuzzer cannot do any.
const BITS: u32 = 0;
const ME: NodeId = NodeId([0; 32]);
/// Handles are drawn from few, so that they meet again.
const HANDLES: u8 = 12;
/// More records than this would be a leak; the table is said to hold 256.
const MOST_KNOWN: usize = 256;
/// Local repair gives up after so many links.
const MOST_TRIED: usize = 7;

struct World {
    table: Table,
    works: Works,
    now: f64,
    /// The model: handle → peer, and whether frames may be routed to it.
    live: BTreeMap<u32, (NodeId, bool)>,
}

/// Plays the story until the bytes end.
pub fn play(data: &[u8]) {
    let rates = Rates::new(500.0, 2_000.0, 4_194_304.0);
    let table = Table::new(NETWORK, BITS, ME, rates);
    let mut world = World {
        table,
        works: Works::default(),
        now: 0.0,
        live: BTreeMap::new(),
    };
    let mut from = Reader::new(data);
    while from.remaining() > 0 && world.step(&mut from).is_ok() {}
}

impl World {
    fn step(&mut self, from: &mut Reader<'_>) -> Result<(), DecodeError> {
        match from.u8()? % 10 {
            0 => {
                let (link, edge, peer) = (handle(from)?, from.u8()? % 4 != 0, id(from)?);
                self.table.links.add(link, peer, edge, self.now);
                if link != 0 {
                    self.live.insert(link, (peer, edge));
                }
            }
            1 => {
                let link = handle(from)?;
                self.table.links.remove(link);
                self.live.remove(&link);
            }
            2 => self.now += f64::from(from.u16()?) * 100.0,
            3 => self.table.set_time_offset(f64::from(from.u16()?)),
            4 => self.table.sent(from.u8()?.into(), self.now),
            5 => self.learn(from)?,
            6 => {
                let length = usize::from(from.u8()?);
                let frame = from.take(length)?.to_vec();
                self.arrive(frame, handle(from)?);
            }
            7 => {
                let origin = id(from)?.0;
                let payload = NoRoute {
                    origin,
                    id: from.u8()?.into(),
                }
                .encode();
                let payload = payload.expect("any NO_ROUTE can be written");
                let frame = Frame {
                    kind: FrameType::NoRoute,
                    payload: &payload,
                }
                .encode();
                self.arrive(frame.expect("it is short"), handle(from)?);
            }
            _ => self.routed(from)?,
        }
        assert!(self.table.knowledge.len() <= MOST_KNOWN);
        Ok(())
    }

    /// A well-formed routed message, and the same one again.
    fn routed(&mut self, from: &mut Reader<'_>) -> Result<(), DecodeError> {
        let avoid: Vec<[u8; 8]> = (0..from.u8()? % 3)
            .map(|_| prefix(from))
            .collect::<Result<_, _>>()?;
        let message = NewRouted {
            kind: FrameType::Sealed,
            target: &id(from)?.0,
            exact: from.u8()? % 2 == 0,
            ttl: from.u8()?,
            ed_pk: &[from.u8()? % 8; 32],
            nonce: 0,
            period: 0,
            sent: self.now as u64,
            id: from.u8()?.into(),
            avoid: &avoid,
            payload: &[],
        };
        let frame = message
            .encode_frame(&[0; 64])
            .expect("it is within its limits");
        let link = handle(from)?;
        let first = self.arrive(frame.clone(), link);
        if matches!(
            first,
            Verdict::Take | Verdict::Forward(_) | Verdict::NoRoute(_)
        ) {
            let again = self.arrive(frame, link);
            assert!(
                matches!(again, Verdict::Drop(DropReason::Seen | DropReason::Loop)),
                "{again:?}"
            );
        }
        Ok(())
    }

    fn arrive(&mut self, mut frame: Vec<u8>, link: u32) -> Verdict {
        let before = frame.clone();
        let verdict = self
            .table
            .on_frame(&mut self.works, &mut frame, link, self.now);
        match verdict {
            Verdict::Forward(to) => {
                assert!(to != link && self.live.contains_key(&to));
                self.forwarded(&before, &frame, link, to);
            }
            Verdict::NoRoute(to) => {
                assert_eq!(to, link);
                let was = routed_view(&before).expect("a routed message");
                assert!(was.exact() && self.nearer(link, &was).is_empty());
                let told = Frame::decode(&frame[..NO_ROUTE_LEN]).expect("a valid frame");
                assert_eq!(told.kind, FrameType::NoRoute);
            }
            Verdict::Take => {
                assert_eq!(frame, before);
                if let Some(was) = routed_view(&before) {
                    let for_us = was.exact() && *was.target() == ME.0;
                    assert!(for_us || !was.exact() && self.nearer(link, &was).is_empty());
                }
            }
            Verdict::Drop(_) => assert_eq!(frame, before),
        }
        verdict
    }

    fn forwarded(&mut self, before: &[u8], after: &[u8], came: u32, first: u32) {
        let Some(was) = routed_view(before) else {
            assert_eq!(before, after);
            return;
        };
        let is = routed_view(after).expect("it stays a routed message");
        assert_eq!(is.ttl() + 1, was.ttl().min(16));
        let differ = before.iter().zip(after).filter(|(a, b)| a != b).count();
        assert!(
            before.len() == after.len() && differ == 1,
            "only the TTL changes"
        );

        let target = NodeId(*was.target());
        let mut left = self.nearer(came, &was);
        let mut next = Some(first);
        while let Some(link) = next {
            let nearest = left.values().map(|peer| target.distance(peer)).min();
            let peer = left.remove(&link).expect("an edge not yet tried");
            assert_eq!(Some(target.distance(&peer)), nearest);
            next = self.table.next_hop(link);
        }
        assert!(
            left.is_empty() || self.live.len() > MOST_TRIED,
            "{left:?} not tried"
        );
    }

    /// The edges that a message may take, by the model.
    fn nearer(&self, came: u32, message: &RoutedView<'_>) -> BTreeMap<u32, NodeId> {
        let target = NodeId(*message.target());
        let avoided = |peer: &NodeId| message.avoid().any(|prefix| peer.0.starts_with(prefix));
        let edges = self
            .live
            .iter()
            .filter(|(link, (_, edge))| *edge && **link != came);
        edges
            .filter(|(_, (peer, _))| target.is_nearer(peer, &ME) && !avoided(peer))
            .map(|(link, (peer, _))| (*link, *peer))
            .collect()
    }

    fn learn(&mut self, from: &mut Reader<'_>) -> Result<(), DecodeError> {
        let record = ContactRecord {
            version: 1,
            capabilities: from.u8()?.into(),
            ed_pk: [from.u8()?; 32],
            nonce: from.u8()?.into(),
            period: 0,
            x25519_pk: [0; 32],
            seq: Millis(from.u8()?.into()),
            expiry: 0,
            addresses: Vec::new(),
            sig: [0; 64],
        };
        let bytes = record.encode().expect("it is within its limits");
        if let Learned::Probe(peer) = self.table.learn(&bytes, self.now) {
            assert!(self.table.knowledge.record(&peer).is_some());
            if from.u8()? % 2 == 0 {
                self.table.knowledge.forget(&peer);
                assert!(self.table.knowledge.record(&peer).is_none());
            }
        }
        let (key, except) = (id(from)?, id(from)?);
        for filter in [Filter::Any, Filter::Store, Filter::AnchorStore] {
            assert!(
                self.table
                    .knowledge
                    .closest(&key, 16, &except, filter)
                    .len()
                    <= 16
            );
        }
        Ok(())
    }
}

fn handle(from: &mut Reader<'_>) -> Result<u32, DecodeError> {
    Ok(u32::from(from.u8()? % HANDLES))
}

/// Ids that differ in the first two bytes, so that short stories have near and far.
fn id(from: &mut Reader<'_>) -> Result<NodeId, DecodeError> {
    let mut id = [1; 32];
    id[..2].copy_from_slice(&from.array::<2>()?);
    Ok(NodeId(id))
}

fn prefix(from: &mut Reader<'_>) -> Result<[u8; 8], DecodeError> {
    let mut prefix = [1; 8];
    prefix[..2].copy_from_slice(&from.array::<2>()?);
    Ok(prefix)
}

fn routed_view(frame: &[u8]) -> Option<RoutedView<'_>> {
    let frame = Frame::decode(frame).ok()?;
    RoutedView::parse(frame.kind, frame.payload).ok()
}
