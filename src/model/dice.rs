//! Numbers for tests that look random and are the same in every run.

/// A linear congruential generator with the constants of Knuth's MMIX, of which the upper bits are taken.
pub(crate) struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// A text of these pieces that has at least so many bytes.
    pub(crate) fn text(&mut self, pieces: &[&str], bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            text.push_str(pieces[self.roll(pieces.len())]);
        }
        text
    }
}
