//! Bytes of a text told apart 64 at a time.

/// For which of 64 bytes something holds, the first byte as the lowest bit. Written so that compilers do 16 bytes or more at
/// a time when `holds` is plain arithmetic.
#[inline(always)]
pub fn bits(block: &[u8; 64], holds: impl Fn(u8) -> bool) -> u64 {
    let mut found = [0u8; 64];
    for (to, byte) in found.iter_mut().zip(block) {
        *to = u8::from(holds(*byte));
    }
    let mut bits = 0;
    for (shift, eight) in (0..).step_by(8).zip(found.as_chunks::<8>().0) {
        // eight bytes of 0 or 1 become the bits of the highest byte
        bits |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << shift;
    }
    bits
}

/// Whether a byte is an ASCII letter or digit or `_`, without a branch.
#[inline(always)]
pub fn is_plain_word(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    letter | digit | (byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_is_that_of_its_byte() {
        for from in (0..=192u8).step_by(64) {
            let block: [u8; 64] = std::array::from_fn(|i| from + i as u8);
            let words = bits(&block, is_plain_word);
            for (i, byte) in block.iter().enumerate() {
                assert_eq!(words >> i & 1 == 1, byte.is_ascii_alphanumeric() || *byte == b'_', "{byte}");
            }
        }
    }
}
