//! `jogan preview`: how posts are understood, and how they are set for a platform; `page.rs` shows both platforms at once.

mod page;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::{Failed, Outcome};
use crate::app::shipped_lexicon;
use crate::clock::{Clock as _, SystemClock};
use crate::enrich::Classifier;
use crate::model::channel::Platform;
use crate::model::digest::{Digest, DigestDate, DigestKey, RawDigest};
use crate::model::feed::{Feed, FeedName, OnUnknown, Timing};
use crate::model::lexicon::Lexicon;
use crate::model::reply::{Edition, Selection};
use crate::model::subscription::Style;
use crate::parse::{self, Draft, Outline, Rules};
use crate::render::{self, Surface};
use crate::source::Permalinks;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The posts
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show the messages for this platform; without it, how the post is understood
    #[arg(long, value_enum)]
    platform: Option<PlatformArgument>,
    /// How much the messages show
    #[arg(long, value_enum, default_value = "summary")]
    style: StyleArgument,
    /// Print JSON alone: the outline, or the exact request bodies in order
    #[arg(long)]
    json: bool,
    /// Write a page that shows the posts as both platforms would, in each style
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Fail if there is any warning, for a publisher's checks
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PlatformArgument {
    Discord,
    Telegram,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StyleArgument {
    Headlines,
    Summary,
    Full,
}

pub(super) fn preview(arguments: &Arguments) -> Outcome {
    // How a post is understood does not take the dictionaries.
    let dictionaries = (arguments.platform.is_some() || arguments.html.is_some()).then(shipped_lexicon);
    let mut out = std::io::stdout().lock();
    let mut warned = false;
    let mut posts = Vec::new();
    for file in &arguments.files {
        let draft = read(file)?;
        for warning in &draft.warnings {
            warned = true;
            writeln!(std::io::stderr(), "{}: {warning}", file.display())?;
        }
        if arguments.platform.is_none() {
            print_outline(&mut out, &draft, arguments.json)?;
        }
        let Some((classifier, lexicon)) = &dictionaries else { continue };
        let outline = arguments.html.is_some().then(|| Outline::from(&draft));
        let edition = edition(file, draft, classifier, arguments.style.into());
        if let Some(platform) = arguments.platform {
            print_messages(&mut out, platform.into(), &edition, lexicon, arguments.json)?;
        }
        posts.extend(outline.map(|outline| page::Post { outline, edition }));
    }
    if let Some((file, (_, lexicon))) = arguments.html.as_ref().zip(dictionaries.as_ref()) {
        let page = page::page(&posts, lexicon).into_string();
        std::fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if warned && arguments.strict { Err(Failed::No) } else { Ok(()) }
}

fn read(file: &Path) -> anyhow::Result<Draft> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(parse::parse(&RawDigest { name, bytes }, &Rules::default())?)
}

/// The post as it would be delivered. A preview shows any post: what is missing gets a stand-in, and a post without a
/// date is of today.
fn edition(file: &Path, draft: Draft, classifier: &Classifier, style: Style) -> Edition {
    let language = draft.language.unwrap_or_default();
    let timezone = chrono_tz::Asia::Seoul;
    let folder = file.parent().unwrap_or(Path::new(""));
    let link = Permalinks::of_folder(folder, None, None).link(&draft);
    let digest = Digest {
        key: draft.key.unwrap_or_else(|| DigestKey(draft.name.clone())),
        title: draft.title.unwrap_or(draft.name),
        date: draft
            .date
            .unwrap_or_else(|| DigestDate::Day(SystemClock.now().with_timezone(&timezone).date_naive())),
        language: draft.language,
        categories: draft.categories,
        tags: draft.tags,
        link,
        intro: draft.intro,
        articles: draft.articles,
        closing: draft.closing,
    };
    Edition {
        feed: Feed {
            name: FeedName("preview".to_owned()),
            title: digest.title.clone(),
            language,
            timezone,
            timing: Timing::default(),
            on_unknown: OnUnknown::default(),
            hold: true,
        },
        digest: classifier.enrich(digest),
        selection: Selection::All,
        style,
        language,
        corrected_at: None,
    }
}

fn print_outline(out: &mut impl std::io::Write, draft: &Draft, json: bool) -> anyhow::Result<()> {
    let outline = Outline::from(draft);
    if json {
        let mut out = std::io::BufWriter::new(out);
        serde_json::to_writer_pretty(&mut out, &outline)?;
        writeln!(out)?;
        return Ok(out.flush()?);
    }
    writeln!(out, "{}", outline.title.as_deref().unwrap_or("(no title)"))?;
    writeln!(
        out,
        "{} · {} articles",
        outline.date.as_deref().unwrap_or("(no date)"),
        outline.articles.len()
    )?;
    for (number, article) in (1..).zip(&outline.articles) {
        writeln!(out, "\n{number}. {}", article.headline)?;
        let about = [&article.publisher, &article.published, &article.link];
        let about: Vec<&str> = about.into_iter().flatten().map(String::as_str).collect();
        writeln!(out, "   {}", about.join(" · "))?;
        for section in &article.sections {
            writeln!(out, "   [{}] {} characters", section.title, section.text.chars().count())?;
        }
    }
    for dropped in &outline.dropped {
        writeln!(out, "\ndropped ({}): {}", dropped.reason, dropped.text)?;
    }
    Ok(())
}

fn print_messages(
    out: &mut impl std::io::Write,
    platform: Platform,
    edition: &Edition,
    lexicon: &Lexicon,
    json: bool,
) -> anyhow::Result<()> {
    let bodies: Vec<_> = render::edition(Surface::of(platform), edition, lexicon)
        .into_iter()
        .map(|message| if json { message.body } else { message.plain })
        .collect();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&bodies)?)?;
        return Ok(());
    }
    for (number, body) in (1..).zip(&bodies) {
        let key = match platform {
            Platform::Discord => "content",
            Platform::Telegram => "text",
        };
        let text = body.0.get(key).and_then(|text| text.as_str()).unwrap_or_default();
        writeln!(out, "— message {number} of {} —\n{text}\n", bodies.len())?;
    }
    Ok(())
}

impl From<PlatformArgument> for Platform {
    fn from(argument: PlatformArgument) -> Self {
        match argument {
            PlatformArgument::Discord => Self::Discord,
            PlatformArgument::Telegram => Self::Telegram,
        }
    }
}

impl From<StyleArgument> for Style {
    fn from(argument: StyleArgument) -> Self {
        match argument {
            StyleArgument::Headlines => Self::Headlines,
            StyleArgument::Summary => Self::Summary,
            StyleArgument::Full => Self::Full,
        }
    }
}
