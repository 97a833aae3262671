//! What Korean writes onto the end of a noun without a blank: particles, the copula, a few suffixes, and the
//! endings of verbs made of nouns. `boundary` asks it whether a name ends where its letters end.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Whether `rest`, the Hangul that is glued to a name, is nothing but particles and noun suffixes: `에서도`,
/// `와`, `측은` are; `데이터` (in 메타데이터) and `비엠` (in 에코프로비엠) are not.
pub(crate) fn is_particles(rest: &str) -> bool {
    splits(rest, MOST_PARTICLES)
}

/// Whether `rest` is what may follow a noun of action: particles, a form of 하다 or 되다 (`투자했다`), a suffix
/// that leaves the meaning (`규제안`, `보안성`).
pub(crate) fn is_ending(rest: &str) -> bool {
    is_particles(rest)
        || VERBS.iter().any(|verb| rest.starts_with(verb))
        || SUFFIXES.iter().any(|suffix| rest.strip_prefix(suffix).is_some_and(is_particles))
}

/// 에서 + 만 + 이 + 다: more than four in a row is no Korean.
const MOST_PARTICLES: usize = 4;

fn splits(rest: &str, most: usize) -> bool {
    let Some(first) = rest.chars().next() else { return true };
    let parts = BY_SYLLABLE.get(&first).map_or(&[][..], Vec::as_slice);
    most > 0 && parts.iter().any(|part| rest.strip_prefix(part).is_some_and(|rest| splits(rest, most - 1)))
}

/// The particles by their first syllable: after most names stands the rest of another word, whose syllable begins none.
static BY_SYLLABLE: LazyLock<HashMap<char, Vec<&str>>> = LazyLock::new(|| {
    let mut table: HashMap<char, Vec<&str>> = HashMap::new();
    for particle in PARTICLES {
        table.entry(particle.chars().next().unwrap_or_default()).or_default().push(particle);
    }
    table
});

/// Longer words that begin like a particle (이란 is also Iran) stand here because they are particles after a
/// name; what a name may not be followed by at all is the dictionary's `not_before`.
#[rustfmt::skip]
const PARTICLES: &[&str] = &[
    // case and topic
    "이", "가", "은", "는", "을", "를", "의", "에", "에게", "에게서", "에서", "서", "에선", "에겐", "엔", "께서", "로", "으로", "로서",
    "으로서", "로써", "으로써", "로부터", "으로부터", "와", "과", "랑", "이랑", "하고", "한테", "한테서", "더러", "론", "으론",
    // delimiting
    "도", "만", "까지", "부터", "마저", "조차", "밖에", "보다", "처럼", "같이", "만큼", "대로", "마다", "뿐", "커녕", "치고",
    "나", "이나", "든", "이든", "든지", "이든지", "라도", "이라도", "야", "이야", "야말로", "이야말로", "나마", "이나마", "같은", "여", "이여", "란", "이란",
    "라는", "이라는", "라고", "이라고", "라며", "이라며", "라면", "이라면", "라서", "이라서", "라", "이라", "란다",
    // the copula
    "이다", "다", "인", "이고", "이며", "며", "이지만", "지만", "이자", "였다", "이었다", "입니다", "였습니다", "이었습니다", "일",
    "이므로", "이어서", "여서", "인데", "예요", "이에요", "이죠", "이지", "이냐", "인가", "이라던", "였던", "이던", "임",
    "이었던", "이었지만", "이었는데", "이었고", "이었으며", "이었으나", "이었을", "이었음", "였지만", "였는데", "였고", "였으며", "였으나",
    "였을", "였음", "이니", "이니까", "이어야", "여야", "일지", "일까", "이기", "이라기", "라기", "이겠", "답게", "다운",
    // what counts as the name itself: the firm, its side, its group, its share, its branch here
    "측", "등", "들", "발", "표", "식", "판", "향", "사", "주", "내", "간", "용", "급", "그룹", "계열", "코리아", "재팬", "차이나",
];

#[rustfmt::skip]
const VERBS: &[&str] = &[
    "하", "한", "할", "함", "합", "해", "했", "되", "된", "될", "됨", "됩", "돼", "됐", "시키", "시켜", "시켰", "시킨", "받", "당하",
    "당한", "당했",
];

const SUFFIXES: &[&str] = &[
    "자", "안", "성", "적", "형", "화", "액", "금", "법", "업", "권", "률", "별", "중", "후", "전", "시",
    "계", "업계",
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none("")]
    #[case::subject("가")]
    #[case::possessive("의")]
    #[case::at_too("에서도")]
    #[case::from_even("로부터도")]
    #[case::its_side("측은")]
    #[case::and_the_like("등의")]
    #[case::copula("입니다")]
    #[case::only_of("만의")]
    #[case::in_headlines("서도")]
    #[case::past_copula("이었지만")]
    #[case::of_all("야말로")]
    fn particles_are_told(#[case] rest: &str) {
        assert!(is_particles(rest));
    }

    #[rstest]
    #[case::metadata("데이터")]
    #[case::metacognition("인지")]
    #[case::intelligence("리전스")]
    #[case::application("리케이션")]
    #[case::ecopro_bm("비엠")]
    #[case::sk_on("온")]
    #[case::toaster("트기")]
    fn the_rest_of_a_word_is_none(#[case] rest: &str) {
        assert!(!is_particles(rest));
    }
}
