//! An entry of a feed as a post: front matter with what the feed says of it, then its HTML as Markdown, so that the
//! same parser finds its articles.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use feed_rs::model::Entry;
use feed_rs::parser;
use htmd::HtmlToMarkdown;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::model::digest::{DigestKey, RawDigest};
use crate::source::look::Found;

/// Entries beyond this many are not read: a feed shows its latest first.
const MAX_ENTRIES: usize = 1000;
/// HTML that is larger, in bytes, or nested deeper is left to the Markdown parser as it is: turning it into a tree
/// costs memory and stack by its size.
const MAX_HTML: usize = 512 * 1024;
const MAX_DEPTH: usize = 128;
/// Elements that never hold another of their kind: they have no end, or need none.
const FLAT: [&str; 20] = [
    "area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "td", "th", "tr", "track", "wbr",
];
/// A summary with fewer characters than this stands for a post that has to be fetched.
const SHORT: usize = 400;
/// Elements that hold no words of a post.
const SKIPPED: [&str; 9] =
    ["script", "style", "nav", "aside", "form", "button", "svg", "template", "noscript"];

/// An entry, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// Its id.
    pub(super) place: String,
    /// Changes when it says anything else.
    pub(super) stamp: String,
    name: String,
    front: String,
    /// Markdown.
    text: String,
    is_short: bool,
    link: Option<Url>,
    published: Option<DateTime<Utc>>,
}

impl Written {
    /// The address of its page, if the feed has only a summary of it and the page is on the feed's own server.
    pub(super) fn wants_its_page(&self, feed: &Url) -> Option<Url> {
        let link = self.link.as_ref().filter(|_| self.is_short)?;
        (link.origin() == feed.origin()).then(|| link.clone())
    }

    /// The post; `page` is the HTML of the post that it links.
    pub(super) fn into_found(self, page: Option<&str>) -> Found {
        let text = page.map(markdown).filter(|text| text.len() > self.text.len()).unwrap_or(self.text);
        let raw = RawDigest { name: self.name, bytes: (self.front + &text).into_bytes() };
        let key = Some(DigestKey(format!("entry-{}", short(&self.place))));
        Found { stamp: self.stamp, key, link: self.link.map(String::from), ..Found::of(self.place, raw) }
    }
}

/// Reads a feed; its entries, newest first.
///
/// # Errors
/// If it is no feed, in words.
pub(super) fn read(bytes: &[u8], url: &str, zone: Tz) -> Result<Vec<Written>, String> {
    let parser = parser::Builder::new().base_uri(Some(url)).sanitize_content(false).build();
    let feed = parser
        .parse(bytes)
        .map_err(|error| format!("it is no RSS, Atom or JSON feed ({error}); check `url`"))?;
    let entries = feed.entries.into_iter().take(MAX_ENTRIES);
    let mut written: Vec<Written> = entries.map(|entry| write(entry, zone)).collect();
    written.sort_by_key(|written| std::cmp::Reverse(written.published));
    Ok(written)
}

fn write(entry: Entry, zone: Tz) -> Written {
    let published = entry.published.or(entry.updated);
    let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let link = link.and_then(|link| Url::parse(&link.href).ok());
    let link = link.filter(|link| matches!(link.scheme(), "http" | "https"));
    let content = entry.content.and_then(|content| {
        let is_text = content.content_type.essence().to_string() == "text/plain";
        content.body.map(|body| if is_text { body } else { markdown(&body) })
    });
    let summary = entry.summary.map(|text| markdown(&text.content));
    let is_short = content.is_none() && summary.as_ref().is_none_or(|text| text.chars().count() < SHORT);
    let text = content.or(summary).unwrap_or_default();

    let mut front = String::from("---\n");
    let mut put = |key: &str, value: String| front.push_str(&format!("{key}: {value}\n"));
    // JSON's texts and lists are YAML's, too.
    if let Some(title) = entry.title {
        put("title", serde_json::Value::from(plain(&title.content)).to_string());
    }
    if let Some(at) = published {
        put("date", at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %z").to_string());
    }
    let tags: Vec<String> = entry.categories.into_iter().map(|tag| tag.label.unwrap_or(tag.term)).collect();
    if !tags.is_empty() {
        put("tags", serde_json::Value::from(tags).to_string());
    }
    front.push_str("---\n\n");
    let said = short(&format!("{front}{text}{}", link.as_ref().map_or("", Url::as_str)));
    Written {
        name: format!("{}.md", short(&entry.id)),
        place: entry.id,
        stamp: said,
        front,
        text,
        is_short,
        link,
        published,
    }
}

/// HTML as Markdown.
fn markdown(html: &str) -> String {
    if html.len() > MAX_HTML || unclosed(html) > MAX_DEPTH {
        return html.to_owned();
    }
    let converter = HtmlToMarkdown::builder().skip_tags(SKIPPED.to_vec()).build();
    let Ok(tree) = converter.html_to_tree(html) else { return html.to_owned() };
    let mut open = vec![(tree.clone(), 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return html.to_owned();
        }
        open.extend(node.children.borrow().iter().map(|child| (child.clone(), depth + 1)));
    }
    converter.tree_to_markdown(&tree)
}

/// How many elements are open at once at the most, roughly: building a tree takes the square of that.
fn unclosed(html: &str) -> usize {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut count, mut most) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        let (ends, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        let of_name = open.entry(name).or_default();
        if !ends {
            *of_name += 1;
            count += 1;
            most = most.max(count);
        } else if *of_name > 0 {
            *of_name -= 1;
            count -= 1;
        }
    }
    most
}

