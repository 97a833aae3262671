//! Which addresses from a post become links, and where they stand in plain text.

use std::ops::Range;

use url::Url;

/// The longest address that becomes a link, in code points: what Discord takes for an embed.
pub const LINK_LIMIT: usize = 2048;

/// The address if it may become a link: `http` or `https`, with a host, without a user or password (which make
/// one host look like another), at most [`LINK_LIMIT`] long. All ASCII: the rest is percent-encoded or punycode.
pub fn safe_link(address: &str) -> Option<String> {
    let address = address.trim();
    if !(starts_like(address, "http://") || starts_like(address, "https://")) {
        return None;
    }
    if address.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let url = Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    url.host_str().filter(|host| !host.is_empty())?;
    let written: String = url.into();
    if written.chars().count() > LINK_LIMIT {
        return None;
    }
    // Only the path's slash is added: keep the post's own writing.
    Some(if written.strip_suffix('/') == Some(address) { address.to_owned() } else { written })
}

/// Where `text` holds bare safe addresses, ascending: without the full stop, bracket or Korean particle behind.
pub fn bare_links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("http").map(|at| from + at) {
        let rest = &text[start..];
        let length = rest.find(|c: char| !c.is_ascii_graphic() || "<>\"`|\\^{}*".contains(c));
        let address = rest[..length.unwrap_or(rest.len())]
            .trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '_', '~', '(', '[']);
        let address = without_closing(address);
        let boundary = !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
        if boundary && safe_link(address).is_some() {
            found.push(start..start + address.len());
            from = start + address.len();
        } else {
            from = start + "http".len();
        }
    }
    found
}

/// `address` without closing brackets that it never opened: `(https://e.x/a)` ends before the last one.
fn without_closing(mut address: &str) -> &str {
    for (open, close) in [('(', ')'), ('[', ']')] {
        while address.ends_with(close) && address.matches(close).count() > address.matches(open).count() {
            address = address[..address.len() - 1].trim_end_matches(['.', ',']);
        }
    }
    address
}

fn starts_like(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("https://e.x/a?b=c#d", Some("https://e.x/a?b=c#d"))]
    #[case::host_alone("https://e.x", Some("https://e.x"))]
    #[case::korean("https://e.x/뉴스", Some("https://e.x/%EB%89%B4%EC%8A%A4"))]
    #[case::script("javascript:alert(1)", None)]
    #[case::data("data:text/html,x", None)]
    #[case::relative("/a/b", None)]
    #[case::credentials("https://bank.com@evil.com/", None)]
    #[case::password("https://a:b@evil.com/", None)]
    #[case::no_slashes("https:evil.com", None)]
    #[case::blank_within("https://e.x/a b", None)]
    #[case::upper_case("HTTPS://E.X/A", Some("https://e.x/A"))]
    fn only_plain_web_addresses_are_safe(#[case] address: &str, #[case] expected: Option<&str>) {
        assert_eq!(safe_link(address).as_deref(), expected);
    }

    #[test]
    fn an_endless_address_is_no_link() {
        assert_eq!(safe_link(&format!("https://e.x/{}", "a".repeat(LINK_LIMIT))), None);
    }

    #[rstest]
    #[case::particle("https://e.x/a에서", &["https://e.x/a"])]
    #[case::full_stop("보기: https://e.x/a.", &["https://e.x/a"])]
    #[case::brackets("(https://e.x/a) https://e.x/b(c)", &["https://e.x/a", "https://e.x/b(c)"])]
    #[case::unsafe_one("https://a@b.c/", &[])]
    #[case::within_a_word("xhttps://e.x", &[])]
    fn bare_addresses_are_found(#[case] text: &str, #[case] expected: &[&str]) {
        let found: Vec<&str> = bare_links(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }
}
