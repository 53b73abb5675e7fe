//! Proof of work: nonces whose BLAKE2b-256 (RFC 7693) starts with zeros, found and checked.
//!
//! All work is one block: `head ∥ nonce u64 big-endian ∥ tail`, at most 128 bytes. The search tries two nonces at once in
//! the lanes of a vector, does the part of the first round that no nonce changes once, and looks at the first word of
//! the digest only. Not here: when to search, and for how long. Layer: above `purpose`; `lanes` holds the arithmetic.

use crate::block::{self, Block, H0, initial};
use crate::id::{Network, Work};
use crate::lanes::{Lane, Wide, rounds, step};
use crate::purpose::Purpose;

/// Most bits that work can ask for: the search looks at one word.
pub const MAX_BITS: u32 = 64;

/// Why a job cannot be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobError {
    /// Head, nonce and tail do not fit into one block.
    TooLong,
    /// More than [`MAX_BITS`].
    TooHard,
}

/// What is searched: a nonce with H(head ∥ nonce ∥ tail) of at least `bits` leading zero bits.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Bytes before the nonce.
    pub head: &'a [u8],
    /// Bytes after the nonce.
    pub tail: &'a [u8],
    /// Leading zero bits.
    pub bits: u32,
}

/// The bytes before the nonce in the work of a node key: prefix "pow" ∥ network ∥ ed_pk. The tail is the period, u16.
pub fn id_head(network: &Network, ed_pk: &[u8; 32]) -> Vec<u8> {
    Purpose::POW.join(&[&network.0, ed_pk])
}

/// The bytes before the nonce in a stamp: prefix "stamp" ∥ network ∥ address ∥ tag ∥ H(cell). There is no tail.
pub fn stamp_head(
    network: &Network,
    address: &[u8; 32],
    tag: &[u8; 16],
    cell_hash: &[u8; 32],
) -> Vec<u8> {
    Purpose::STAMP.join(&[&network.0, address, tag, cell_hash])
}

/// H("pow" ∥ network ∥ ed_pk ∥ nonce ∥ period), the digest that a NodeID is made of (protocol.md §1).
pub fn digest(network: &Network, work: &Work) -> [u8; 32] {
    let (nonce, period) = (work.nonce.to_be_bytes(), work.period.to_be_bytes());
    block::hash(Purpose::POW, [&network.0, &work.ed_pk, &nonce, &period])
}

/// Whether the work on a key reaches `bits`.
pub fn holds(network: &Network, work: &Work, bits: u32) -> bool {
    leading_zeros(&digest(network, work)) >= bits
}

/// H("stamp" ∥ network ∥ address ∥ tag ∥ H(cell) ∥ nonce) (protocol.md §7).
pub fn stamp_digest(
    network: &Network,
    address: &[u8; 32],
    tag: &[u8; 16],
    cell_hash: &[u8; 32],
    nonce: u64,
) -> [u8; 32] {
    block::hash(
        Purpose::STAMP,
        [&network.0, address, tag, cell_hash, &nonce.to_be_bytes()],
    )
}

/// Leading zero bits, 0 … 256.
pub fn leading_zeros(digest: &[u8; 32]) -> u32 {
    match digest.iter().position(|byte| *byte != 0) {
        Some(at) => at as u32 * 8 + digest[at].leading_zeros(),
        None => 256,
    }
}

/// Tries `count` nonces from `from` upwards and gives the first that does. It ends at the last nonce there is.
pub fn search(job: &Job<'_>, from: u64, count: u64) -> Result<Option<u64>, JobError> {
    if job.bits > MAX_BITS {
        return Err(JobError::TooHard);
    }
    let length = job.head.len() + 8 + job.tail.len();
    if length > block::LEN {
        return Err(JobError::TooLong);
    }
    // The first digest bytes are the low bytes of the first word, so the leading bits are a mask over the swapped word.
    let mask = (!0_u64)
        .checked_shl(MAX_BITS - job.bits)
        .unwrap_or(0)
        .swap_bytes();
    let last = from.saturating_add(count.saturating_sub(1));
    let (mut next, mut left) = (from, if count == 0 { 0 } else { last - from + 1 });
    while left > 0 {
        let stretch = Stretch::new(job, next);
        let run = left.min(stretch.room);
        if let Some(found) = stretch.search(next, run, mask) {
            return Ok(Some(found));
        }
        next = next.wrapping_add(run);
        left -= run;
    }
    Ok(None)
}

/// A run of nonces that differ in one word of the block only: all that does not depend on that word is done once.
struct Stretch {
    /// State after the steps of the first round that the nonce does not reach.
    start: [u64; 16],
    /// The block with the nonce's low bytes zero.
    words: [u64; 16],
    /// Index of the word that changes.
    changing: usize,
    /// Bits by which a nonce is shifted up so that only its bytes of that word are left.
    shift: u32,
    /// Nonces from the first one to the next carry out of that word.
    room: u64,
}

impl Stretch {
    fn new(job: &Job<'_>, first: u64) -> Self {
        let at = job.head.len();
        // Bytes of the nonce in its last word: all 8 where it starts a word.
        let low = if at.is_multiple_of(8) { 8 } else { at % 8 };
        let shift = 64 - 8 * low as u32;
        let low_mask = !0_u64 >> shift;
        let mut block = Block::default();
        block.put(job.head);
        block.put(&(first & !low_mask).to_be_bytes());
        block.put(job.tail);
        let words = block.words();
        let changing = at.div_ceil(8);
        let mut start = initial(block.len());
        for index in 0..8 {
            // A word below 8 is used by a column, on whose result the whole second half depends: then nothing is saved.
            let depends = index == changing / 2 || (changing < 8 && index >= 4);
            if !depends {
                step(&mut start, index, words[2 * index], words[2 * index + 1]);
            }
        }
        Self {
            start,
            words,
            changing,
            shift,
            room: (low_mask - (first & low_mask)).saturating_add(1),
        }
    }

