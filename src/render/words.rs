//! The wording of ours in messages, one arm a language. What commands answer in prose is theirs (`commands/`).

use chrono::NaiveTime;

use crate::model::Language;
use crate::text::clock_time;

/// Something that the renderers say themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phrase {
    /// How many articles a digest has.
    Articles(usize),
    /// How many of its articles are shown.
    Shown { of: usize, shown: usize },
    /// How many articles a mute left out.
    Muted(usize),
    /// How many companies are not listed.
    OtherCompanies(usize),
    /// How many articles follow the one that is named.
    OtherArticles(usize),
    /// The button to the publisher's own post.
    ReadOnWeb,
    /// What the menu of headlines says before a choice.
    PickArticle,
    /// When a post was corrected, in the channel's local time.
    Corrected(NaiveTime),
    /// Below the struck headline of an article that a correction took out.
    Withdrawn,
    /// All that is left of a message that a correction took back and that cannot be deleted.
    Emptied,
    /// How many articles a forum's post has, in its name.
    Pieces(usize),
    /// A picture without a description.
    Picture,
    /// What the picture of trends is called.
    TrendsTitle,
    /// How many articles there were: over the days, how many days, over as many before.
    TrendsCounts(u32, u32, u32),
    /// Above a list of companies.
    Companies,
    /// Above a list of topics.
    Topics,
    /// The key that chooses one of somebody's channels.
    PickChannel,
    /// The key that chooses one of somebody's groups.
    PickGroup,
}

impl Phrase {
    /// The phrase in a language.
    pub(crate) fn say(self, language: Language) -> String {
        match language {
            Language::Ko => self.korean(),
            Language::En => self.english(),
        }
    }

    fn korean(self) -> String {
        match self {
            Self::Articles(count) => format!("기사 {count}건"),
            Self::Shown { of, shown } => format!("{of}건 중 {shown}건"),
            Self::Muted(count) => format!("음소거 {count}건"),
            Self::OtherCompanies(count) => format!("외 {count}곳"),
            Self::OtherArticles(count) => format!("외 {count}건"),
            Self::ReadOnWeb => "웹에서 보기".to_owned(),
            Self::PickArticle => "기사 골라 읽기".to_owned(),
            Self::Corrected(at) => format!("{} 고침", clock_time(at)),
            Self::Withdrawn => "고친 글에서 빠진 기사입니다.".to_owned(),
            Self::Emptied => "고친 글에서 이 부분은 없어졌습니다.".to_owned(),
            Self::Pieces(count) => format!("{count}건"),
            Self::Picture => "그림".to_owned(),
            Self::TrendsTitle => "뉴스 흐름".to_owned(),
            Self::TrendsCounts(now, days, before) => format!("기사 {now}건 · 이전 {days}일 {before}건"),
            Self::Companies => "회사".to_owned(),
            Self::Topics => "주제".to_owned(),
            Self::PickChannel => "채널 고르기".to_owned(),
            Self::PickGroup => "그룹 고르기".to_owned(),
        }
    }

    fn english(self) -> String {
        match self {
            Self::Articles(1) | Self::Pieces(1) => "1 article".to_owned(),
            Self::Articles(count) | Self::Pieces(count) => format!("{count} articles"),
            Self::Shown { of, shown } => format!("{shown} of {of} articles"),
            Self::Muted(count) => format!("{count} muted"),
            Self::OtherCompanies(count) | Self::OtherArticles(count) => format!("and {count} more"),
            Self::ReadOnWeb => "Read on the web".to_owned(),
            Self::PickArticle => "Choose an article".to_owned(),
            Self::Corrected(at) => format!("corrected {}", clock_time(at)),
            Self::Withdrawn => "This article is not in the corrected post.".to_owned(),
            Self::Emptied => "This part is not in the corrected post.".to_owned(),
            Self::Picture => "picture".to_owned(),
            Self::TrendsTitle => "In the news".to_owned(),
            Self::TrendsCounts(now, days, before) => {
                format!("{now} articles · {days} days before: {before}")
            }
            Self::Companies => "Companies".to_owned(),
            Self::Topics => "Topics".to_owned(),
            Self::PickChannel => "Choose a channel".to_owned(),
            Self::PickGroup => "Choose a group".to_owned(),
        }
    }
}

/// Whether a section's title says no more than that it is the summary.
pub(crate) fn is_summary_title(title: &str) -> bool {
    let title = title.trim().trim_end_matches(':').to_lowercase();
    matches!(title.as_str(), "요약" | "핵심 요약" | "기사 요약" | "summary" | "tl;dr" | "tldr")
}
