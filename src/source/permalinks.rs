//! Where a publisher shows the posts of a folder: as the configuration says, else as the site's `_config.yml`.

use std::path::Path;

use chrono::NaiveTime;

use super::jekyll::{Post, Site};
use crate::model::digest::DigestDate;
use crate::parse::Draft;
use crate::text::chain;

/// Finds the addresses of posts.
#[derive(Debug, Clone, Default)]
pub struct Permalinks {
    site: Option<Site>,
}

impl Permalinks {
    /// For the posts of a folder. `site` and `permalink` go before what a `_config.yml` in the folder or beside it
    /// says; one that cannot be read is named in the log and leaves posts without a link. Blocks on the file
    /// system.
    pub fn of_folder(posts: &Path, site: Option<&str>, permalink: Option<&str>) -> Self {
        let found = Site::beside(posts)
            .inspect_err(|error| tracing::warn!(error = chain(error), "posts will have no link to the site"))
            .unwrap_or_default();
        let pattern = permalink.or(found.as_ref().map(|found| found.permalink.as_str())).unwrap_or_default();
        let base = site.or(found.as_ref().map(|found| found.base.as_str()));
        Self { site: base.map(|base| Site::new(base, pattern)) }
    }

    /// For posts that are not in a folder here: as the configuration says, or nowhere.
    pub fn of_site(site: Option<&str>, permalink: Option<&str>) -> Self {
        Self { site: site.map(|base| Site::new(base, permalink.unwrap_or_default())) }
    }

    /// The address of a post; `None` if no site is known, or the post has no date.
    pub fn link(&self, post: &Draft) -> Option<String> {
        let date = match post.date? {
            DigestDate::Day(day) => day.and_time(NaiveTime::MIN),
            DigestDate::Local(at) => at,
            DigestDate::Instant(at) => at.naive_local(),
        };
        self.site.as_ref()?.link(&Post { date, slug: post.slug(), categories: &post.categories })
    }
}
