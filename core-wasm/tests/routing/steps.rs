//! One rule of the forwarder a test.

use nodus_core::id::{NodeId, Work};
use nodus_core::msg::Message;
use nodus_core::msg::ping::Ping;
use nodus_core::msg::routed::TTL_OFFSET;
use nodus_core::routing::forward::{DropReason, FRESH_MS, NO_ROUTE_LEN, Verdict};
use nodus_core::routing::replay::GENERATION_MS;
use nodus_core::wire::frame::HEADER_LEN;
use nodus_core::wire::{Frame, FrameType};

use crate::harness::{ME, NETWORK, NOW, Node, OFFSET, Routed, at, no_route};

#[test]
fn forwards_to_the_nearest_edge_and_patches_only_the_ttl() {
    let mut node = Node::with_edges(&[0x80, 0xc0, 0xf0, 0x0f]);
    let before = Routed::to(at(0xff)).frame();
    let mut frame = before.clone();
    assert_eq!(node.frame(&mut frame, 0x0f, NOW), Verdict::Forward(0xf0));
    let mut want = before;
    want[HEADER_LEN + TTL_OFFSET] = 13;
    assert_eq!(frame, want);
    // The next best, nearest first, until none is nearer than we are.
    assert_eq!(node.table.next_hop(0xf0), Some(0xc0));
    assert_eq!(node.table.next_hop(0xc0), Some(0x80));
    assert_eq!(node.table.next_hop(0x80), None);
}

#[test]
fn repairs_only_what_it_forwarded() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    assert_eq!(node.table.next_hop(1), None);
    node.arrive(&Routed::to(at(0xff)), 0x80);
    node.arrive(&Routed::to(at(0xff)), 0x80);
    assert_eq!(node.table.next_hop(0xc0), None, "the second was a copy");
}

#[test]
fn exact_ends_at_its_target_only() {
    let mut node = Node::with_edges(&[0x80]);
    assert_eq!(node.arrive(&Routed::to(ME), 0x80), Verdict::Take);
    let mut frame = Routed {
        id: 2,
        ..Routed::to(at(0x01))
    }
    .frame();
    assert_eq!(node.frame(&mut frame, 0x80, NOW), Verdict::NoRoute(0x80));
    let origin = Routed::to(ME).origin();
    assert_eq!(frame[..NO_ROUTE_LEN], no_route(origin, 2));
}

#[test]
fn closest_ends_where_no_edge_is_closer() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    let closest = |first, id| Routed {
        exact: false,
        id,
        ..Routed::to(at(first))
    };
    assert_eq!(node.arrive(&closest(0x01, 1), 0x80), Verdict::Take);
    assert_eq!(node.arrive(&closest(0xc1, 2), 0x80), Verdict::Forward(0xc0));
}

#[test]
fn carries_for_nobody_while_told_so() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    node.table.set_carrying(false);
    let message = |exact, id| Routed {
        exact,
        id,
        ..Routed::to(at(0xff))
    };
    assert_eq!(node.arrive(&message(true, 1), 0x80), Verdict::NoRoute(0x80));
    assert_eq!(node.arrive(&message(false, 2), 0x80), Verdict::Take);
    let ours = Routed {
        id: 4,
        ..Routed::to(ME)
    };
    assert_eq!(node.arrive(&ours, 0x80), Verdict::Take);
    assert_eq!(
        node.table.links.edges.len(),
        2,
        "its own messages have hops"
    );
    node.table.set_carrying(true);
    assert_eq!(node.arrive(&message(true, 3), 0x80), Verdict::Forward(0xc0));
}

#[test]
fn never_back_on_the_link_it_came_by() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    let message = |id| Routed {
        id,
        ..Routed::to(at(0xc0))
    };
    assert_eq!(node.arrive(&message(1), 0xc0), Verdict::Forward(0x80));
    node.table.links.remove(0x80);
    assert_eq!(node.arrive(&message(2), 0xc0), Verdict::NoRoute(0xc0));
}

#[test]
fn avoids_what_the_message_names() {
    let mut node = Node::with_edges(&[0x80, 0xc0, 0xf0]);
    let mut prefix = [0x11; 8];
    prefix[0] = 0xf0;
    let message = Routed {
        avoid: vec![[9; 8], prefix],
        ..Routed::to(at(0xff))
    };
    assert_eq!(
        node.arrive(&message, 0x01),
        Verdict::Drop(DropReason::Unlinked)
    );
    assert_eq!(node.arrive(&message, 0x80), Verdict::Forward(0xc0));
    assert_eq!(
        node.table.next_hop(0xc0),
        None,
        "0xf0 is avoided, 0x80 is where it came from"
    );
}

