//! Tells what articles are about: the front door of this module for digests and texts. What it knows is in
//! `dictionary`.

use std::sync::OnceLock;

use crate::enrich::candidates::{Candidate, candidates};
use crate::enrich::companies::{self, Found};
use crate::enrich::dictionary::Dictionaries;
use crate::enrich::matcher::Matcher;
use crate::enrich::scan::searchable;
use crate::enrich::topics;
use crate::model::article::{Article, EnrichedArticle, Mention, Strength};
use crate::model::digest::{Digest, EnrichedDigest};
use crate::model::rich::{plain, plain_blocks};

/// What a text is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Canonical names of the companies it names, strongest first.
    pub companies: Vec<String>,
    /// Those that are there only through a product or a company that they own.
    pub implied: Vec<String>,
    /// Keys of its topics, best first, at most three.
    pub topics: Vec<String>,
}

/// Tells what articles are about. The first text costs some milliseconds more: what finds names in it is built then,
/// which a start that finds no new digest can do without.
#[derive(Debug, Clone)]
pub struct Classifier {
    dictionaries: Dictionaries,
    matcher: OnceLock<Matcher>,
}

impl Classifier {
    /// A classifier that knows `dictionaries`.
    pub fn new(dictionaries: &Dictionaries) -> Self {
        Self { dictionaries: dictionaries.clone(), matcher: OnceLock::new() }
    }

    /// The digest with what each article is about. The post's categories and tags count a little for topics that
    /// an article has words of.
    pub fn enrich(&self, digest: Digest) -> EnrichedDigest {
        let tags: Vec<String> = digest.categories.iter().chain(&digest.tags).cloned().collect();
        digest.map_articles(|article| self.enrich_article(article, &tags))
    }

