//! Which links the platform takes, and how it writes them: TDLib's `LinkManager::check_link`.

use std::net::Ipv6Addr;

/// The link as the platform keeps it (`X.Y` becomes `http://x.y/`), or why it is none.
pub(crate) fn checked(link: &str) -> Result<String, &'static str> {
    for scheme in ["tg", "ton", "tonsite"] {
        if let Some(rest) = without_prefix(link, scheme).and_then(|rest| rest.strip_prefix(':')) {
            return own_scheme(scheme, rest.strip_prefix("//").unwrap_or(rest));
        }
    }
    let url = Parts::read(link)?;
    if !url.host.contains('.') && !url.is_ipv6 {
        return Err("Wrong HTTP URL");
    }
    let mut text = String::from(if url.secure { "https://" } else { "http://" });
    if !url.user.is_empty() {
        text.push_str(url.user);
        text.push('@');
    }
    text.push_str(&url.host);
    if url.port > 0 {
        text.push_str(&format!(":{}", url.port));
    }
    text.push_str(&url.query);
    Ok(text)
}

/// The person that `tg://user?id=…` names.
pub(crate) fn person(link: &str) -> Option<i64> {
    let link = link.to_ascii_lowercase();
    let rest = link.strip_prefix("tg:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest).strip_prefix("user")?;
    let query = rest.strip_prefix('/').unwrap_or(rest).strip_prefix('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let id = query.split('&').find_map(|pair| match pair.split_once('=').unwrap_or((pair, "")) {
        ("id", value) => Some(value),
        _ => None,
    })?;
    let is_number = id.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || (i == 0 && b == b'-'));
    // A Telegram user id has at most 40 bits.
    id.parse().ok().filter(|id: &i64| is_number && (1..1 << 40).contains(id))
}

fn own_scheme(scheme: &str, rest: &str) -> Result<String, &'static str> {
    let url = Parts::read(rest)?;
    if without_prefix(rest, "http://").is_some()
        || url.secure
        || !url.user.is_empty()
        || url.port > 0
        || url.is_ipv6
    {
        return Err(if scheme == "tg" { "Wrong tg URL" } else { "Wrong ton URL" });
    }
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || (scheme == "tonsite" && c == '.');
    if !url.host.chars().all(allowed) {
        return Err("Unallowed characters in URL host");
    }
    let query = if url.query.starts_with("/?") { &url.query[1..] } else { &url.query };
    Ok(format!("{scheme}://{}{query}", url.host))
}

/// `[https?://][user@]host[:port][/…]`
struct Parts<'a> {
    secure: bool,
    user: &'a str,
    host: String,
    is_ipv6: bool,
    /// 0 if none is named.
    port: u16,
    /// Begins with `/`.
    query: String,
}

impl<'a> Parts<'a> {
    fn read(link: &'a str) -> Result<Self, &'static str> {
        let word = link.find([':', '/', '?', '#', '@', '[', ']']).unwrap_or(link.len());
        let (secure, rest) = match link[word..].strip_prefix("://") {
            Some(rest) => match link[..word].to_ascii_lowercase().as_str() {
                "http" => (false, rest),
                "https" => (true, rest),
                _ => return Err("Unsupported URL protocol"),
            },
            None => (false, link),
        };
        let (authority, query) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (user_and_host, port) = match authority.rfind([':', ']', '@']) {
            Some(at) if at > 0 && authority[at..].starts_with(':') => {
                let digits = authority[at + 1..].trim_start_matches('0');
                let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                let port = digits.parse().ok().filter(|_| is_number);
                (&authority[..at], port.ok_or("Wrong port number specified in the URL")?)
            }
            _ => (authority, 0),
        };
        let (user, host) = user_and_host.rsplit_once('@').unwrap_or(("", user_and_host));
        let is_ipv6 = host.len() > 1 && host.starts_with('[') && host.ends_with(']');
        check_host(host, is_ipv6)?;
        Ok(Self { secure, user, host: host.to_ascii_lowercase(), is_ipv6, port, query: escaped(query) })
    }
}

fn check_host(host: &str, is_ipv6: bool) -> Result<(), &'static str> {
    if is_ipv6 {
        return match host[1..host.len() - 1].parse::<Ipv6Addr>() {
            Ok(_) => Ok(()),
            Err(_) => Err("Wrong IPv6 address specified in the URL"),
        };
    }
    match host {
        "" => return Err("URL host is empty"),
        "." => return Err("Host is invalid"),
        _ => {}
    }
    let mut bytes = host.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let is_hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
            if !is_hex(bytes.next()) || !is_hex(bytes.next()) {
                return Err("Wrong percent-encoded symbol in URL host");
            }
        } else if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b".-_!$,~*'();&+=".contains(&byte) {
            return Err("Wrong URL host");
        }
    }
    Ok(())
}

fn escaped(query: &str) -> String {
    let query = query.trim_end_matches([' ', '\t', '\r', '\n', '\0', '\u{b}']);
    let mut text = String::with_capacity(query.len() + 1);
    if !query.starts_with('/') {
        text.push('/');
    }
    for c in query.chars() {
        if c <= ' ' {
            text.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bare("X.Y", Ok("http://x.y/"))]
    #[case::userinfo("http://u:p@x.y:080?q", Ok("http://u:p@x.y:80/?q"))]
    #[case::space("http://a.b/q w", Ok("http://a.b/q%20w"))]
    #[case::hangul("https://한국.kr/경로", Ok("https://한국.kr/경로"))]
    #[case::fragment("http://x.y#a", Ok("http://x.y/#a"))]
    #[case::tg("tg://resolve?domain=x", Ok("tg://resolve?domain=x"))]
    #[case::script("javascript:x", Err("Wrong port number specified in the URL"))]
    #[case::other("ftp://x.y", Err("Unsupported URL protocol"))]
    #[case::no_host("http://", Err("URL host is empty"))]
    #[case::one_word("http://localhost/", Err("Wrong HTTP URL"))]
    #[case::port_zero("http://x.y:0", Err("Wrong port number specified in the URL"))]
    #[case::line_feed("http://a.b\nc", Err("Wrong URL host"))]
    fn links_are_taken_as_tdlib_takes_them(#[case] link: &str, #[case] taken: Result<&str, &str>) {
        assert_eq!(checked(link), taken.map(str::to_owned));
    }

    #[rstest]
    #[case("tg://user?id=123", Some(123))]
    #[case("tg:user?id=5#x", Some(5))]
    #[case("tg://user?id=abc", None)]
    #[case("tg://user?id=0", None)]
    #[case("https://t.me/user?id=5", None)]
    fn a_link_may_name_a_person(#[case] link: &str, #[case] id: Option<i64>) {
        assert_eq!(person(link), id);
    }
}
