//! How often companies and topics were in the news, by day.

use std::collections::BTreeMap;

use super::{DAY_BITS, day_number, ids_of};
use crate::model::trends::{Days, Trend, Trends};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::Row;

/// A row for each, not for each of its days: `17000 3 17001 5`, a day's number and how many articles it has.
const COMPANIES: &str = "SELECT company, string_agg(CAST(day AS TEXT) || ' ' || CAST(articles AS TEXT), ' ')
     FROM company_days WHERE day BETWEEN $1 AND $2 AND NOT is_implied GROUP BY company";
const TOPICS: &str = "SELECT topic, string_agg(CAST(day AS TEXT) || ' ' || CAST(articles AS TEXT), ' ')
     FROM topic_days WHERE day BETWEEN $1 AND $2 GROUP BY topic";

impl Store {
    /// What was in the news on some days, against as many before: the `most` companies and topics that most articles
    /// have. Companies count where they are named, not where only a product of theirs is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn trends(&self, days: Days, most: usize) -> Result<Trends, StoreError> {
        let before = days.before();
        Ok(Trends {
            days,
            before,
            articles: self.count_articles(days).await?,
            articles_before: self.count_articles(before).await?,
            companies: self.counts(COMPANIES, days, most).await?,
            topics: self.counts(TOPICS, days, most).await?,
        })
    }

    /// The first and the last day that have an article.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn archived_days(&self) -> Result<Option<Days>, StoreError> {
        let (first, last): (Option<i64>, Option<i64>) =
            sqlx::query_as("SELECT min(id) >> $1, max(id) >> $1 FROM articles")
                .bind(DAY_BITS.cast_signed())
                .fetch_one(&self.read)
                .await?;
        let day =
            |number: Option<i64>| super::EPOCH.checked_add_signed(chrono::TimeDelta::try_days(number?)?);
        Ok(day(first).zip(day(last)).map(|(first, last)| Days { first, last }))
    }

    async fn count_articles(&self, days: Days) -> Result<u32, StoreError> {
        let (first, last) = ids_of(Some(days));
        let count = sqlx::query_scalar("SELECT count(*) FROM articles WHERE id BETWEEN $1 AND $2")
            .bind(first)
            .bind(last)
            .fetch_one(&self.read)
            .await?;
        Row { table: "articles", id: 0 }.count(count)
    }

    async fn counts(&self, sql: &'static str, days: Days, most: usize) -> Result<Vec<Trend>, StoreError> {
        let (first, last) = (day_number(days.before().first), day_number(days.last));
        let rows: Vec<(String, String)> =
            sqlx::query_as(sql).bind(first).bind(last).fetch_all(&self.read).await?;
        let rows: BTreeMap<String, String> = rows.into_iter().collect();
        let trends = rows.into_iter().map(|(key, by_day)| trend(key, &by_day, days));
        let mut trends: Vec<Trend> = trends.filter(|trend| trend.total() > 0).collect();
        // The sort is stable: equals stay by name.
        trends.sort_by_key(|trend| std::cmp::Reverse(trend.total()));
        trends.truncate(most);
        Ok(trends)
    }
}

/// What the numbers of some days, and of as many before, say of one.
fn trend(key: String, by_day: &str, days: Days) -> Trend {
    let mut trend = Trend { key, by_day: vec![0; days.count() as usize], before: 0 };
    let mut numbers = by_day.split(' ').filter_map(|number| number.parse::<i64>().ok());
    while let (Some(day), Some(count)) = (numbers.next(), numbers.next()) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let place = usize::try_from(day - day_number(days.first)).ok();
        match place.and_then(|place| trend.by_day.get_mut(place)) {
            Some(on_day) => *on_day += count,
            None => trend.before += count,
        }
    }
    trend
}
