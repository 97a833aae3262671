//! Where a Jekyll site shows a post: `url`, `baseurl` and `permalink` of its `_config.yml`.
//!
//! The rules are those of Jekyll's manual, "Permalinks": the built-in styles, and patterns of `:year` and so on.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use serde::Deserialize;

/// The largest `_config.yml` that is read, in bytes.
const MAX_BYTES: u64 = 256 * 1024;

/// What a site says about the addresses of its posts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// Scheme and host, `https://example.github.io`, and what the site's folder is called there, `/news`.
    pub base: String,
    /// A style or a pattern; empty: `date`.
    pub permalink: String,
}

/// A post, as far as its address depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post<'a> {
    /// Its date in the site's zone.
    pub date: NaiveDateTime,
    /// The file's name without date and extension.
    pub slug: &'a str,
    /// Its categories, in order.
    pub categories: &'a [String],
}

/// Why a site's configuration can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} can't be used for links: {reason}; set the feed's `site` and `permalink` instead", path.display())]
pub struct SiteError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// The keys of `_config.yml` that matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Keys {
    url: Option<String>,
    baseurl: Option<String>,
    permalink: Option<String>,
}

impl Site {
    /// A site by its address (`https://example.com/news`) and its permalinks (`pretty`, `/:year/:title/`).
    pub fn new(address: &str, permalink: &str) -> Self {
        Self { base: address.trim().trim_end_matches('/').to_owned(), permalink: permalink.trim().to_owned() }
    }

    /// Reads the `_config.yml` in a folder of posts or, as in a site with `_posts`, beside it. `Ok(None)`: there
    /// is none, or it names no address. Blocks on the file system.
    ///
    /// # Errors
    /// If there is one that can't be read or is not valid YAML.
    pub fn beside(posts: &Path) -> Result<Option<Self>, SiteError> {
        let places = [Some(posts), posts.parent()];
        for path in places.into_iter().flatten().map(|folder| folder.join("_config.yml")) {
            let fault = |reason: String| SiteError { path: path.clone(), reason };
            let file = match fs::File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(fault(error.to_string())),
            };
            let mut text = String::new();
            file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| fault(error.to_string()))?;
            if text.len() as u64 > MAX_BYTES {
                return Err(fault(format!("it has more than {MAX_BYTES} bytes")));
            }
            return Self::read(&text).map_err(fault);
        }
        Ok(None)
    }

    /// Reads the text of a `_config.yml`. `Ok(None)`: it names no `http` or `https` address.
    ///
    /// # Errors
    /// Where YAML is not valid, in words.
    pub fn read(text: &str) -> Result<Option<Self>, String> {
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! { max_depth: 32, max_events: 50_000, max_aliases: 100 },
            duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
            with_snippet: false,
        };
        let keys = serde_saphyr::from_str_with_options::<Option<Keys>>(text, options)
            .map_err(|error| error.to_string())?
            .unwrap_or_default();
        let url = keys.url.unwrap_or_default();
        let baseurl = keys.baseurl.unwrap_or_default();
        let folder = baseurl.trim().trim_matches('/');
        let address = match folder {
            "" => url.trim().to_owned(),
            folder => format!("{}/{folder}", url.trim().trim_end_matches('/')),
        };
        let site = Self::new(&address, keys.permalink.as_deref().unwrap_or_default());
        Ok(Some(site).filter(Site::is_web))
    }

    /// Where the site shows a post; `None` if its address is not `http` or `https`.
    pub fn link(&self, post: &Post<'_>) -> Option<String> {
        if !self.is_web() {
            return None;
        }
        let pattern = match self.permalink.as_str() {
            "" | "date" => "/:categories/:year/:month/:day/:title:output_ext",
            "pretty" => "/:categories/:year/:month/:day/:title/",
            "ordinal" => "/:categories/:year/:y_day/:title:output_ext",
            "weekdate" => "/:categories/:year/W:week/:short_day/:title:output_ext",
            "none" => "/:categories/:title:output_ext",
            pattern => pattern,
        };
        let mut path = String::from("/");
        for part in fill(pattern, post).split('/').filter(|part| !part.is_empty()) {
            if !path.ends_with('/') {
                path.push('/');
            }
            path.push_str(part);
        }
        if pattern.ends_with('/') && !path.ends_with('/') {
            path.push('/');
        }
        // The parser of addresses encodes what must be encoded and refuses what is none.
        let link = url::Url::parse(&format!("{}{path}", self.base)).ok()?;
        Some(link.into())
    }

    fn is_web(&self) -> bool {
        url::Url::parse(&self.base)
            .is_ok_and(|base| matches!(base.scheme(), "http" | "https") && base.has_host())
    }
}