    fn search(&self, from: u64, count: u64, mask: u64) -> Option<u64> {
        let start = self.start.map(Wide::splat);
        let mut words = self.words.map(Wide::splat);
        let mut tried = 0;
        while tried < count {
            let nonces = Wide::from_fn(|lane| {
                let nonce = from.wrapping_add(tried).wrapping_add(lane as u64);
                self.words[self.changing] | (nonce << self.shift).swap_bytes()
            });
            words[self.changing] = nonces;
            let first = self.first_word(start, &words);
            // The lanes behind the last nonce of the run are somebody else's.
            if let Some(lane) = first.zero_under(mask)
                && tried + (lane as u64) < count
            {
                return Some(from.wrapping_add(tried).wrapping_add(lane as u64));
            }
            tried += Wide::LANES as u64;
        }
        None
    }

    #[inline(always)]
    fn first_word(&self, mut start: [Wide; 16], words: &[Wide; 16]) -> Wide {
        let index = self.changing / 2;
        step(&mut start, index, words[2 * index], words[2 * index + 1]);
        if index < 4 {
            for later in 4..8 {
                step(&mut start, later, words[2 * later], words[2 * later + 1]);
            }
        }
        // A copy of its own: `start` was indexed by a variable, which would keep it in memory.
        let mut state = start;
        rounds(&mut state, words, 1);
        Wide::splat(H0).xor(state[0]).xor(state[8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hash;

    const NETWORK: Network = Network([9; 16]);

    fn reference(job: &Job<'_>, nonce: u64) -> u32 {
        use blake2::digest::{Digest, consts::U32};
        let digest = blake2::Blake2b::<U32>::new()
            .chain_update(job.head)
            .chain_update(nonce.to_be_bytes())
            .chain_update(job.tail)
            .finalize();
        leading_zeros(&digest.into())
    }

    #[test]
    fn digests_are_blake2b() {
        let work = Work {
            ed_pk: [3; 32],
            nonce: 0x0102_0304_0506_0708,
            period: 7,
        };
        let parts: [&[u8]; 4] = [
            &NETWORK.0,
            &work.ed_pk,
            &work.nonce.to_be_bytes(),
            &work.period.to_be_bytes(),
        ];
        assert_eq!(digest(&NETWORK, &work), hash(Purpose::POW, &parts));
        let parts: [&[u8]; 5] = [
            &NETWORK.0,
            &[1; 32],
            &[2; 16],
            &[3; 32],
            &5_u64.to_be_bytes(),
        ];
        assert_eq!(
            stamp_digest(&NETWORK, &[1; 32], &[2; 16], &[3; 32], 5),
            hash(Purpose::STAMP, &parts)
        );
    }

    #[test]
    fn search_finds_the_first_nonce_for_every_alignment() {
        for length in 0..=118 {
            let head: Vec<u8> = (0..length).map(|at| at as u8 ^ 0x5a).collect();
            let job = Job {
                head: &head,
                tail: &[1, 2],
                bits: 7,
            };
            // Across a carry out of every byte, so that stretches begin and end inside.
            for from in [0, 250, 0xfff0, 0xffff_ff80, u64::MAX - 900] {
                let want = (0..800)
                    .map(|n| from + n)
                    .find(|nonce| reference(&job, *nonce) >= 7);
                assert_eq!(
                    search(&job, from, 800),
                    Ok(want),
                    "length {length} from {from}"
                );
            }
        }
    }

    #[test]
    fn search_stays_within_its_range() {
        let head = [1; 60];
        let job = Job {
            head: &head,
            tail: &[],
            bits: 6,
        };
        let first = search(&job, 0, 10_000).unwrap().unwrap();
        assert_eq!(search(&job, 0, first), Ok(None));
        assert_eq!(search(&job, 0, first + 1), Ok(Some(first)));
        assert_eq!(search(&job, first, 1), Ok(Some(first)));
        assert_eq!(search(&job, first, 0), Ok(None));
        assert_eq!(
            search(&Job { bits: 0, ..job }, u64::MAX, u64::MAX),
            Ok(Some(u64::MAX))
        );
        assert_eq!(
            search(&Job { bits: 64, ..job }, u64::MAX - 3, u64::MAX),
            Ok(None)
        );
    }

    #[test]
    fn jobs_that_cannot_be_are_refused() {
        assert_eq!(
            search(
                &Job {
                    head: &[0; 119],
                    tail: &[0; 2],
                    bits: 1
                },
                0,
                1
            ),
            Err(JobError::TooLong)
        );
        assert_eq!(
            search(
                &Job {
                    head: &[],
                    tail: &[],
                    bits: 65
                },
                0,
                1
            ),
            Err(JobError::TooHard)
        );
    }

    #[test]
    fn zeros_are_counted_from_the_first_bit() {
        assert_eq!(leading_zeros(&[0; 32]), 256);
        assert_eq!(leading_zeros(&[0x80; 32]), 0);
        let mut digest = [0; 32];
        digest[2] = 0x10;
        assert_eq!(leading_zeros(&digest), 19);
    }
}