#[test]
fn a_leaf_is_heard_but_nothing_is_routed_to_it() {
    let mut node = Node::with_edges(&[0x80]);
    node.table.links.add(5, at(0xff), false, NOW);
    assert_eq!(
        node.arrive(&Routed::to(at(0xff)), 5),
        Verdict::Forward(0x80)
    );
}

#[test]
fn hops_are_bounded() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    let mut arrive = |ttl, target, id| {
        let mut frame = Routed {
            ttl,
            id,
            ..Routed::to(target)
        }
        .frame();
        let verdict = node.frame(&mut frame, 0x80, NOW);
        (verdict, frame[HEADER_LEN + TTL_OFFSET])
    };
    let far = at(0xff);
    assert_eq!(arrive(255, far, 1), (Verdict::Forward(0xc0), 15));
    assert_eq!(arrive(16, far, 2), (Verdict::Forward(0xc0), 15));
    assert_eq!(arrive(2, far, 3), (Verdict::Forward(0xc0), 1));
    assert_eq!(arrive(1, far, 4), (Verdict::Drop(DropReason::Ttl), 1));
    assert_eq!(arrive(0, far, 5), (Verdict::Drop(DropReason::Ttl), 0));
    assert_eq!(arrive(1, ME, 6), (Verdict::Take, 1));
    assert_eq!(arrive(0, ME, 7), (Verdict::Drop(DropReason::Ttl), 0));
}

#[test]
fn work_below_the_bits_is_dropped() {
    let mut node = Node::new(9);
    node.table.links.add(1, at(0x80), true, NOW);
    let mut passed = 0;
    for nonce in 0..4_000 {
        let message = Routed {
            nonce,
            id: nonce,
            ..Routed::to(ME)
        };
        let work = Work {
            ed_pk: message.ed_pk,
            nonce,
            period: 0,
        };
        let enough = NodeId::of_work(&NETWORK, &work, 9).is_some();
        let want = if enough {
            Verdict::Take
        } else {
            Verdict::Drop(DropReason::Work)
        };
        // Twice the time that the rate needs, so that only work decides.
        let now = NOW + f64::from(nonce as u32) * 4.0;
        assert_eq!(node.frame(&mut message.frame(), 1, now), want);
        passed += usize::from(enough);
    }
    assert!(passed > 0);
    assert_eq!(node.works.len(), passed, "only good work is remembered");
}

#[test]
fn only_fresh_messages_pass() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    for (id, age, fresh) in [
        (1, 0.0, true),
        (2, FRESH_MS, true),
        (3, FRESH_MS + 1.0, false),
        (4, -FRESH_MS, true),
        (5, -FRESH_MS - 1.0, false),
    ] {
        let message = Routed {
            id,
            sent: NOW + OFFSET - age,
            ..Routed::to(at(0xff))
        };
        let want = if fresh {
            Verdict::Forward(0xc0)
        } else {
            Verdict::Drop(DropReason::Stale)
        };
        assert_eq!(node.arrive(&message, 0x80), want, "age {age}");
    }
    node.table.set_time_offset(f64::NAN);
    let message = Routed {
        id: 6,
        ..Routed::to(at(0xff))
    };
    assert_eq!(
        node.arrive(&message, 0x80),
        Verdict::Drop(DropReason::Stale)
    );
}

#[test]
fn a_copy_is_dropped_while_it_could_still_be_fresh() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    // Sent as far ahead as is believed: it stays fresh for 20 min.
    let message = Routed {
        sent: NOW + OFFSET + FRESH_MS,
        ..Routed::to(at(0xff))
    };
    assert_eq!(node.arrive(&message, 0x80), Verdict::Forward(0xc0));
    let last = NOW + 2.0 * FRESH_MS;
    for now in [NOW, NOW + FRESH_MS, last - 1.0, last] {
        let copy = node.frame(&mut message.frame(), 0xc0, now);
        assert_eq!(copy, Verdict::Drop(DropReason::Seen));
    }
    let after = node.frame(&mut message.frame(), 0xc0, last + 1.0);
    assert_eq!(after, Verdict::Drop(DropReason::Stale));
}

#[test]
fn our_own_message_does_not_come_back() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    let message = Routed::to(at(0xff));
    node.table.sent(message.id, NOW);
    assert_eq!(node.arrive(&message, 0x80), Verdict::Drop(DropReason::Seen));
}

#[test]
fn messages_of_two_origins_may_share_an_id() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    for origin in [3, 4] {
        let message = Routed {
            ed_pk: [origin; 32],
            ..Routed::to(at(0xff))
        };
        assert_eq!(node.arrive(&message, 0x80), Verdict::Forward(0xc0));
        assert_eq!(node.arrive(&message, 0x80), Verdict::Drop(DropReason::Seen));
    }
}

