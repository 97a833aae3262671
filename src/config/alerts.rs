//! `[alerts]`: where alarms go besides the operators' chats, and who is told that all is well.

use url::Url;

use super::reader::Reader;

/// The section `[alerts]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertsConfig {
    /// `webhook`: gets each alarm as JSON, and its end.
    pub webhook: Option<Url>,
    /// `heartbeat_url`: is called once a minute while all is well.
    pub heartbeat_url: Option<Url>,
}

impl AlertsConfig {
    pub(super) fn read(mut section: Reader<'_>) -> Self {
        let read = Self {
            webhook: section.optional_parsed("webhook", http_address),
            heartbeat_url: section.optional_parsed("heartbeat_url", http_address),
        };
        section.finish();
        read
    }
}

fn http_address(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err("is no address; write `https://alerts.example/jogan`".to_owned()),
    }
}
