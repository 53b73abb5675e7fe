//! The arithmetic of BLAKE2b (RFC 7693 §3) over one word or over several at once, one a lane.
//!
//! In WASM a vector is two lanes of simd128, natively an array that the compiler turns into whatever the machine has.

/// A word of 64 bits, or several of them side by side.
pub trait Lane: Copy {
    /// Wrapping sum.
    fn add(self, other: Self) -> Self;
    /// Exclusive or.
    fn xor(self, other: Self) -> Self;
    /// Rotates right by 32, 24, 16 or 63 bits.
    fn rotate<const BITS: u32>(self) -> Self;
}

impl Lane for u64 {
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn rotate<const BITS: u32>(self) -> Self {
        self.rotate_right(BITS)
    }
}

/// The permutations of the message words (RFC 7693 §2.7); rounds 10 and 11 use the first two again.
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
/// The words that step 0 … 7 of a round mixes: four columns, then four diagonals.
const STEPS: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// Step `index` (0 … 7) of a round with two message words: the function G of the RFC.
#[inline(always)]
pub fn step<L: Lane>(v: &mut [L; 16], index: usize, x: L, y: L) {
    let [a, b, c, d] = STEPS[index];
    v[a] = v[a].add(v[b]).add(x);
    v[d] = v[d].xor(v[a]).rotate::<32>();
    v[c] = v[c].add(v[d]);
    v[b] = v[b].xor(v[c]).rotate::<24>();
    v[a] = v[a].add(v[b]).add(y);
    v[d] = v[d].xor(v[a]).rotate::<16>();
    v[c] = v[c].add(v[d]);
    v[b] = v[b].xor(v[c]).rotate::<63>();
}

/// The rounds from `first` (0 or 1) to the twelfth. Unrolled, so that the state lives in registers.
#[inline(always)]
pub fn rounds<L: Lane>(v: &mut [L; 16], m: &[L; 16], first: usize) {
    if first == 0 {
        round::<0, L>(v, m);
    }
    round::<1, L>(v, m);
    round::<2, L>(v, m);
    round::<3, L>(v, m);
    round::<4, L>(v, m);
    round::<5, L>(v, m);
    round::<6, L>(v, m);
    round::<7, L>(v, m);
    round::<8, L>(v, m);
    round::<9, L>(v, m);
    round::<0, L>(v, m);
    round::<1, L>(v, m);
}

#[inline(always)]
fn round<const R: usize, L: Lane>(v: &mut [L; 16], m: &[L; 16]) {
    let s = &SIGMA[R];
    step(v, 0, m[s[0]], m[s[1]]);
    step(v, 1, m[s[2]], m[s[3]]);
    step(v, 2, m[s[4]], m[s[5]]);
    step(v, 3, m[s[6]], m[s[7]]);
    step(v, 4, m[s[8]], m[s[9]]);
    step(v, 5, m[s[10]], m[s[11]]);
    step(v, 6, m[s[12]], m[s[13]]);
    step(v, 7, m[s[14]], m[s[15]]);
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd::Wide;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use array::Wide;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use super::Lane;
    use core::arch::wasm32::{
        i8x16_shuffle, i64x2_add, i64x2_eq, i64x2_shl, i64x2_splat, u64x2, u64x2_extract_lane,
        u64x2_shr, v128, v128_and, v128_any_true, v128_or, v128_xor,
    };

    /// Two words in one vector register.
    #[derive(Clone, Copy)]
    pub struct Wide(v128);

    impl Wide {
        /// Words side by side.
        pub const LANES: usize = 2;

        /// The same word in every lane.
        #[inline(always)]
        pub fn splat(word: u64) -> Self {
            Self(i64x2_splat(word as i64))
        }

        /// A word for each lane.
        #[inline(always)]
        pub fn from_fn(mut word: impl FnMut(usize) -> u64) -> Self {
            Self(u64x2(word(0), word(1)))
        }

        /// The first lane whose word is zero under `mask`.
        #[inline(always)]
        pub fn zero_under(self, mask: u64) -> Option<usize> {
            let zero = i64x2_eq(v128_and(self.0, i64x2_splat(mask as i64)), i64x2_splat(0));
            if !v128_any_true(zero) {
                return None;
            }
            Some(if u64x2_extract_lane::<0>(zero) != 0 {
                0
            } else {
                1
            })
        }
    }

    impl Lane for Wide {
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(i64x2_add(self.0, other.0))
        }

        #[inline(always)]
        fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        /// Whole bytes are a shuffle, which is one instruction where a shift would be three.
        #[inline(always)]
        fn rotate<const BITS: u32>(self) -> Self {
            let w = self.0;
            Self(match BITS {
                32 => i8x16_shuffle::<4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11>(w, w),
                24 => i8x16_shuffle::<3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10>(w, w),
                16 => i8x16_shuffle::<2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9>(w, w),
                63 => v128_or(i64x2_add(w, w), u64x2_shr(w, 63)),
                _ => v128_or(u64x2_shr(w, BITS), i64x2_shl(w, 64 - BITS)),
            })
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod array {
    use super::Lane;

    /// Four words side by side.
    #[derive(Clone, Copy)]
    pub struct Wide([u64; 4]);

    impl Wide {
        /// Words side by side.
        pub const LANES: usize = 4;

        /// The same word in every lane.
        #[inline(always)]
        pub fn splat(word: u64) -> Self {
            Self([word; 4])
        }

        /// A word for each lane.
        #[inline(always)]
        pub fn from_fn(word: impl FnMut(usize) -> u64) -> Self {
            Self(core::array::from_fn(word))
        }

        /// The first lane whose word is zero under `mask`.
        #[inline(always)]
        pub fn zero_under(self, mask: u64) -> Option<usize> {
            self.0.iter().position(|word| word & mask == 0)
        }
    }

    impl Lane for Wide {
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(core::array::from_fn(|at| {
                self.0[at].wrapping_add(other.0[at])
            }))
        }

        #[inline(always)]
        fn xor(self, other: Self) -> Self {
            Self(core::array::from_fn(|at| self.0[at] ^ other.0[at]))
        }

        #[inline(always)]
        fn rotate<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(BITS)))
        }
    }
}
