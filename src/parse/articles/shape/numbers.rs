//! The numbers that headlines begin with, and the pictures before them.

/// The number that a text begins with, and the text behind it: `3. …`, `3) …`, `3、…`, `[3] …`, `(3) …`, `#3 …`.
/// Also `3️⃣ …`, `③ …`.
pub(crate) fn ordinal(text: &str) -> Option<(usize, &str)> {
    if let Some(first) = text.chars().next().filter(|c| ('①'..='⑳').contains(c)) {
        let number = usize::try_from(u32::from(first) - u32::from('①') + 1).ok()?;
        return Some((number, text.get(first.len_utf8()..)?.trim_start()));
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
            // `01 headline`.
            None if len == 2 && number < 10 && rest.starts_with(' ') => rest,
            // `3.5 Opus` begins with no number of an article.
            None => rest.strip_prefix(['.', ')']).filter(|rest| rest.is_empty() || rest.starts_with(' '))?,
        },
    };
    Some((number, rest.trim_start()))
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
