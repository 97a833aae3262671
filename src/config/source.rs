//! `source = { kind = …, … }` of a feed: where its digests come from.

use std::path::PathBuf;

use chrono::TimeDelta;

use super::reader::Reader;

/// Schemes of addresses that Git is given.
const GIT_SCHEMES: [&str; 4] = ["https", "http", "git", "file"];

/// `source = { kind = …, … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceConfig {
    /// `kind = "folder"`: a folder of posts.
    Folder {
        /// The folder; a relative one counts from the working directory.
        path: PathBuf,
    },
    /// `kind = "git"`: a Git repository of posts.
    Git {
        /// `url`: its address, or a path on this machine.
        url: String,
        /// `branch`; unset: the repository's own.
        branch: Option<String>,
        /// `folder`: where in it the posts are; empty: all of it. `_posts`.
        folder: String,
        /// `token_file`: holds the token for a private repository; unset: `GIT_TOKEN`.
        token_file: Option<PathBuf>,
    },
    /// `kind = "feed"`: a blog's RSS, Atom or JSON feed.
    Feed {
        /// `url`: its address.
        url: url::Url,
        /// `every`: how often it is asked for. 10 min.
        every: TimeDelta,
    },
    /// `kind = "push"`: `POST /api/digests`.
    Push {
        /// `token_sha256`: the hash of the token that publishers send.
        token_sha256: Option<[u8; 32]>,
        /// `token_file`: holds the token; with neither: `PUSH_TOKEN`.
        token_file: Option<PathBuf>,
    },
}

impl SourceConfig {
    pub(super) fn read(section: &mut Reader<'_>) -> Option<Self> {
        let mut source = section.section("source");
        let kind = source.required("kind", "write `source = { kind = \"folder\", path = \"posts\" }`")?;
        let read = match kind.as_str() {
            "folder" => source
                .required("path", "name the folder of the posts")
                .map(|path| Self::Folder { path: PathBuf::from(path) }),
            "git" => Self::git(&mut source),
            "feed" => Self::feed(&mut source),
            "push" => Some(Self::Push {
                token_sha256: source.optional_parsed("token_sha256", sha256),
                token_file: source.optional_text("token_file").map(PathBuf::from),
            }),
            other => {
                let cure = "is no kind of source; write `folder`, `git`, `feed` or `push`";
                source.fault("kind", format!("= {other:?} {cure}"));
                return None;
            }
        };
        source.finish();
        read
    }

    fn git(source: &mut Reader<'_>) -> Option<Self> {
        let url = source.required("url", "write the repository's address, `https://…`").filter(|url| {
            let problem = git_address(url).err();
            if let Some(problem) = problem {
                // Not the address itself: it may hold a password.
                source.fault("url", problem.to_owned());
            }
            problem.is_none()
        });
        let branch = source.optional_parsed("branch", |text| {
            let fine = !text.is_empty()
                && !text.starts_with(['-', '/'])
                && !text.contains("..")
                && text.chars().all(|c| c.is_alphanumeric() || "-_./+#@".contains(c));
            if fine { Ok(text.to_owned()) } else { Err("is no name of a branch; write `main`".to_owned()) }
        });
        let folder = source.parsed("folder", "_posts", |text| {
            let fine = !text.starts_with('-') && !text.split('/').any(|part| matches!(part, "." | ".."));
            let cure = "is no folder in a repository; write `_posts`, or \"\" for all of it";
            if fine { Ok(text.to_owned()) } else { Err(cure.to_owned()) }
        });
        let token_file = source.optional_text("token_file").map(PathBuf::from);
        Some(Self::Git { url: url?, branch, folder: folder?, token_file })
    }

    fn feed(source: &mut Reader<'_>) -> Option<Self> {
        let wrong = "is no address of a feed; write `https://news.example/feed.xml`";
        let every = source.duration("every", TimeDelta::minutes(10)).max(TimeDelta::minutes(1));
        let url = source.required("url", "write the feed's address, `https://news.example/feed.xml`")?;
        match url::Url::parse(&url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.password().is_none() => {
                Some(Self::Feed { url, every })
            }
            _ => {
                source.fault("url", wrong.to_owned());
                None
            }
        }
    }
}

/// Whether Git may be given an address.
fn git_address(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) {
        return Err("is no address of a repository; write `https://…` or a path");
    }
    if text.contains("::") {
        return Err("names a helper of Git, which Jogan does not run; write `https://…` or a path");
    }
    match url::Url::parse(text) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err("holds a name or a password; write the token into a file, and its name into `token_file`")
        }
        Ok(url) if GIT_SCHEMES.contains(&url.scheme()) => Ok(()),
        Ok(_) => Err("is of a kind that Jogan does not fetch; write `https://…`, `git://…` or a path"),
        Err(_) if text.split('/').next().is_some_and(|host| host.contains('@') || host.contains(':')) => Err(
            "is an address for SSH, which Jogan does not use; write `https://…`, with `token_file` if it is private",
        ),
        Err(_) => Ok(()),
    }
}

fn sha256(text: &str) -> Result<[u8; 32], String> {
    let wrong =
        || "is no SHA-256 hash, 64 hexadecimal digits; `printf %s TOKEN | sha256sum` prints one".to_owned();
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        let digits = text.get(2 * place..2 * place + 2).ok_or_else(wrong)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
    }
    Ok(hash)
}
