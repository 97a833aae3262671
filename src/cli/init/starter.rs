//! The starter configuration: the shipped `config/jogan.toml` with somebody's answers in it.

use crate::model::channel::Platform;

/// Every key with its explanation, most of them behind `#`.
const SHIPPED: &str = include_str!("../../../config/jogan.toml");

/// What somebody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) title: String,
    pub(super) name: String,
    pub(super) language: String,
    pub(super) timezone: String,
    /// A folder, or the address of a repository or a feed.
    pub(super) source: String,
}

impl Default for Answers {
    fn default() -> Self {
        let [title, name, language, timezone, source] =
            ["AI 뉴스", "ai-news", "ko", "Asia/Seoul", "posts"].map(str::to_owned);
        Self { title, name, language, timezone, source }
    }
}

/// The file.
pub(super) fn file(answers: &Answers) -> String {
    let text = set(SHIPPED, "name = ", &format!("name = {}", quoted(&answers.name)));
    let text = set(&text, "title = ", &format!("title = {}", quoted(&answers.title)));
    let text = set(&text, "#language = ", &format!("language = {}", quoted(&answers.language)));
    let text = set(&text, "#timezone = ", &format!("timezone = {}", quoted(&answers.timezone)));
    set(&text, "source = ", &format!("source = {}", source(&answers.source)))
}

/// The file with the operators' ids, where there are any.
pub(super) fn with_operators(text: &str, operators: &[(Platform, &str)]) -> String {
    operators.iter().filter(|(_, id)| !id.is_empty()).fold(text.to_owned(), |text, (platform, id)| {
        let example = match platform {
            Platform::Discord => "#operators = [\"",
            Platform::Telegram => "#operators = [1",
        };
        set(&text, example, &format!("operators = [{}]", quoted(id)))
    })
}

/// The text with the one line that begins like this replaced.
fn set(text: &str, beginning: &str, line: &str) -> String {
    let lines = text.lines().map(|old| if old.starts_with(beginning) { line } else { old });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn source(place: &str) -> String {
    let is_address = place.contains("://");
    let path = place.split(['?', '#']).next().unwrap_or(place).trim_end_matches('/');
    let is_feed = [".xml", ".rss", ".atom", ".json", "/feed", "/rss"].iter().any(|end| path.ends_with(end));
    let place = quoted(place);
    match (is_address, is_feed) {
        (false, _) => format!("{{ kind = \"folder\", path = {place} }}"),
        (true, true) => format!("{{ kind = \"feed\", url = {place} }}"),
        (true, false) => format!("{{ kind = \"git\", url = {place} }}"),
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::config::{Config, Environment, SourceConfig};

    fn read(text: &str) -> Config {
        Config::from_table(text.parse().expect("TOML"), &Environment::default()).expect("a configuration")
    }

    #[test]
    fn the_starter_says_what_was_answered_and_explains_the_rest() {
        let answers = Answers {
            title: "조간 \"특보\"".to_owned(),
            name: "special".to_owned(),
            language: "en".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            source: "news/_posts".to_owned(),
        };
        let text = with_operators(&file(&answers), &[(Platform::Discord, "7"), (Platform::Telegram, "8")]);
        let config = read(&text);
        let feed = &config.feeds[0];
        assert_eq!((feed.feed.title.as_str(), feed.feed.name.as_str()), ("조간 \"특보\"", "special"));
        assert_eq!(feed.feed.timezone, chrono_tz::Europe::Berlin);
        assert_eq!(feed.feed.language.code(), "en");
        assert_eq!(feed.source, SourceConfig::Folder { path: "news/_posts".into() });
        assert_eq!(
            (config.discord.operators, config.telegram.operators),
            (vec!["7".into()], vec!["8".into()])
        );
        assert_eq!(text.lines().count(), SHIPPED.lines().count(), "no explanation is lost");
    }

    #[test]
    fn without_answers_it_is_the_shipped_file() {
        assert_eq!(format!("{:?}", read(&file(&Answers::default()))), format!("{:?}", read(SHIPPED)));
    }

    #[rstest]
    #[case("https://github.com/you/site", "git")]
    #[case("https://news.example/feed.xml", "feed")]
    #[case("https://news.example/rss?all=1", "feed")]
    #[case("../site/_posts", "folder")]
    fn a_place_is_known_by_its_looks(#[case] place: &str, #[case] kind: &str) {
        assert!(source(place).contains(&format!("kind = \"{kind}\"")), "{}", source(place));
    }
}
