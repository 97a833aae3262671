//! `/help` and `/start`: what the bot does, from the catalogue, with examples that work.

use futures::FutureExt as _;

use super::call::Call;
use super::desk::{Desk, Failure};
use super::spec::{Spec, Text, Who};
use super::{CATALOGUE, words};
use crate::model::reply::Reply;

const ABOUT: Text = Text { ko: "무엇을 할 수 있는지 봅니다", en: "What this bot does" };

pub(super) const SPEC: Spec = Spec {
    name: "help",
    korean: &["도움말"],
    about: ABOUT,
    example: Text { ko: "help", en: "help" },
    arguments: &[],
    who: Who::Anyone,
    run: |call, desk| run(call, desk).boxed(),
};

pub(super) const START: Spec = Spec { name: "start", korean: &["시작"], ..SPEC };

async fn run(call: &Call, _: &Desk) -> Result<Reply, Failure> {
    let language = call.caller.language;
    let mut lines = vec![words::HELP_TITLE.get(language).to_owned()];
    for (who, title) in [(Who::Anyone, words::HELP_READING), (Who::ChannelAdmin, words::HELP_MANAGING)] {
        let mut group = vec![title.get(language).to_owned()];
        let listed = CATALOGUE.iter().filter(|spec| spec.who == who && spec.about.ko != ABOUT.ko);
        group.extend(
            listed.map(|spec| format!("/{} — {}", spec.example.get(language), spec.about.get(language))),
        );
        lines.push(String::new());
        lines.push(group.join("\n"));
    }
    Ok(Reply { lines, ..Reply::new(language) })
}
