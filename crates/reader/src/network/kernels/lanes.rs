//! Eight f32 side by side, which is how far every kernel here goes at a time.

#[cfg(target_family = "wasm")]
pub(crate) use wasm::Lanes;

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::Lanes;

/// How many values there are in [`Lanes`].
pub(crate) const LANES: usize = 8;

#[cfg(target_family = "wasm")]
mod wasm {
    use core::arch::wasm32::{f32x4_add, f32x4_mul, f32x4_pmax, f32x4_pmin, f32x4_splat, v128};

    use super::LANES;

    /// `FUSED` changes nothing here: wasm's SIMD multiplies and adds in two steps.
    #[derive(Clone, Copy)]
    pub(crate) struct Lanes<const FUSED: bool>([v128; 2]);

    impl<const FUSED: bool> Lanes<FUSED> {
        #[inline(always)]
        pub(crate) fn splat(value: f32) -> Self {
            Self([f32x4_splat(value); 2])
        }

        #[inline(always)]
        pub(crate) fn load(values: &[f32; LANES]) -> Self {
            Self(bytemuck::must_cast(*values))
        }

        #[inline(always)]
        pub(crate) fn store(self, values: &mut [f32; LANES]) {
            *values = bytemuck::must_cast(self.0);
        }

        /// `self + a * b`.
        #[inline(always)]
        pub(crate) fn plus_product(self, a: Self, b: Self) -> Self {
            Self([f32x4_add(f32x4_mul(a.0[0], b.0[0]), self.0[0]), f32x4_add(f32x4_mul(a.0[1], b.0[1]), self.0[1])])
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Self) -> Self {
            Self([f32x4_add(self.0[0], other.0[0]), f32x4_add(self.0[1], other.0[1])])
        }

        /// No less than `low`, no more than `high`. x86-64 has an instruction for pmin and pmax, for min and max eight.
        #[inline(always)]
        pub(crate) fn within(self, low: Self, high: Self) -> Self {
            Self([
                f32x4_pmin(f32x4_pmax(self.0[0], low.0[0]), high.0[0]),
                f32x4_pmin(f32x4_pmax(self.0[1], low.0[1]), high.0[1]),
            ])
        }
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use super::LANES;

    /// `FUSED`: the processor multiplies and adds in one step, with one rounding.
    #[derive(Clone, Copy)]
    pub(crate) struct Lanes<const FUSED: bool>([f32; LANES]);

    impl<const FUSED: bool> Lanes<FUSED> {
        #[inline(always)]
        pub(crate) fn splat(value: f32) -> Self {
            Self([value; LANES])
        }

        #[inline(always)]
        pub(crate) fn load(values: &[f32; LANES]) -> Self {
            Self(*values)
        }

        #[inline(always)]
        pub(crate) fn store(self, values: &mut [f32; LANES]) {
            *values = self.0;
        }

        /// `self + a * b`.
        #[inline(always)]
        pub(crate) fn plus_product(self, a: Self, b: Self) -> Self {
            Self(std::array::from_fn(|i| {
                if FUSED { a.0[i].mul_add(b.0[i], self.0[i]) } else { self.0[i] + a.0[i] * b.0[i] }
            }))
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
        }

        /// No less than `low`, no more than `high`. Compared so, it is two instructions; `f32::max`, which picks the number
        /// beside a NaN, is more.
        #[inline(always)]
        pub(crate) fn within(self, low: Self, high: Self) -> Self {
            Self(std::array::from_fn(|i| {
                let value = if self.0[i] < low.0[i] { low.0[i] } else { self.0[i] };
                if high.0[i] < value { high.0[i] } else { value }
            }))
        }
    }
}
