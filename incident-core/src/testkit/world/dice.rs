//! Chance that can be repeated. The core has no source of randomness; a seed is an argument like any other.

/// The generator splitmix64: sixty-four bits of state, the same numbers on every machine and in every release.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Makes dice that fall as the seed says.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below a limit, and 0 if the limit is 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        let roll = self.roll();
        if limit == 0 { 0 } else { roll % limit }
    }

    /// Tells whether something happens that happens so many times in a hundred.
    pub const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Picks one of several things; `None` if there are none.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let at = self.below(things.len() as u64);
        usize::try_from(at).ok().and_then(|at| things.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the published generator for the seed 1234567.
    #[test]
    fn the_dice_fall_as_splitmix64_does_everywhere() {
        let mut dice = Dice::new(1_234_567);
        let rolled = [dice.roll(), dice.roll(), dice.roll()];
        assert_eq!(rolled, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn nothing_is_picked_from_nothing() {
        assert_eq!((Dice::new(1).pick::<u8>(&[]), Dice::new(1).below(0)), (None, 0));
    }
}
