/// A piece of work to be compiled several times. What it calls has to be inlined into `run`, or it is compiled once, for
/// the oldest processor.
pub(crate) trait Work {
    /// Does the work; `FUSED` where the processor multiplies and adds in one step.
    fn run<const FUSED: bool>(self);
}

/// Does `work` with the widest SIMD registers that this processor has.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn vectorised(work: impl Work) {
    struct Dispatched<W>(W);

    impl<W: Work> pulp::WithSimd for Dispatched<W> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) {
            // Without SIMD a fused step may be a call of a function.
            if S::IS_SCALAR { self.0.run::<false>() } else { self.0.run::<true>() }
        }
    }

    pulp::Arch::new().dispatch(Dispatched(work));
}

/// Does `work`: which instructions a wasm module has is settled when it is compiled.
#[cfg(target_family = "wasm")]
#[inline(always)]
pub(crate) fn vectorised(work: impl Work) {
    work.run::<false>();
}
