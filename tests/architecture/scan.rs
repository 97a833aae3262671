//! Reads Rust sources as far as the rules of `architecture.rs` need it: which paths occur, outside comments,
//! literals and test code. No parser: a scan that a reader can check by eye.

use std::collections::BTreeSet;

/// A source file.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// From the repository's root, with `/`: `src/plan/due.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The top-level module that the file belongs to: `plan` for `src/plan/due.rs`, `clock` for `src/clock.rs`.
    pub(crate) fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split(['/', '.']).next().unwrap_or_default()
    }

    /// Whether the whole file is test code by its name.
    pub(crate) fn is_named_as_tests(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// How many modules lie above the file's items: 1 for `src/app.rs` and `src/plan/mod.rs`.
    fn depth(&self) -> usize {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let modules = inside.strip_suffix("/mod.rs").or_else(|| inside.strip_suffix(".rs")).unwrap_or(inside);
        modules.split('/').count()
    }

    /// The top-level modules of the crate that the code names, each with its line.
    pub(crate) fn uses(&self, code: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for at in words(code, "crate") {
            roots(code, at + "crate".len(), &mut found);
        }
        for at in words(code, "super") {
            // Only the first of a chain; `a::super` is not Rust.
            if code[..at].trim_end().ends_with("::") {
                continue;
            }
            let mut end = at + "super".len();
            let mut up = 1;
            while code[end..].starts_with("::super") {
                end += "::super".len();
                up += 1;
            }
            if up >= self.depth() {
                roots(code, end, &mut found);
            }
        }
        found.into_iter().map(|(at, name)| (line(code, at), name)).collect()
    }
}

/// The names that follow `::` at `at`: one, or the first of each path in a group.
fn roots(code: &str, at: usize, found: &mut Vec<(usize, String)>) {
    let Some(rest) = code[at..].strip_prefix("::") else { return };
    let Some(group) = rest.trim_start().strip_prefix('{') else {
        found.extend(identifier(rest).map(|name| (at, name)));
        return;
    };
    let mut depth = 0_usize;
    let mut item = true;
    for (place, letter) in group.char_indices() {
        match letter {
            '}' if depth == 0 => return,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => item = true,
            letter if item && !letter.is_whitespace() => {
                found.extend(identifier(&group[place..]).map(|name| (at, name)));
                item = false;
            }
            _ => {}
        }
    }
}

fn identifier(text: &str) -> Option<String> {
    let name: String = text.trim_start().chars().take_while(|c| is_word(*c)).collect();
    (!name.is_empty()).then_some(name)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where `word` stands in `code` with nothing joined to it on either side.
pub(crate) fn words<'c>(code: &'c str, word: &'c str) -> impl Iterator<Item = usize> + 'c {
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The number of the line at a byte.
pub(crate) fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The source with comments and the insides of literals blanked; line numbers stay.
pub(crate) fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        let joined = code.chars().next_back().is_some_and(is_word);
        let skipped = skipped(rest, joined);
        if skipped == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            code.extend(rest[..skipped].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[skipped..];
        }
    }
    code
}

/// How many bytes at the beginning are a comment or a literal. `joined`: a word ends right before.
fn skipped(rest: &str, joined: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    if rest.starts_with('\'') {
        // A lifetime has no second quote; `'a'` does.
        let mut letters = rest.chars().skip(1);
        let (first, second) = (letters.next(), letters.next());
        return if first == Some('\\') || second == Some('\'') { quoted(rest, '\'') } else { 0 };
    }
    let raw = ["r", "br", "cr"].iter().find_map(|prefix| rest.strip_prefix(prefix)).filter(|_| !joined);
    if let Some(after) = raw {
        let hashes = after.len() - after.trim_start_matches('#').len();
        if after[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let inside = rest.len() - after.len() + hashes + 1;
            return rest[inside..].find(&end).map_or(rest.len(), |found| inside + found + end.len());
        }
    }
    0
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Code without the items that only tests see, and the names of the module files among those.
pub(crate) fn without_tests(code: &str) -> (String, BTreeSet<String>) {
    const TEST: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut modules = BTreeSet::new();
    let mut rest = code;
    while let Some(at) = rest.find(TEST) {
        kept.push_str(&rest[..at]);
        let end = at + TEST.len() + item(&rest[at + TEST.len()..]);
        let removed = &rest[at..end];
        if let Some(name) = removed.strip_suffix(';').and_then(|text| text.split_once("mod ")) {
            modules.insert(name.1.trim().to_owned());
        }
        kept.extend(removed.chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    kept.push_str(rest);
    (kept, modules)
}

/// The length of the first item: up to its `;`, or to the brace that closes its body.
fn item(code: &str) -> usize {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for (at, letter) in code.char_indices() {
        match letter {
            '{' => braces += 1,
            '}' => {
                braces = braces.saturating_sub(1);
                if braces == 0 {
                    return at + 1;
                }
            }
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            ';' if braces == 0 && brackets == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}
