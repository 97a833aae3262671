//! Scores the classifier against texts that people labelled, `labels.jsonl` beside this.
//! `cargo test enrich::labels -- --nocapture` prints what it got wrong.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;

use crate::enrich::{Classifier, Dictionaries};

/// One labelled text. `companies` must be found; those that may be are not counted either way.
#[derive(Deserialize)]
struct Label {
    id: String,
    text: String,
    companies: BTreeSet<String>,
    topics: BTreeSet<String>,
    #[serde(default)]
    implied_companies: BTreeSet<String>,
    #[serde(default)]
    optional_orgs: BTreeSet<String>,
}

/// Counts over all texts.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    fn add(&mut self, expected: &BTreeSet<String>, found: &BTreeSet<String>) {
        self.right += expected.intersection(found).count();
        self.missed += expected.difference(found).count();
        self.wrong += found.difference(expected).count();
    }

    fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    fn recall(self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    /// Of the counts over all texts, which is the micro-average.
    fn f1(self) -> f64 {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "precision {:.3} recall {:.3} F1 {:.3}", self.precision(), self.recall(), self.f1())
    }
}

/// The scores of companies and topics, and a line for each text that was not told right.
fn score(labels: &str) -> (Score, Score, Vec<String>) {
    let classifier = Classifier::new(&Dictionaries::shipped());
    let (mut companies, mut topics, mut report) = (Score::default(), Score::default(), Vec::new());
    for line in labels.lines().filter(|line| !line.trim().is_empty()) {
        let label: Label = serde_json::from_str(line).unwrap();
        let about = classifier.classify_text(&label.text);
        let found: BTreeSet<String> = about
            .companies
            .into_iter()
            .filter(|name| !label.implied_companies.contains(name) && !label.optional_orgs.contains(name))
            .collect();
        let about_topics: BTreeSet<String> = about.topics.into_iter().collect();
        companies.add(&label.companies, &found);
        topics.add(&label.topics, &about_topics);
        if found != label.companies || about_topics != label.topics {
            report.push(format!(
                "{}: missed {:?}, wrong {:?}; topics missed {:?}, wrong {:?}",
                label.id,
                label.companies.difference(&found).collect::<Vec<_>>(),
                found.difference(&label.companies).collect::<Vec<_>>(),
                label.topics.difference(&about_topics).collect::<Vec<_>>(),
                about_topics.difference(&label.topics).collect::<Vec<_>>(),
            ));
        }
    }
    (companies, topics, report)
}

#[expect(clippy::print_stdout, reason = "the scores are what one runs these tests for")]
fn print(companies: Score, topics: Score, report: &[String]) {
    println!("companies: {companies}\ntopics: {topics}\n{}", report.join("\n"));
}

#[test]
fn our_labelled_texts_are_told_right() {
    let (companies, topics, report) = score(include_str!("labels.jsonl"));
    print(companies, topics, &report);
    assert!(companies.precision() >= 0.97, "companies: {companies}\n{}", report.join("\n"));
    assert!(companies.recall() >= 0.97, "companies: {companies}\n{}", report.join("\n"));
    assert!(topics.f1() >= 0.75, "topics: {topics}\n{}", report.join("\n"));
}
