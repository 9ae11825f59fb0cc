//! The workers' wasm once more, for browsers with relaxed SIMD: it multiplies and adds in one step, a fifth faster
//! (docs/performance.md). A module with such instructions is refused as a whole by a browser that does not know them.

/// What the compiler is told.
pub const FLAGS: &str = "target.wasm32-unknown-unknown.rustflags=['-C', 'target-feature=+relaxed-simd']";

/// The programs that are compiled so, too, those of them that there are: index.html.
pub const PROGRAMS: [&str; 2] = ["worker", "first_worker"];

/// The file's name as it is staged. `www/sw.js` knows it by this.
pub fn name(bin: &str) -> String {
    format!("{bin}_relaxed.wasm")
}

/// A module that multiplies and adds in one step, which a browser without relaxed SIMD calls invalid: its type section (no
/// parameter, a vector), its function, and its code: three times `i32.const 0` and `i32x4.splat`, `f32x4.relaxed_madd`.
pub const PROBE: [u8; 40] = [
    0, b'a', b's', b'm', 1, 0, 0, 0, // magic number, version
    1, 5, 1, 0x60, 0, 1, 0x7b, // types
    3, 2, 1, 0, // functions
    10, 19, 1, 17, 0, // code: one body without locals
    0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, // three zeros
    0xfd, 0x85, 0x02, 0x0b, // relaxed_madd, end
];
