#[cfg(target_family = "wasm")]
use super::lanes::Halves;
use super::lanes::Lanes;
#[cfg(not(target_family = "wasm"))]
use super::lanes::{Array, Register};

/// A piece of work that is compiled once for each kind of processor. What it calls must be inlined into `run`, or it is
/// compiled for the oldest processor alone.
pub(crate) trait Work {
    /// The result.
    type Output;

    /// Does the work with as many blocks side by side as a register holds.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// Does `work` with the widest SIMD registers that this processor has.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn dispatch<W: Work>(work: W) -> W::Output {
    struct Dispatched<W>(W);

    impl<W: Work> pulp::WithSimd for Dispatched<W> {
        type Output = W::Output;

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, simd: S) -> W::Output {
            if Register::<S>::BLOCKS > 1 {
                self.0.run(Register(simd))
            } else if S::IS_SCALAR {
                // Without SIMD, fused multiply-add may be a function call.
                self.0.run(Array::<false>)
            } else {
                self.0.run(Array::<true>)
            }
        }
    }

    pulp::Arch::new().dispatch(Dispatched(work))
}

/// Whether this processor has registers of 512 bits.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn has_512_bits() -> bool {
    struct Size;

    impl pulp::WithSimd for Size {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) -> usize {
            size_of::<S::f32s>()
        }
    }

    pulp::Arch::new().dispatch(Size) == 64
}

/// Does `work`: a wasm module's instructions are settled when it is compiled.
#[cfg(target_family = "wasm")]
#[inline(always)]
pub(crate) fn dispatch<W: Work>(work: W) -> W::Output {
    work.run(Halves)
}
