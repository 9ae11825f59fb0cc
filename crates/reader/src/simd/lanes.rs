//! Registers of f32: blocks of [`LANES`] values, one or several side by side.

/// How many values there are in a block of channels.
pub(crate) const LANES: usize = 8;

/// The most blocks that one register may hold.
pub(crate) const SIDE_BY_SIDE: usize = if cfg!(target_family = "wasm") { 1 } else { 2 };

/// Arithmetic on one block of channels, or on several side by side.
pub(crate) trait Lanes: Copy {
    /// How many blocks.
    const BLOCKS: usize;
    /// Their values.
    type Values: Copy;

    /// The same value in all lanes.
    fn splat(self, value: f32) -> Self::Values;

    /// The first [`Self::BLOCKS`] of these.
    fn load(self, blocks: &[[f32; LANES]]) -> Self::Values;

    /// Blocks from different places: `block(nth)` is block `nth`.
    #[inline(always)]
    fn gather(self, block: impl Fn(usize) -> [f32; LANES]) -> Self::Values {
        const { assert!(Self::BLOCKS <= SIDE_BY_SIDE) };
        let blocks: [_; SIDE_BY_SIDE] =
            std::array::from_fn(|nth| if nth < Self::BLOCKS { block(nth) } else { [0.0; LANES] });
        self.load(&blocks)
    }

    /// Block `nth`.
    fn block(self, values: Self::Values, nth: usize) -> [f32; LANES];

    /// `a + b`.
    fn plus(self, a: Self::Values, b: Self::Values) -> Self::Values;

    /// `sum + a * b`.
    fn mul_add(self, sum: Self::Values, a: Self::Values, b: Self::Values) -> Self::Values;

    /// No less than `low`, no more than `high`.
    fn clamp(self, values: Self::Values, low: Self::Values, high: Self::Values) -> Self::Values;

    /// The sum over all lanes.
    fn sum(self, values: Self::Values) -> f32;
}

#[cfg(target_family = "wasm")]
pub(crate) use wasm::Halves;

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{Array, Register};

#[cfg(target_family = "wasm")]
mod wasm {
    use core::arch::wasm32::{f32x4_add, f32x4_extract_lane, f32x4_pmax, f32x4_pmin, f32x4_splat, i32x4_shuffle, v128};

    use super::{LANES, Lanes};

    /// A block in two registers.
    #[derive(Clone, Copy)]
    pub(crate) struct Halves;

    impl Lanes for Halves {
        const BLOCKS: usize = 1;
        type Values = [v128; 2];

        #[inline(always)]
        fn splat(self, value: f32) -> [v128; 2] {
            [f32x4_splat(value); 2]
        }

        #[inline(always)]
        fn load(self, blocks: &[[f32; LANES]]) -> [v128; 2] {
            bytemuck::must_cast(blocks[0])
        }

        #[inline(always)]
        fn block(self, values: [v128; 2], _: usize) -> [f32; LANES] {
            bytemuck::must_cast(values)
        }

        /// Two instructions, or with relaxed SIMD a fused one with one rounding, where the processor has it.
        #[inline(always)]
        fn mul_add(self, sum: [v128; 2], a: [v128; 2], b: [v128; 2]) -> [v128; 2] {
            #[cfg(target_feature = "relaxed-simd")]
            let half = |nth: usize| core::arch::wasm32::f32x4_relaxed_madd(a[nth], b[nth], sum[nth]);
            #[cfg(not(target_feature = "relaxed-simd"))]
            let half = |nth: usize| f32x4_add(core::arch::wasm32::f32x4_mul(a[nth], b[nth]), sum[nth]);
            [half(0), half(1)]
        }

        #[inline(always)]
        fn plus(self, a: [v128; 2], b: [v128; 2]) -> [v128; 2] {
            [f32x4_add(a[0], b[0]), f32x4_add(a[1], b[1])]
        }

