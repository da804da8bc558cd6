//! A small deterministic generator of numbers for the seeded data.
//!
//! Never: used for anything that must not be guessed.
//!
//! # Sources
//!
//! Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators",
//! OOPSLA 2014 (SplitMix64).

/// One stream of numbers; equal seeds give equal streams on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of one thing, such as product 42, whatever was drawn before.
    pub(crate) fn of(kind: &str, number: u64) -> Self {
        // Mixed before use: streams whose states differ by a multiple of the
        // increment would be one stream, shifted.
        Self(Self(fingerprint(kind.as_bytes()) ^ Self(number).draw()).draw())
    }

    /// The next 64 bits.
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The high half of a product: no modulo bias worth the name here.
        ((u128::from(self.draw()) * bound as u128) >> 64) as usize
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).max(0) as usize + 1) as i64
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Up to `count` different ones of `choices`, in their order.
    pub(crate) fn sample<'a, T>(&mut self, choices: &'a [T], count: usize) -> Vec<&'a T> {
        let mut wanted = count.min(choices.len());
        let mut taken = Vec::with_capacity(wanted);
        for (index, choice) in choices.iter().enumerate() {
            if self.below(choices.len() - index) < wanted {
                taken.push(choice);
                wanted -= 1;
            }
        }
        taken
    }
}

/// The FNV-1a hash of `bytes`: stable over releases, so fit for entity tags.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn equal_seeds_give_equal_streams_and_others_do_not() {
        let draw = |kind, n| {
            let mut random = Random::of(kind, n);
            [random.below(1000), random.below(1000), random.below(1000)]
        };
        assert_eq!(draw("product", 1), draw("product", 1));
        assert_ne!(draw("product", 1), draw("product", 2));
        assert_ne!(draw("product", 1), draw("user", 1));
    }

    #[test]
    fn ranges_are_inclusive_and_samples_have_no_repeats() {
        let mut random = Random::of("range", 0);
        let drawn: Vec<i64> = (0..500).map(|_| random.between(3, 5)).collect();
        assert!(drawn.iter().all(|n| (3..=5).contains(n)));
        assert!([3, 4, 5].iter().all(|n| drawn.contains(n)));
        let all = [1, 2, 3, 4, 5];
        for _ in 0..50 {
            let taken = random.sample(&all, 3);
            assert_eq!(taken.len(), 3);
            assert!(taken.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
