//! One story, told twice: test/core/story.test.ts plays it through WASM, and both must come to the same sum. So the
//! vector code, 32-bit sizes and the boundary change nothing.

use nodus_core::id::{Network, NodeId, Work};
use nodus_core::pow::{Job, id_head, search};
use nodus_core::routing::forward::{NO_ROUTE_LEN, Table, Verdict};
use nodus_core::routing::ratelimit::Rates;
use nodus_core::routing::works::Works;

const BITS: u32 = 4;
const LINKS: u32 = 40;
const STEPS: u32 = 5_000;
const NOW: f64 = 1_000_000.0;
/// The sum both come to.
const SUM: u32 = 4_253_999_656;

/// xorshift32, as `Dice` of test/core/support.ts.
struct Dice(u32);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % bound
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.below(256) as u8)
    }
}

/// FNV-1a over 32 bits.
struct Sum(u32);

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
}

#[test]
fn comes_to_the_same_sum_as_through_wasm() {
    let network = Network::named("nodus/1/story");
    let mut dice = Dice(0x9e37_79b1);
    let me = NodeId(dice.bytes());
    let origins: [Work; 8] = core::array::from_fn(|_| {
        let ed_pk = dice.bytes();
        let head = id_head(&network, &ed_pk);
        let job = Job {
            head: &head,
            tail: &[0, 0],
            bits: BITS,
        };
        let found = search(&job, 0, 10_000).expect("a job that can be");
        Work {
            ed_pk,
            nonce: found.expect("one in 16"),
            period: 0,
        }
    });
    let mut table = Table::new(network, BITS, me, Rates::new(5.0, 20.0, 10_000.0));
    let mut works = Works::default();
    let (mut now, mut sum) = (NOW, Sum(0x811c_9dc5));
    for link in 1..=LINKS {
        let (peer, edge) = (NodeId(dice.bytes()), dice.below(4) > 0);
        table.links.add(link, peer, edge, now);
    }
    for _ in 0..STEPS {
        now += f64::from(dice.below(20));
        match dice.below(10) {
            0 => table.links.remove(1 + dice.below(LINKS)),
            1 => {
                let (link, peer) = (1 + dice.below(LINKS), NodeId(dice.bytes()));
                table.links.add(link, peer, true, now);
            }
            _ => {
                let mut frame = frame(&mut dice, &origins, &me, now);
                let from = 1 + dice.below(LINKS);
                let verdict = table.on_frame(&mut works, &mut frame, from, now);
                sum.add(&verdict.code().to_le_bytes());
                match verdict {
                    Verdict::Forward(link) => {
                        sum.add(&frame);
                        if dice.below(3) == 0 {
                            let next = table.next_hop(link).unwrap_or(0);
                            sum.add(&next.to_le_bytes());
                        }
                    }
                    Verdict::NoRoute(_) => sum.add(&frame[..NO_ROUTE_LEN]),
                    _ => {}
                }
            }
        }
    }
    assert_eq!(sum.0, SUM);
}

/// A routed frame, one in ten with a byte changed.
fn frame(dice: &mut Dice, origins: &[Work; 8], me: &NodeId, now: f64) -> Vec<u8> {
    let mut frame = vec![1, 0x20 + dice.below(4) as u8];
    let length = dice.below(20);
    frame.extend((157 + length).to_be_bytes());
    if dice.below(8) == 0 {
        frame.extend(me.0);
    } else {
        frame.extend(dice.bytes::<32>());
    }
    frame.extend([dice.below(2) as u8, dice.below(18) as u8, 0]);
    let origin = &origins[dice.below(8) as usize];
    frame.extend(origin.ed_pk);
    frame.extend(origin.nonce.to_be_bytes());
    frame.extend([0, 0]);
    let sent = now as u64 + u64::from(dice.below(1_300_000)) - 650_000;
    frame.extend(sent.to_be_bytes());
    frame.extend(u64::from(dice.below(3_000)).to_be_bytes());
    frame.resize(frame.len() + length as usize + 64, 7);
    if dice.below(10) == 0 {
        let at = dice.below(frame.len() as u32) as usize;
        frame[at] = dice.below(256) as u8;
    }
    frame
}
