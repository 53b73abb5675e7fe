//! What holds whatever arrives.

use nodus_core::id::NodeId;
use nodus_core::msg::routed::RoutedView;
use nodus_core::routing::forward::Verdict;
use nodus_core::routing::replay::MAX_ENTRIES;
use nodus_core::wire::Frame;

use crate::common::{Rng, seed};
use crate::harness::{ME, NOW, Node, OFFSET, Routed};

/// Random bytes, random frames and random links: nothing panics, memory stays bounded, and whatever is forwarded goes
/// strictly nearer, by a live edge, not back, with fewer hops left.
#[test]
fn invariants_hold_whatever_arrives() {
    let mut rng = Rng::new(seed());
    let (mut forwarded, mut taken, mut no_routes) = (0, 0, 0);
    for _ in 0..20 {
        let mut node = Node::new(0);
        let mut edges: Vec<(u32, NodeId, bool)> = vec![];
        let mut now = NOW;
        for _ in 0..2_000 {
            now += rng.below(200) as f64;
            match rng.below(20) {
                0 => {
                    let (link, peer) = (1 + rng.below(40) as u32, NodeId(rng.array()));
                    let edge = rng.below(4) > 0;
                    node.table.links.add(link, peer, edge, now);
                    edges.retain(|(other, ..)| *other != link);
                    edges.push((link, peer, edge));
                }
                1 if !edges.is_empty() => {
                    let (link, ..) = edges.swap_remove(rng.below(edges.len()));
                    node.table.links.remove(link);
                }
                2 => {
                    let length = rng.below(400);
                    node.frame(&mut rng.vec(length), 1 + rng.below(40) as u32, now);
                }
                _ => {
                    let message = Routed {
                        target: NodeId(rng.array()),
                        exact: rng.below(2) == 0,
                        ttl: rng.below(20) as u8,
                        ed_pk: [rng.below(50) as u8; 32],
                        nonce: 0,
                        sent: now + OFFSET + rng.below(1_300_000) as f64 - 650_000.0,
                        id: rng.below(100_000) as u64,
                        avoid: vec![],
                    };
                    let from = 1 + rng.below(40) as u32;
                    let mut frame = message.frame();
                    match node.frame(&mut frame, from, now) {
                        Verdict::Forward(link) => {
                            forwarded += 1;
                            let (_, peer, edge) = *edges
                                .iter()
                                .find(|(one, ..)| *one == link)
                                .expect("a live link");
                            assert!(edge && link != from && message.target.is_nearer(&peer, &ME));
                            let Frame { kind, payload } = Frame::decode(&frame).expect("whole");
                            let after = RoutedView::parse(kind, payload).expect("whole");
                            assert!(after.ttl() < message.ttl && after.ttl() < 16);
                        }
                        Verdict::Take => taken += 1,
                        Verdict::NoRoute(link) => {
                            no_routes += 1;
                            assert!(message.exact && link == from);
                        }
                        Verdict::Drop(_) => {}
                    }
                }
            }
            assert!(node.table.seen_len() <= 2 * MAX_ENTRIES);
        }
    }
    assert!(
        forwarded > 1_000 && taken > 100 && no_routes > 100,
        "{forwarded} {taken} {no_routes}"
    );
}
