//! Damage to a file: byte by byte, or at random, which follows from a name and a number alone.

/// The file with each `step`th of its bytes from `first` on changed, one at a time and in three ways.
pub fn each_byte(whole: &[u8], first: usize, step: usize) -> impl Iterator<Item = Vec<u8>> {
    (first..whole.len()).step_by(step).flat_map(move |at| {
        [0x00, 0xFF, whole[at] ^ 0x10].map(|value| {
            let mut damaged = whole.to_vec();
            damaged[at] = value;
            damaged
        })
    })
}

/// SplitMix64: a stream of numbers that a seed fixes.
pub struct Chance(u64);

impl Chance {
    /// Fixed by the name of a file and the number of an execution.
    pub fn new(name: &str, execution: u64) -> Self {
        let hash = name
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        Self(hash ^ execution.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Damages a file in one to eight ways, half of them near its beginning, where the headers are.
pub fn damage(file: &mut Vec<u8>, chance: &mut Chance) {
    const ODD: [u32; 10] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF];
    for _ in 0..=chance.below(8) {
        if file.is_empty() {
            return;
        }
        let reach = if chance.below(2) == 0 { file.len() } else { file.len().min(1024) };
        let at = chance.below(reach);
        let most = file.len() - at;
        match chance.below(8) {
            0 => file[at] ^= 1 << chance.below(8),
            1 => file[at] = chance.next() as u8,
            2 | 3 => {
                let odd = ODD[chance.below(ODD.len())];
                let odd = if chance.below(2) == 0 { odd.to_le_bytes() } else { odd.to_be_bytes() };
                let width = [1, 2, 4][chance.below(3)].min(most);
                file[at..at + width].copy_from_slice(&odd[..width]);
            }
            4 => file[at] = file[at].wrapping_add([1, 255, 16, 240][chance.below(4)]),
            5 => drop(file.drain(at..at + chance.below(most.min(64)) + 1)),
            6 => {
                let copied = file[at..at + chance.below(most.min(64)) + 1].to_vec();
                let place = chance.below(file.len());
                file.splice(place..place, copied);
            }
            // Seldom: it makes much of the other damage idle.
            _ if chance.below(4) == 0 => file.truncate(at),
            _ => file[at] = 0xFF,
        }
    }
}
