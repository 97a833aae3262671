//! The prose of an answer: text in which nothing is markup, but for the names of people.

use super::body::CONTENT;
use super::markup::markdown;
use crate::model::reply::{Reply, mention};
use crate::render::flow::{Line, Marks, Rank, Span};
use crate::render::split::split;
use crate::text::{Unit, is_blank};

/// An answer's paragraphs as contents of messages.
pub(super) fn prose(reply: &Reply) -> Vec<String> {
    let line = |text| Line::new(Rank::Line, with_people(text, &reply.people));
    let lines: Vec<Line> = reply.lines.iter().flat_map(|paragraph| paragraph.split('\n').map(line)).collect();
    let parts = split(&lines, |lines, _| Unit::CodePoints.measure(&markdown(lines)) <= CONTENT);
    parts.iter().map(|part| markdown(part)).filter(|content| !is_blank(content)).collect()
}

/// A text in which the mentions of these people are theirs, and everything else is text.
fn with_people(text: &str, people: &[String]) -> Vec<Span> {
    let found = people.iter().map(|person| mention(person)).find_map(|mention| {
        let (before, after) = text.split_once(mention.as_str())?;
        let marks = Marks { mention: true, ..Marks::default() };
        Some((before, Span::ours(mention, marks), after))
    });
    match found {
        Some((before, mention, after)) => {
            let spans = [with_people(before, people), vec![mention], with_people(after, people)].concat();
            spans.into_iter().filter(|span| !span.text.is_empty()).collect()
        }
        None => vec![Span::foreign(text, Marks::default())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::language::Language;

    #[test]
    fn people_are_named_and_whoever_else_is_written_about_is_not() {
        let reply = Reply {
            lines: vec![
                "*구독* (관리자 <@11>), <@12>\n<@11><@11>".to_owned(),
                String::new(),
                "끝".to_owned(),
            ],
            people: vec!["11".to_owned(), "13".to_owned()],
            ..Reply::new(Language::Ko)
        };
        assert_eq!(prose(&reply), ["\\*구독\\* (관리자 <@11>), \\<@12>\n<@11><@11>\n\n끝"]);
    }
}