#[test]
fn a_link_over_its_rate_is_dropped_and_recovers() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    let message = |id| Routed {
        id,
        ..Routed::to(at(0xff))
    };
    let passed =
        (0..10_000).filter(|id| node.arrive(&message(*id), 0x80) == Verdict::Forward(0xc0));
    assert_eq!(passed.count(), 2_000);
    let refused = message(20_000);
    assert_eq!(node.arrive(&refused, 0x80), Verdict::Drop(DropReason::Rate));
    // Another link is not held back, and what was refused for its rate was not marked as seen.
    assert_eq!(node.arrive(&refused, 0xc0), Verdict::Forward(0x80));
    let again = message(30_000);
    let later = node.frame(&mut again.frame(), 0x80, NOW + 3.0);
    assert_eq!(later, Verdict::Forward(0xc0));
}

#[test]
fn frames_of_the_link_are_taken_at_their_rate() {
    let mut node = Node::with_edges(&[0x80]);
    let payload = Ping { id: 1 }.encode().expect("any can be written");
    let kind = FrameType::Ping;
    let frame = Frame {
        kind,
        payload: &payload,
    }
    .encode()
    .expect("it is short");
    let taken = (0..10_000).filter(|_| node.frame(&mut frame.clone(), 0x80, NOW) == Verdict::Take);
    assert_eq!(taken.count(), 2_000);
    let stranger = node.frame(&mut frame.clone(), 9, NOW);
    assert_eq!(stranger, Verdict::Drop(DropReason::Unlinked));
    assert_eq!(node.table.seen_len(), 0);
}

#[test]
fn no_route_finds_its_way_back_once() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    let message = Routed::to(at(0xff));
    let told = no_route(message.origin(), message.id);
    let unknown = node.frame(&mut told.clone(), 0xc0, NOW);
    assert_eq!(unknown, Verdict::Drop(DropReason::Unlinked));

    assert_eq!(node.arrive(&message, 0x80), Verdict::Forward(0xc0));
    let mut frame = told.clone();
    let later = NOW + GENERATION_MS - 1.0;
    assert_eq!(node.frame(&mut frame, 0xc0, later), Verdict::Forward(0x80));
    assert_eq!(frame, told);
    let again = node.frame(&mut told.clone(), 0xc0, later);
    assert_eq!(again, Verdict::Drop(DropReason::Unlinked));
    // Still known as seen.
    assert_eq!(node.arrive(&message, 0x80), Verdict::Drop(DropReason::Seen));
}

#[test]
fn no_route_for_us_is_taken_and_never_goes_where_it_came_from() {
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    assert_eq!(node.frame(&mut no_route(ME, 5), 0x80, NOW), Verdict::Take);

    let message = Routed::to(at(0xff));
    node.arrive(&message, 0x80);
    let told = no_route(message.origin(), message.id);
    let back = node.frame(&mut told.clone(), 0x80, NOW);
    assert_eq!(back, Verdict::Drop(DropReason::Loop));

    let message = Routed {
        id: 2,
        ..Routed::to(at(0xff))
    };
    node.arrive(&message, 0x80);
    node.table.links.remove(0x80);
    let told = no_route(message.origin(), message.id);
    let gone = node.frame(&mut told.clone(), 0xc0, NOW);
    assert_eq!(gone, Verdict::Drop(DropReason::Unlinked));
}

#[test]
fn what_is_malformed_has_its_reason() {
    let good = Routed::to(at(0xff)).frame();
    let changed = |at: usize, byte: u8| {
        let mut frame = good.clone();
        frame[at] = byte;
        frame
    };
    let mut node = Node::with_edges(&[0x80, 0xc0]);
    for (mut frame, reason) in [
        (changed(0, 2), DropReason::Version),
        (changed(1, 0x00), DropReason::Type),
        (changed(1, 0x30), DropReason::Type),
        (changed(5, good[5] - 1), DropReason::Length),
        (changed(3, 0xff), DropReason::Length),
        (good[..5].to_vec(), DropReason::Length),
        (vec![], DropReason::Length),
        (changed(HEADER_LEN + 32, 2), DropReason::Malformed),
        (changed(HEADER_LEN + 34, 9), DropReason::Length),
        (changed(HEADER_LEN + 77, 0xff), DropReason::Malformed),
    ] {
        let before = frame.clone();
        assert_eq!(node.frame(&mut frame, 0x80, NOW), Verdict::Drop(reason));
        assert_eq!(frame, before);
    }
}

#[test]
fn codes_hold_verdict_and_number() {
    assert_eq!(Verdict::Take.code(), 0);
    assert_eq!(Verdict::Forward(0xff_ffff).code(), 0x01ff_ffff);
    assert_eq!(Verdict::Drop(DropReason::Loop).code(), 0x0200_000a);
    assert_eq!(Verdict::NoRoute(7).code(), 0x0300_0007);
}