/// Fills a pattern's placeholders; one that is unknown stays as it is.
fn fill(pattern: &str, post: &Post<'_>) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find(':') {
        let (before, placeholder) = rest.split_at(at);
        filled.push_str(before);
        let name = placeholder.get(1..).unwrap_or_default();
        let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(name.len());
        let (name, after) = name.split_at(end);
        match value(name, post) {
            Some(value) => filled.push_str(&value),
            None => {
                filled.push(':');
                filled.push_str(name);
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn value(name: &str, post: &Post<'_>) -> Option<String> {
    let date: NaiveDate = post.date.date();
    Some(match name {
        "year" => format!("{:04}", date.year()),
        "short_year" => format!("{:02}", date.year().rem_euclid(100)),
        "month" => format!("{:02}", date.month()),
        "i_month" => date.month().to_string(),
        "short_month" => date.format("%b").to_string(),
        "long_month" => date.format("%B").to_string(),
        "day" => format!("{:02}", date.day()),
        "i_day" => date.day().to_string(),
        "y_day" => format!("{:03}", date.ordinal()),
        "week" => format!("{:02}", date.iso_week().week()),
        "w_year" => date.iso_week().year().to_string(),
        "w_day" => date.weekday().number_from_monday().to_string(),
        "short_day" => date.format("%a").to_string(),
        "long_day" => date.format("%A").to_string(),
        "hour" => format!("{:02}", post.date.hour()),
        "minute" => format!("{:02}", post.date.minute()),
        "second" => format!("{:02}", post.date.second()),
        "title" | "slug" => post.slug.to_owned(),
        "categories" => {
            let mut seen: Vec<String> = Vec::new();
            for category in post.categories {
                let category = category.to_lowercase();
                if !seen.contains(&category) {
                    seen.push(category);
                }
            }
            seen.join("/")
        }
        "slugified_categories" => {
            let slugs: Vec<String> = post.categories.iter().map(|category| slugified(category)).collect();
            slugs.join("/")
        }
        "output_ext" => ".html".to_owned(),
        _ => return None,
    })
}

/// Letters and digits in lower case, all else as single hyphens.
fn slugified(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::default("", "https://a.kr/blog/news/gemini/2025/12/17/ai-news.html")]
    #[case::date("date", "https://a.kr/blog/news/gemini/2025/12/17/ai-news.html")]
    #[case::pretty("pretty", "https://a.kr/blog/news/gemini/2025/12/17/ai-news/")]
    #[case::ordinal("ordinal", "https://a.kr/blog/news/gemini/2025/351/ai-news.html")]
    #[case::weekdate("weekdate", "https://a.kr/blog/news/gemini/2025/W51/Wed/ai-news.html")]
    #[case::none("none", "https://a.kr/blog/news/gemini/ai-news.html")]
    #[case::pattern("/:year/:i_month/:i_day/:slug/", "https://a.kr/blog/2025/12/17/ai-news/")]
    #[case::no_slashes(":categories-:title.htm", "https://a.kr/blog/news/gemini-ai-news.htm")]
    #[case::time("/:hour:minute/:title", "https://a.kr/blog/1609/ai-news")]
    #[case::unknown("/:nosuch/:title/", "https://a.kr/blog/:nosuch/ai-news/")]
    fn permalinks_are_jekylls(#[case] permalink: &str, #[case] link: &str) {
        let categories = ["news".to_owned(), "Gemini".to_owned(), "news".to_owned()];
        let date = NaiveDate::from_ymd_opt(2025, 12, 17).and_then(|day| day.and_hms_opt(16, 9, 26));
        let post = Post { date: date.expect("a date"), slug: "ai-news", categories: &categories };
        let site = Site::new("https://a.kr/blog/", permalink);
        assert_eq!(site.link(&post).as_deref(), Some(link));
    }

    #[test]
    fn a_post_without_categories_has_no_empty_parts_and_korean_is_encoded() {
        let date = NaiveDate::from_ymd_opt(2025, 1, 2).and_then(|day| day.and_hms_opt(0, 0, 0));
        let post = Post { date: date.expect("a date"), slug: "뉴스", categories: &[] };
        let link = Site::new("https://a.kr", "pretty").link(&post);
        assert_eq!(link.as_deref(), Some("https://a.kr/2025/01/02/%EB%89%B4%EC%8A%A4/"));
    }

    #[rstest]
    #[case::both("url: https://a.kr\nbaseurl: /blog\npermalink: pretty\nplugins: [x]", Some(("https://a.kr/blog", "pretty")))]
    #[case::url_alone("url: \"https://a.kr/\"\nbaseurl: \"\"", Some(("https://a.kr", "")))]
    #[case::no_url("title: 뉴스", None)]
    #[case::empty("", None)]
    #[case::not_the_web("url: javascript:alert(1)", None)]
    #[case::a_file("url: file:///etc/passwd", None)]
    fn configurations_are_read(#[case] text: &str, #[case] site: Option<(&str, &str)>) {
        let expected = site.map(|(base, permalink)| Site { base: base.into(), permalink: permalink.into() });
        assert_eq!(Site::read(text), Ok(expected));
    }

    #[test]
    fn the_configuration_lies_beside_or_above_the_posts() {
        let disk = tempfile::tempdir().expect("a folder");
        let posts = disk.path().join("_posts");
        fs::create_dir(&posts).expect("a folder");
        assert_eq!(Site::beside(&posts), Ok(None));
        fs::write(disk.path().join("_config.yml"), "url: https://a.kr").expect("a file");
        assert_eq!(Site::beside(&posts), Ok(Some(Site::new("https://a.kr", ""))));
        fs::write(disk.path().join("_config.yml"), "url: [").expect("a file");
        assert!(Site::beside(&posts).is_err());
    }
}
