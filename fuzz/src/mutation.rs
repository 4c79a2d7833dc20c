//! Inputs for tests, which have no fuzzer: known good inputs changed a little, and now and then plain noise.
//! Every run of a test sees the same ones.

/// A source of bytes that look random and are the same in every run: xorshift64.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// Begins at a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Returns a number below `end`, or 0 if there is none.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).map_or(0, |number| number % end.max(1))
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[5]
    }

    /// Returns an input: mostly one of the given ones with up to eight changes, else up to 600 bytes of noise.
    pub fn input(&mut self, known: &[Vec<u8>]) -> Vec<u8> {
        if known.is_empty() || self.below(4) == 0 {
            let length = self.below(600);
            return (0..length).map(|_| self.byte()).collect();
        }
        let mut input = known[self.below(known.len())].clone();
        for _ in 0..=self.below(8) {
            let other = self.below(known.len());
            self.change(&mut input, &known[other]);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(input.len());
        let until = (at + 1 + self.below(16)).min(input.len());
        match self.below(6) {
            0 if !input.is_empty() => input[at] = self.byte(),
            1 if !input.is_empty() => input[at] ^= 1 << self.below(8),
            2 => drop(input.drain(at..until)),
            3 => {
                let again = input[at..until].to_vec();
                input.splice(at..at, again);
            }
            4 => input.truncate(at),
            _ => {
                let from = self.below(other.len());
                let taken = other[from..].iter().take(1 + self.below(64)).copied();
                input.splice(at..until, taken);
            }
        }
    }
}
