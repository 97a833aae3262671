//! The numbers that headlines begin with, and the pictures before them.

/// The number that a text begins with, and the text behind it: `3. …`, `3) …`, `3、…`, `[3] …`, `(3) …`, `#3 …`.
/// Also `3️⃣ …`, `③ …`, `3위. …`, and a word before the number: `뉴스 3. …`, `Story 3: …`.
pub(crate) fn ordinal(text: &str) -> Option<(usize, &str)> {
    if let Some(first) = text.chars().next().filter(|c| ('①'..='⑳').contains(c)) {
        let number = usize::try_from(u32::from(first) - u32::from('①') + 1).ok()?;
        return Some((number, text.get(first.len_utf8()..)?.trim_start()));
    }
    if let Some(found) = named_ordinal(text).or_else(|| lettered_ordinal(text)) {
        return Some(found);
    }
    let (open, rest) = match text.chars().next()? {
        c @ ('[' | '(' | '（' | '#') => (Some(c), text.get(c.len_utf8()..)?),
        _ => (None, text),
    };
    // A question's: `Q1. …`.
    let rest = rest.strip_prefix(['Q', 'q']).filter(|_| open.is_none()).unwrap_or(rest);
    let len = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let (number, rest) = rest.split_at_checked(len)?;
    let number: usize = number.parse().ok()?;
    let rest = match open {
        Some('[') => rest.strip_prefix(']')?,
        Some('(') => rest.strip_prefix(')')?,
        Some('（') => rest.strip_prefix('）')?,
        Some(_) => rest.strip_prefix([' ', '.', ':'])?,
        None => match rest.strip_prefix(['、', '．']).or_else(|| rest.strip_prefix("\u{fe0f}\u{20e3}")) {
            Some(rest) => rest,
            // `3위. headline`, `3위 headline`.
            None if rest.starts_with('위') => {
                let rest = rest.strip_prefix('위')?;
                rest.strip_prefix(['.', ':', ',', ')', ' ']).filter(|rest| !rest.trim().is_empty())?
            }
            // `01 headline`.
            None if len == 2 && number < 10 && rest.starts_with(' ') => rest,
            // `3.5 Opus` begins with no number of an article.
            None => rest.strip_prefix(['.', ')']).filter(|rest| rest.is_empty() || rest.starts_with(' '))?,
        },
    };
    Some((number, rest.trim_start()))
}

/// Words that say of the number behind them that it counts.
const COUNTED: [&str; 13] = [
    "뉴스",
    "기사",
    "헤드라인",
    "주요뉴스",
    "story",
    "news",
    "article",
    "headline",
    "item",
    "topic",
    "issue",
    "top",
    "no",
];

/// `뉴스 3. …`, `Story 3: …`, `No.3 …`, `TOP 3 …`.
fn named_ordinal(text: &str) -> Option<(usize, &str)> {
    let first = text.chars().next()?.to_ascii_lowercase();
    let word = COUNTED
        .iter()
        .filter(|word| word.starts_with(first))
        .find(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))?;
    let rest = text.get(word.len()..)?;
    let rest = if *word == "no" { rest.strip_prefix('.')? } else { rest };
    let rest = rest.trim_start_matches([' ', '#']);
    let len = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let (number, rest) = rest.split_at_checked(len)?;
    let number: usize = number.parse().ok()?;
    // `Top 10 languages` counts nothing.
    let short = matches!(*word, "top" | "no") && number < 10;
    let rest = rest
        .strip_prefix(['.', ':', ')', '：'])
        .or_else(|| rest.strip_prefix(" - ").or_else(|| rest.strip_prefix(" | ")))
        .or_else(|| rest.strip_prefix(' ').filter(|_| short))?;
    (!rest.trim().is_empty()).then(|| (number, rest.trim_start()))
}

/// `가. …`, `나) …`, as Korean lists count.
fn lettered_ordinal(text: &str) -> Option<(usize, &str)> {
    let letter = text.chars().next()?;
    let rest = text.get(letter.len_utf8()..)?.strip_prefix(['.', ')'])?;
    let rest = rest.strip_prefix(' ')?.trim_start();
    let number = "가나다라마바사아자차카타파하".chars().position(|counted| counted == letter)? + 1;
    (!rest.is_empty()).then_some((number, rest))
}

/// The length of the pictures that a headline begins with (`🚀 1. …`), in bytes.
pub(crate) fn decoration(text: &str) -> usize {
    let is_picture = |c: char| match c {
        '①'..='⑳' => false,
        ' ' | '\u{fe0f}' | '\u{200d}' | '\u{2190}'..='\u{2bff}' => true,
        c => c >= '\u{1f000}',
    };
    text.find(|c: char| !is_picture(c)).unwrap_or(text.len())
}

/// The number of a headline, behind the pictures that it begins with.
pub(crate) fn headline_ordinal(text: &str) -> Option<(usize, &str)> {
    ordinal(text.get(decoration(text)..)?)
}