    /// What a text is about, whatever its form; of several lines the first is taken as the headline.
    pub fn classify_text(&self, text: &str) -> About {
        let (headline, body) = text.trim_start().split_once('\n').unwrap_or(("", text));
        let (found, topics) = self.judge(headline, body, &[]);
        let (implied, named): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| found.strength == Strength::Implied);
        About {
            companies: named.iter().map(|found| self.company(*found)).collect(),
            implied: implied.iter().map(|found| self.company(*found)).collect(),
            topics,
        }
    }

    /// Names in a text that may be companies and that the dictionary lacks, once for each time they stand there.
    pub fn candidates(&self, text: &str) -> Vec<Candidate> {
        let text = searchable(text);
        candidates(&text, &self.matcher().find(&text))
    }

    /// How many names and terms the automaton alone finds in a text, whether they count or not: what classifying is
    /// measured against.
    pub fn bare_pass(&self, text: &str) -> usize {
        self.matcher().bare_pass(text)
    }

    fn enrich_article(&self, article: Article, tags: &[String]) -> EnrichedArticle {
        let mut body = String::new();
        for section in &article.sections {
            body.push_str(&plain(&section.title));
            body.push('\n');
            body.push_str(&plain_blocks(&section.blocks));
            body.push('\n');
        }
        let (found, topics) = self.judge(&plain(&article.headline), &body, tags);
        let companies = found
            .into_iter()
            .map(|found| Mention { company: self.company(found), strength: found.strength })
            .collect();
        EnrichedArticle { article, companies, topics }
    }

    fn judge(&self, headline: &str, body: &str, tags: &[String]) -> (Vec<Found>, Vec<String>) {
        let mut text = searchable(headline).into_owned();
        let headline = text.len();
        text.push('\n');
        text.push_str(&searchable(body));
        let hits = self.matcher().find(&text);
        let found = companies::judge(&self.dictionaries, &text, headline, &hits);
        let topics = topics::judge(&self.dictionaries, headline, &hits, &found, tags);
        (found, topics.into_iter().map(|place| self.dictionaries.topics[place].key.clone()).collect())
    }

    fn matcher(&self) -> &Matcher {
        self.matcher.get_or_init(|| Matcher::new(&self.dictionaries))
    }

    fn company(&self, found: Found) -> String {
        self.dictionaries.companies[found.company].name.clone()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::article::Section;
    use crate::model::digest::{DigestDate, DigestKey};
    use crate::model::rich::{Block, Inline};

    fn article(headline: &str, lines: &[&str]) -> Article {
        let text = |text: &str| vec![Inline::Text(text.to_owned())];
        let items = lines.iter().map(|line| vec![Block::Paragraph(text(line))]).collect();
        Article {
            headline: text(headline),
            publisher: Some("BNN Bloomberg".to_owned()),
            sections: vec![Section {
                title: text("요약"), blocks: vec![Block::List { start: None, items }]
            }],
            ..Article::default()
        }
    }

    fn digest(article: Article, tags: &[&str]) -> Digest {
        Digest {
            key: DigestKey("2025-12-17-ai-news".to_owned()),
            title: "AI 뉴스".to_owned(),
            date: DigestDate::Day(chrono::NaiveDate::MIN),
            language: None,
            categories: Vec::new(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            link: None,
            intro: Vec::new(),
            articles: vec![article],
            closing: Vec::new(),
        }
    }

    fn enriched(article: Article, tags: &[&str]) -> EnrichedArticle {
        let classifier = Classifier::new(&Dictionaries::shipped());
        classifier.enrich(digest(article, tags)).articles.remove(0)
    }

    #[test]
    fn companies_come_strongest_first() {
        let article = article(
            "OpenAI, 아마존과 100억 달러 규모 투자 논의",
            &[
                "구글이 보증을 선다.",
                "이는 AMD와의 계약과 별개이며 제미나이와 겨룬다.",
                "깃허브는 말을 아꼈다.",
            ],
        );
        let found: Vec<(String, Strength)> =
            enriched(article, &[]).companies.into_iter().map(|m| (m.company, m.strength)).collect();
        let expected = [
            ("OpenAI", Strength::Headline),
            ("Amazon", Strength::Headline),
            ("Google", Strength::Subject),
            ("GitHub", Strength::Subject),
            ("AMD", Strength::Passing),
            ("Alphabet", Strength::Implied),
            ("Microsoft", Strength::Implied),
        ];
        assert_eq!(found, expected.map(|(name, strength)| (name.to_owned(), strength)));
    }

    #[rstest]
    #[case::subject("메타(Meta)가 밝혔다", Strength::Subject)]
    #[case::topic("어제 메타는 밝혔다", Strength::Subject)]
    #[case::bullet_label("**메타**: 새 칩", Strength::Subject)]
    #[case::english("Meta said so.", Strength::Subject)]
    #[case::object("누가 메타를 샀다", Strength::Passing)]
    #[case::english_object("They praised Meta.", Strength::Passing)]
    #[case::product("왓츠앱이 바뀐다", Strength::Implied)]
    fn strength_is_told(#[case] line: &str, #[case] strength: Strength) {
        let companies = enriched(article("제목", &[line]), &[]).companies;
        assert_eq!(companies.iter().find(|m| m.company == "Meta").map(|m| m.strength), Some(strength));
    }

    #[test]
    fn the_publisher_is_not_what_the_article_is_about() {
        assert!(enriched(article("제목", &["본문"]), &[]).companies.is_empty());
    }

    #[test]
    fn a_tag_adds_to_a_topic_that_the_article_has_words_of_and_to_no_other() {
        let plain = article("새 칩", &["공정 이야기"]);
        assert_eq!(enriched(plain.clone(), &["헬스케어"]).topics, ["chips"]);
        let faint = article("제목", &["칩 이야기, 메모리"]);
        assert!(enriched(faint.clone(), &[]).topics.is_empty());
        assert_eq!(enriched(faint, &["반도체"]).topics, ["chips"]);
    }

    #[test]
    fn the_parts_of_a_row_vouch_for_each_other() {
        let classifier = Classifier::new(&Dictionaries::shipped());
        let about = classifier.classify_text("서한에는 허깅페이스, 미스트랄, 리플렉션 등이 서명했다.");
        assert_eq!(about.companies, ["Hugging Face", "Mistral AI", "Reflection AI"]);
        assert!(classifier.classify_text("자바의 리플렉션 기능은 느리다.").companies.is_empty());
    }

    #[test]
    fn where_a_link_leads_is_no_mention() {
        let classifier = Classifier::new(&Dictionaries::shipped());
        let about = classifier.classify_text("[런타임 — GitHub](https://github.com/a/b) 공개");
        assert!(about.companies.is_empty(), "{about:?}");
    }

    #[test]
    fn names_that_the_dictionary_lacks_are_candidates() {
        let text = "Today Zorblat Labs beat OpenAI. 신생 기업 Quuxly가 GPU를 샀고 Zorblat Labs도 샀다.";
        let found = Classifier::new(&Dictionaries::shipped()).candidates(text);
        let names: Vec<&str> = found.iter().map(|candidate| candidate.name.as_str()).collect();
        assert_eq!(names, ["Quuxly", "Zorblat Labs"]);
    }

    #[rstest]
    #[case::hangul_first("신생 기업 조블랫(Zorblat)이 이겼다.", Some("조블랫"))]
    #[case::latin_first("Zorblat(조블랫)은 이겼다.", Some("조블랫"))]
    #[case::two_words("조블랫랩스(Zorblat Labs)가 이겼다.", Some("조블랫랩스"))]
    #[case::no_name("그는 1위(Zorblat)를 했다.", None)]
    #[case::a_remark("신생 기업 Zorblat(2026년 설립)이 이겼다.", None)]
    fn the_korean_name_beside_a_latin_one_is_taken(#[case] text: &str, #[case] ko: Option<&str>) {
        let found = Classifier::new(&Dictionaries::shipped()).candidates(text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].ko.as_deref(), ko);
    }

    #[test]
    fn at_most_three_topics() {
        let text = "반도체 규제 논문을 낸 로봇 병원이 투자 유치와 데이터센터 해킹, 코스피를 말했다.";
        assert_eq!(Classifier::new(&Dictionaries::shipped()).classify_text(text).topics.len(), 3);
    }
}
