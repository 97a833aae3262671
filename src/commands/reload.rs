//! `/admin reload`: loads the sources and the dictionaries again now. `app/reloading.rs` does it.

use futures::FutureExt as _;
use tokio::sync::{mpsc, oneshot};

use super::call::Call;
use super::desk::{Desk, Failure};
use super::spec::{Spec, Text, Who};
use super::words;
use crate::model::reply::Reply;

pub(super) const SPEC: Spec = Spec {
    name: "admin reload",
    korean: &["다시읽기"],
    about: Text {
        ko: "뉴스 원본과 사전을 지금 다시 읽습니다",
        en: "Load the sources and the dictionaries again now",
    },
    example: Text { ko: "admin reload", en: "admin reload" },
    arguments: &[],
    who: Who::Operator,
    run: |call, desk| run(call, desk).boxed(),
};

/// What was loaded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reloaded {
    /// Sources that are being asked.
    pub sources: usize,
    /// Companies and topics that the dictionaries have now; `Err`: what is wrong with them, and the old ones stay.
    pub names: Result<(usize, usize), String>,
}

/// A wish that everything be loaded again, and where the answer goes.
pub type ReloadRequest = oneshot::Sender<Reloaded>;

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let (caller, language) = (&call.caller, call.caller.language);
    let reloaded = match &desk.reload {
        Some(reload) => ask(reload).await,
        None => None,
    };
    let reloaded = reloaded.ok_or_else(|| Failure::Broken("nothing here loads anything again".into()))?;
    desk.keep_change(caller, None, "admin reload".to_owned()).await?;
    Ok(Reply { lines: words::reloaded(&reloaded, language), ..Reply::new(language) })
}

async fn ask(reload: &mpsc::Sender<ReloadRequest>) -> Option<Reloaded> {
    let (answer, done) = oneshot::channel();
    reload.send(answer).await.ok()?;
    done.await.ok()
}
