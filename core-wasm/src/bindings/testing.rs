//! Loops for benchmarks: what takes nanoseconds cannot be timed one call at a time from JavaScript.
//!
//! Each returns a sum of what it computed, so that nothing can be left out by the compiler.

use wasm_bindgen::prelude::wasm_bindgen;

use super::{Result, exact, wrong};
use crate::id::NodeId;
use crate::msg::routed::{NewRouted, RoutedView};
use crate::routing::edges::Edges;
use crate::wire::{Frame, FrameType};

/// `n` greedy decisions over `edges` (a row of NodeIDs) for `targets` (another), round and round.
#[wasm_bindgen(js_name = unsafeTestingDecide)]
pub fn decide(me: &[u8], edges: &[u8], targets: &[u8], n: u32) -> Result<u32> {
    let mut table = Edges::new(NodeId(exact("me", me)?));
    for (link, id) in (1..).zip(edges.as_chunks::<32>().0) {
        table.insert(link, NodeId(*id));
    }
    let targets: Vec<NodeId> = targets
        .as_chunks::<32>()
        .0
        .iter()
        .map(|id| NodeId(*id))
        .collect();
    let mut sum = 0_u32;
    for target in targets.iter().cycle().take(n as usize) {
        sum = sum.wrapping_add(table.decide(target, |link, _| link == 0));
    }
    Ok(sum)
}

/// Encodes a routed message with `payload` `n` times, its id changing.
#[wasm_bindgen(js_name = unsafeTestingEncode)]
pub fn encode(payload: &[u8], n: u32) -> Result<u32> {
    let mut sum = 0_u32;
    for id in 0..n {
        let message = NewRouted {
            kind: FrameType::Data,
            target: &[1; 32],
            exact: true,
            ttl: 14,
            ed_pk: &[2; 32],
            nonce: 3,
            period: 0,
            sent: 4,
            id: id.into(),
            avoid: &[],
            payload,
        };
        let frame = message
            .encode_frame(&[5; 64])
            .map_err(|error| wrong(&error.to_string()))?;
        sum = sum.wrapping_add(u32::from(core::hint::black_box(frame)[id as usize % 99]));
    }
    Ok(sum)
}

/// Decodes a routed frame `n` times and reads its fields.
#[wasm_bindgen(js_name = unsafeTestingDecode)]
pub fn decode(frame: &[u8], n: u32) -> Result<u32> {
    let mut sum = 0_u32;
    for _ in 0..n {
        let Frame { kind, payload } =
            Frame::decode(core::hint::black_box(frame)).map_err(|error| wrong(error.name()))?;
        let view = RoutedView::parse(kind, payload).map_err(|error| wrong(error.name()))?;
        let fields = view.nonce() ^ view.sent() ^ view.id() ^ u64::from(view.period());
        let bytes = view.target()[0] ^ view.ed_pk()[31] ^ view.sig()[63] ^ view.ttl();
        sum = sum.wrapping_add(fields as u32).wrapping_add(bytes.into());
        sum = sum.wrapping_add(view.payload().len() as u32);
    }
    Ok(sum)
}
