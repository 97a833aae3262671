//! What Discord's answers say about rates: the headers of a bucket, for the gate.
//! (<https://discord.com/developers/docs/topics/rate-limits#header-format>)

use reqwest::header::HeaderMap;

use crate::platform::gate::Bucket;
use crate::platform::http;

/// The bucket that an answer's headers describe, if they describe one wholly.
pub(super) fn bucket(headers: &HeaderMap) -> Option<Bucket> {
    let number = |name| headers.get(name).and_then(http::number);
    Some(Bucket {
        id: headers.get("x-ratelimit-bucket")?.to_str().ok()?.to_owned(),
        // Too large or negative numbers become the nearest that fits.
        limit: number("x-ratelimit-limit")? as u32,
        remaining: number("x-ratelimit-remaining")? as u32,
        reset_after: number("x-ratelimit-reset-after").and_then(http::seconds)?,
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const WHOLE: [(&str, &str); 4] = [
        ("x-ratelimit-bucket", "80c17d2f203122d936070c88c8d10f33"),
        ("x-ratelimit-limit", "5"),
        ("x-ratelimit-remaining", "4"),
        ("x-ratelimit-reset-after", "4.9995"),
    ];

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_bucket_is_read_and_its_reset_rounded_up() {
        let expected = Bucket {
            id: "80c17d2f203122d936070c88c8d10f33".to_owned(),
            limit: 5,
            remaining: 4,
            reset_after: TimeDelta::seconds(5),
        };
        assert_eq!(bucket(&headers(&WHOLE)), Some(expected));
    }

    #[test]
    fn half_a_description_is_none() {
        for missing in 0..WHOLE.len() {
            let mut pairs = WHOLE.to_vec();
            pairs.remove(missing);
            assert_eq!(bucket(&headers(&pairs)), None);
        }
    }
}