        /// x86-64 has one instruction for pmin and pmax, eight for min and max.
        #[inline(always)]
        fn clamp(self, values: [v128; 2], low: [v128; 2], high: [v128; 2]) -> [v128; 2] {
            [f32x4_pmin(f32x4_pmax(values[0], low[0]), high[0]), f32x4_pmin(f32x4_pmax(values[1], low[1]), high[1])]
        }

        #[inline(always)]
        fn sum(self, values: [v128; 2]) -> f32 {
            let halves = f32x4_add(values[0], values[1]);
            let quarters = f32x4_add(halves, i32x4_shuffle::<2, 3, 2, 3>(halves, halves));
            f32x4_extract_lane::<0>(quarters) + f32x4_extract_lane::<1>(quarters)
        }
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use super::{LANES, Lanes};

    /// A block that the compiler puts into registers. `FUSED`: the processor has fused multiply-add, with one rounding.
    #[derive(Clone, Copy)]
    pub(crate) struct Array<const FUSED: bool>;

    impl<const FUSED: bool> Lanes for Array<FUSED> {
        const BLOCKS: usize = 1;
        type Values = [f32; LANES];

        #[inline(always)]
        fn splat(self, value: f32) -> [f32; LANES] {
            [value; LANES]
        }

        #[inline(always)]
        fn load(self, blocks: &[[f32; LANES]]) -> [f32; LANES] {
            blocks[0]
        }

        #[inline(always)]
        fn block(self, values: [f32; LANES], _: usize) -> [f32; LANES] {
            values
        }

        #[inline(always)]
        fn mul_add(self, sum: [f32; LANES], a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] {
            std::array::from_fn(|i| if FUSED { a[i].mul_add(b[i], sum[i]) } else { sum[i] + a[i] * b[i] })
        }

        #[inline(always)]
        fn plus(self, a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] {
            std::array::from_fn(|i| a[i] + b[i])
        }

        /// Two instructions; `f32::max`, which picks the number beside a NaN, takes more.
        #[inline(always)]
        fn clamp(self, values: [f32; LANES], low: [f32; LANES], high: [f32; LANES]) -> [f32; LANES] {
            std::array::from_fn(|i| {
                let value = if values[i] < low[i] { low[i] } else { values[i] };
                if high[i] < value { high[i] } else { value }
            })
        }

        #[inline(always)]
        fn sum(self, values: [f32; LANES]) -> f32 {
            values.iter().sum()
        }
    }

    /// As many blocks as the longest register holds. The compiler would cut an array of so many in two.
    #[derive(Clone, Copy)]
    pub(crate) struct Register<S>(pub(crate) S);

    impl<S: pulp::Simd> Lanes for Register<S> {
        const BLOCKS: usize = size_of::<S::f32s>() / size_of::<[f32; LANES]>();
        type Values = S::f32s;

        #[inline(always)]
        fn splat(self, value: f32) -> S::f32s {
            self.0.splat_f32s(value)
        }

        #[inline(always)]
        fn load(self, blocks: &[[f32; LANES]]) -> S::f32s {
            S::as_simd_f32s(blocks.as_flattened()).0[0]
        }

        #[inline(always)]
        fn block(self, values: S::f32s, nth: usize) -> [f32; LANES] {
            let values: &[[f32; LANES]] = bytemuck::cast_slice(std::slice::from_ref(&values));
            values[nth]
        }

        #[inline(always)]
        fn plus(self, a: S::f32s, b: S::f32s) -> S::f32s {
            self.0.add_f32s(a, b)
        }

        #[inline(always)]
        fn mul_add(self, sum: S::f32s, a: S::f32s, b: S::f32s) -> S::f32s {
            self.0.mul_add_f32s(a, b, sum)
        }

        /// Of a number and a NaN, the processor's instructions take the second.
        #[inline(always)]
        fn clamp(self, values: S::f32s, low: S::f32s, high: S::f32s) -> S::f32s {
            self.0.min_f32s(high, self.0.max_f32s(low, values))
        }

        #[inline(always)]
        fn sum(self, values: S::f32s) -> f32 {
            self.0.reduce_sum_f32s(values)
        }
    }
}