/// A title is text, or HTML in which some feeds write their entities twice.
fn plain(title: &str) -> String {
    let text = if title.contains(['<', '&']) { line_of(title) } else { title.to_owned() };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of an HTML line.
fn line_of(html: &str) -> String {
    let markdown = markdown(html);
    let mut text = String::with_capacity(markdown.len());
    let mut escaped = false;
    for c in markdown.chars() {
        escaped = c == '\\' && !escaped;
        if !escaped {
            text.push(c);
        }
    }
    text
}

/// The part of a page that is the post: its `article`, else its `main` element.
pub(super) fn post_of(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    ["article", "main"].iter().find_map(|element| {
        let from = lower.find(&format!("<{element}"))?;
        let to = lower.rfind(&format!("</{element}"))?;
        page.get(from..to).map(str::to_owned)
    })
}

/// A short hash, in hexadecimal digits.
fn short(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Seoul;

    use super::*;

    fn posts(feed: &str) -> Vec<(String, Option<String>, String)> {
        let written = read(feed.as_bytes(), "https://news.example/feed.xml", Seoul).expect("a feed");
        written
            .into_iter()
            .map(|written| {
                let found = written.into_found(None);
                (found.place, found.link, String::from_utf8(found.raw.bytes).expect("text"))
            })
            .collect()
    }

    #[test]
    fn an_rss_item_with_its_content_is_a_post_of_the_feeds_day() {
        let found = posts(
            r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
            <channel><title>x</title><item><title>AI &amp; &lt;뉴스&gt;</title><link>https://news.example/a</link>
            <guid>tag:1</guid><category>반도체</category><pubDate>Tue, 16 Dec 2025 23:30:00 GMT</pubDate>
            <description>짧게</description><content:encoded><![CDATA[<h2>삼성</h2><p><b>이천</b>에서<script>x()</script></p>
            <ul><li>하나</li></ul>]]></content:encoded></item></channel></rss>"#,
        );
        let (place, link, text) = &found[0];
        assert_eq!((place.as_str(), link.as_deref()), ("tag:1", Some("https://news.example/a")));
        assert!(text.contains("date: 2025-12-17 08:30:00 +0900"), "{text}");
        assert!(text.contains("tags: [\"반도체\"]"), "{text}");
        assert!(text.contains("## 삼성\n\n**이천**에서") && text.contains("하나"), "{text}");
        assert!(!text.contains("x()") && !text.contains("짧게"), "{text}");
    }

    #[test]
    fn atom_and_json_feeds_are_read_and_the_newest_comes_first() {
        let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>x</title><updated>2025-12-17T00:00:00Z</updated>
            <entry><id>old</id><title>a</title><updated>2025-12-15T00:00:00Z</updated><content type="html">&lt;p&gt;글&lt;/p&gt;</content></entry>
            <entry><id>new</id><title>b</title><updated>2025-12-16T00:00:00Z</updated><content type="html">&lt;p&gt;글&lt;/p&gt;</content></entry></feed>"#;
        let places: Vec<String> = posts(atom).into_iter().map(|(place, ..)| place).collect();
        assert_eq!(places, ["new", "old"]);
        let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [
            {"id": "1", "url": "https://news.example/1", "title": "c", "content_html": "<p>글</p>",
             "date_published": "2025-12-17T09:00:00+09:00"}]}"#;
        let found = posts(json);
        assert!(found[0].2.contains("2025-12-17 09:00:00 +0900") && found[0].2.ends_with('글'), "{found:?}");
    }

    #[test]
    fn what_is_no_feed_says_so() {
        let refused = read(b"<html><body>404</body></html>", "https://news.example/", Seoul);
        assert!(refused.expect_err("no feed").contains("check `url`"));
    }

    #[test]
    fn hostile_html_is_left_to_the_parser_that_can_take_it() {
        let deep = "<div>".repeat(60_000);
        assert_eq!(markdown(&deep), deep);
        let large = "<p>".repeat(MAX_HTML);
        assert_eq!(markdown(&large), large);
    }

    #[test]
    fn a_page_is_reduced_to_its_post() {
        let page = "<html><nav>메뉴</nav><main><ARTICLE class=a><h1>글</h1></ARTICLE></main></html>";
        assert_eq!(post_of(page).as_deref(), Some("<ARTICLE class=a><h1>글</h1>"));
        assert_eq!(post_of("<p>글</p>"), None);
    }
}
