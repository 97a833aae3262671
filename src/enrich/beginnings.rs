//! Tells quickly that no pattern begins at a place: most words of a text are none, and need no closer look.

/// How many bits the beginnings are spread over: few of them fall together, and all fit into a processor's cache.
const BITS: usize = 1 << 16;

/// The first two characters of every pattern, as bits of a hash. Latin letters count without their case.
#[derive(Debug, Clone)]
pub(crate) struct Beginnings(Box<[u64]>);

impl Beginnings {
    pub(crate) fn of<'p>(patterns: impl Iterator<Item = &'p str>) -> Self {
        let mut bits = vec![0_u64; BITS / 64];
        for pattern in patterns {
            let bit = bit(pattern);
            bits[bit / 64] |= 1 << (bit % 64);
        }
        Self(bits.into())
    }

    /// Whether a pattern may begin where `text` begins. `false` is certain.
    #[inline]
    pub(crate) fn may_begin(&self, text: &str) -> bool {
        let is_set = |bit: usize| self.0[bit / 64] & (1 << (bit % 64)) != 0;
        let first = text.chars().next().map_or(0, char::len_utf8);
        // Patterns of one character are few, and have no second one.
        is_set(bit(text)) || is_set(bit(&text[..first]))
    }
}

#[inline]
fn bit(text: &str) -> usize {
    let mut chars = text.chars().map(|c| u32::from(c.to_ascii_lowercase()));
    let (first, second) = (chars.next().unwrap_or_default(), chars.next().unwrap_or_default());
    // A multiplicative hash: the upper bits depend on all of both.
    let mixed = first.wrapping_mul(0x9e37_79b1).rotate_left(15) ^ second.wrapping_mul(0x85eb_ca6b);
    (mixed.wrapping_mul(0x9e37_79b1) >> 16) as usize % BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_may_begin_and_most_other_words_may_not() {
        let patterns = ["엔비디아", "AI", "칩", "OpenAI"];
        let beginnings = Beginnings::of(patterns.into_iter());
        for text in ["엔비디아가", "ai 반도체", "칩", "칩을", "openai", "OPENAI의"] {
            assert!(beginnings.may_begin(text), "{text}");
        }
        let others = ["오늘", "엔진", "비디오", "an", "op", "그 칩", "한국", "the", "and", ""];
        let passed: Vec<_> = others.into_iter().filter(|text| beginnings.may_begin(text)).collect();
        assert!(passed.len() <= 1, "{passed:?}");
    }
}
