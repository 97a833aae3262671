//! Posts of a forum: a thread that a message opens, with a name and tags. In a body they are `thread_name` and
//! `tag_names` (`render/discord/forum.rs`); which tags there are, the forum says.

use serde::Deserialize;
use serde_json::Value;

use super::{Discord, Id, body, channel, opening, snowflake};
use crate::model::message::{Body, PlatformMessageId};
use crate::platform::call::{CallError, Post};
use crate::platform::gate::Place;

/// The most tags of a post.
const MAX_TAGS: usize = 5;

/// The flag of a forum whose posts need a tag.
const REQUIRE_TAG: u64 = 1 << 4;

/// What a forum says of its tags.
#[derive(Debug, Deserialize)]
struct Forum {
    #[serde(default)]
    flags: u64,
    #[serde(default)]
    available_tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
struct Tag {
    #[serde(deserialize_with = "snowflake")]
    id: u64,
    name: String,
    /// Only moderators may use it.
    #[serde(default)]
    moderated: bool,
}

/// Opens a post with a message. Two calls; `first` is the place of the first.
pub(super) async fn open(
    discord: &Discord,
    post: &Post<'_>,
    first: Place,
) -> Result<PlatformMessageId, CallError> {
    let id = channel(post.address)?;
    let forum: Forum = discord.read(&format!("/channels/{id}"), Some(&post.address)).await?;
    let tags = tags(&forum, post.body)?;
    let body = body::to_open_thread(post.body, &tags);
    let path = format!("/channels/{id}/threads");
    let _place = first.next().await;
    let answer = discord.call(reqwest::Method::POST, &path, Some(&body), Some(&post.address)).await?;
    let thread: Id = answer.json().map_err(CallError::Unanswered)?;
    Ok(opening(thread.id))
}

/// The forum's tags that are named as one of the body's topics. Where one is required and none is, the forum's first:
/// a digest under a tag that says little is better than none.
fn tags(forum: &Forum, body: &Body) -> Result<Vec<u64>, CallError> {
    let topics = body.0.get("tag_names").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let fits = |tag: &Tag, topic: &Value| {
        let names = topic.as_array().into_iter().flatten().filter_map(Value::as_str);
        !tag.moderated && names.into_iter().any(|name| is_same(name, &tag.name))
    };
    let mut found = Vec::new();
    for topic in topics {
        found.extend(forum.available_tags.iter().find(|tag| fits(tag, topic)).map(|tag| tag.id));
    }
    found.truncate(MAX_TAGS);
    if found.is_empty() && forum.flags & REQUIRE_TAG != 0 {
        let any = forum.available_tags.iter().find(|tag| !tag.moderated);
        found.extend(any.map(|tag| tag.id));
        if found.is_empty() {
            return Err(CallError::Unsupported(
                "the forum requires a tag, and has none for everybody".to_owned(),
            ));
        }
    }
    Ok(found)
}

fn is_same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn forum(names: &[&str], flags: u64) -> Forum {
        let tag = |(place, name): (usize, &&str)| Tag {
            id: place as u64,
            name: (*name).to_owned(),
            moderated: name.starts_with('!'),
        };
        Forum { flags, available_tags: names.iter().enumerate().map(tag).collect() }
    }

    #[rstest]
    #[case::korean(&["정책", "투자"], &[1])]
    #[case::english_in_any_case(&["chips", "policy"], &[0])]
    #[case::the_commonest_topic_first(&["Chips", "Investment"], &[1, 0])]
    #[case::none(&["공지"], &[])]
    #[case::moderators_only(&["!투자"], &[])]
    fn tags_are_found_by_the_names_of_topics(#[case] names: &[&str], #[case] expected: &[u64]) {
        let body = Body(json!({"tag_names": [["투자", "Investment"], ["반도체", "Chips"]]}));
        assert_eq!(tags(&forum(names, 0), &body), Ok(expected.to_vec()));
    }

    #[test]
    fn where_a_tag_is_required_and_none_is_named_as_a_topic_the_first_one_serves() {
        let body = Body(json!({"tag_names": [["투자", "Investment"]]}));
        assert_eq!(tags(&forum(&["공지", "투자"], REQUIRE_TAG), &body), Ok(vec![1]));
        assert_eq!(tags(&forum(&["!운영", "공지", "잡담"], REQUIRE_TAG), &body), Ok(vec![1]));
        let refused = tags(&forum(&["!운영"], REQUIRE_TAG), &body);
        assert!(matches!(refused, Err(CallError::Unsupported(why)) if why.contains("requires a tag")));
    }
}
