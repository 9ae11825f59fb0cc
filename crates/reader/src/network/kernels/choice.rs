use std::str::FromStr;

/// What multiplies and adds: the same numbers up to rounding, at different speeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernels {
    /// `plain`: every operator as its definition says, hundreds of times slower; the measure of the others.
    Plain,
    /// `strips-4`: four pixels at a time, for processors with 16 SIMD registers.
    Strips4,
    /// `strips-8`: eight pixels at a time, for processors with 32.
    Strips8,
    /// `tiles-6x2`: six pixels and two blocks of channels at a time, for processors with registers of 256 bits.
    #[cfg(not(target_family = "wasm"))]
    Tiles6x2,
    /// `tiles-20x2`: twenty pixels and two blocks of channels as one, or fourteen and four, for processors with registers of 512
    /// bits.
    #[cfg(not(target_family = "wasm"))]
    Tiles20x2,
    /// `tract`: the inference engine tract, with kernels of its own. It reads ONNX networks alone.
    #[cfg(feature = "onnx")]
    Tract,
}

impl Kernels {
    /// Every choice.
    pub const ALL: &[Self] = &[
        Self::Plain,
        Self::Strips4,
        Self::Strips8,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles6x2,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles20x2,
        #[cfg(feature = "onnx")]
        Self::Tract,
    ];

    /// Those between which a running network can be switched.
    pub const FAST: &[Self] = &[
        Self::Strips4,
        Self::Strips8,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles6x2,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles20x2,
    ];

    /// The name that chooses it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Strips4 => "strips-4",
            Self::Strips8 => "strips-8",
            #[cfg(not(target_family = "wasm"))]
            Self::Tiles6x2 => "tiles-6x2",
            #[cfg(not(target_family = "wasm"))]
            Self::Tiles20x2 => "tiles-20x2",
            #[cfg(feature = "onnx")]
            Self::Tract => "tract",
        }
    }
}

impl Default for Kernels {
    /// A native build asks the processor how long its registers are; a wasm module has 128 bits and, on most machines, 16 of
    /// them.
    fn default() -> Self {
        #[cfg(target_family = "wasm")]
        return Self::Strips4;
        #[cfg(not(target_family = "wasm"))]
        if crate::simd::has_512_bits() { Self::Tiles20x2 } else { Self::Tiles6x2 }
    }
}

impl FromStr for Kernels {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|kernels| kernels.name() == name);
        known.copied().ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|kernels| kernels.name()).collect();
            format!("there is no {name}; there are {}", names.join(", "))
        })
    }
}
