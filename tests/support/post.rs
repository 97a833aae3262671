//! Writes digests in the reference form: front matter, `## headline` an article, a line of publisher, link and
//! date, two sections with three bullets each, articles parted by `---`.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Seoul;

/// A post in the making.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    at: DateTime<Utc>,
    slug: String,
    title: String,
    front_matter: String,
    articles: Vec<Article>,
}

/// One of its articles.
#[derive(Debug, Clone)]
struct Article {
    headline: String,
    word: String,
}

impl Post {
    /// A post of this instant with six articles.
    pub(crate) fn of(at: DateTime<Utc>) -> Self {
        let day = at.with_timezone(&Seoul).format("%Y-%m-%d");
        let article = |number| Article {
            headline: format!("소식 {number}: 한빛반도체의 새 공장"),
            word: format!("양산이 {number}월에 시작됩니다."),
        };
        Self {
            at,
            slug: "ai-news".to_owned(),
            title: format!("{day} AI 뉴스"),
            front_matter: String::new(),
            articles: (1..=6).map(article).collect(),
        }
    }

    pub(crate) fn slug(mut self, slug: &str) -> Self {
        self.slug = slug.to_owned();
        self
    }

    pub(crate) fn title(mut self, title: &str) -> Self {
        self.title = title.to_owned();
        self
    }

    /// A further line of front matter.
    pub(crate) fn key(mut self, line: &str) -> Self {
        writeln!(self.front_matter, "{line}").expect("a string takes everything");
        self
    }

    /// Only the first `count` articles.
    pub(crate) fn only(mut self, count: usize) -> Self {
        self.articles.truncate(count);
        self
    }

    /// One more article; `word` is in each of its bullets.
    pub(crate) fn article(mut self, headline: &str, word: &str) -> Self {
        self.articles.push(Article { headline: headline.to_owned(), word: word.to_owned() });
        self
    }

    /// `2026-03-02-ai-news.md`
    pub(crate) fn file_name(&self) -> String {
        format!("{}-{}.md", self.at.with_timezone(&Seoul).format("%Y-%m-%d"), self.slug)
    }

    pub(crate) fn headlines(&self) -> Vec<&str> {
        self.articles.iter().map(|article| article.headline.as_str()).collect()
    }

    pub(crate) fn markdown(&self) -> String {
        let at = self.at.with_timezone(&Seoul);
        let mut text = format!(
            "---\nlayout: post\ntitle: \"{}\"\ndate: {}\ncategories: news gemini\n{}---\n\n",
            self.title,
            at.format("%Y-%m-%d %H:%M:%S %z"),
            self.front_matter
        );
        let articles: Vec<String> = (1..).zip(&self.articles).map(|(number, article)| {
            let Article { headline, word } = article;
            let day = at.format("%Y-%m-%d");
            format!(
                "## {headline}\n\n[Chip Daily](https://news.example/{}/{number}) - 발행일: {day}\n\n\
                 ### 요약\n- **무엇**: {word}\n- **어디서**: 이천에서. {word}\n- **누가**: 한빛반도체가. {word}\n\n\
                 ### 주요 내용 및 시사점\n- **기술적 의미**: 16단입니다. {word}\n\
                 - **산업적 영향**: 값이 내립니다. {word}\n- **향후 전망**: 내년에 더 나옵니다({}). {word}\n",
                self.slug, self.slug
            )
        }).collect();
        text.push_str(&articles.join("\n---\n\n"));
        text
    }
}
