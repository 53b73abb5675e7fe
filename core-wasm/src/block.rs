//! BLAKE2b-256 (RFC 7693) of inputs that fit into one block: ids and work, without the buffer of a streaming hash.
//!
//! Not here: inputs of any length (`crypto`). Layer: above `lanes` only.

use crate::lanes::rounds;
use crate::purpose::Purpose;

/// Bytes of one block of BLAKE2b.
pub const LEN: usize = 128;
/// The initial state: the first 64 bits of the fractional parts of the square roots of the first 8 primes.
const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];
/// Parameter block: digest length 32, no key, fan-out and depth 1.
pub const H0: u64 = IV[0] ^ 0x0101_0000 ^ 32;

/// H of the purpose's prefix and `parts`, which together must fit into [`LEN`]: callers pass parts of fixed length.
#[inline]
pub fn hash<const N: usize>(purpose: Purpose<'_>, parts: [&[u8]; N]) -> [u8; 32] {
    let mut block = Block::default();
    purpose.feed(|bytes| block.put(bytes));
    for part in parts {
        block.put(part);
    }
    block.digest()
}

/// The state before the first round of the one and last block.
pub const fn initial(length: usize) -> [u64; 16] {
    let mut out = [0; 16];
    let mut at = 0;
    while at < 8 {
        out[at] = IV[at];
        out[at + 8] = IV[at];
        at += 1;
    }
    out[0] = H0;
    out[12] ^= length as u64;
    out[14] ^= !0;
    out
}

/// One block in the making. What does not fit is left out; callers put constants that do.
pub struct Block {
    bytes: [u8; LEN],
    len: usize,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            bytes: [0; LEN],
            len: 0,
        }
    }
}

impl Block {
    /// Bytes put so far.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Appends bytes.
    #[inline(always)]
    pub fn put(&mut self, part: &[u8]) {
        debug_assert!(self.len + part.len() <= LEN, "not one block");
        if let Some(room) = self.bytes.get_mut(self.len..self.len + part.len()) {
            room.copy_from_slice(part);
            self.len += part.len();
        }
    }

    /// The block as message words.
    #[inline(always)]
    pub fn words(&self) -> [u64; 16] {
        let (words, _) = self.bytes.as_chunks::<8>();
        core::array::from_fn(|at| u64::from_le_bytes(words[at]))
    }

    /// BLAKE2b-256 of the block. One copy: inlined, each use would add 6 kB to the module.
    #[inline(never)]
    fn digest(&self) -> [u8; 32] {
        let mut state = initial(self.len);
        rounds(&mut state, &self.words(), 0);
        let mut out = [0; 32];
        for (at, chunk) in out.chunks_exact_mut(8).enumerate() {
            let h = if at == 0 { H0 } else { IV[at] };
            chunk.copy_from_slice(&(h ^ state[at] ^ state[at + 8]).to_le_bytes());
        }
        out
    }
}
