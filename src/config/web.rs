//! `[web]`: where the operator's desk and the endpoints are, and who gets in.

use super::reader::Reader;
use crate::model::password::PasswordHash;

/// The section `[web]`.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// `listen`: the address to listen on; empty: nowhere.
    pub listen: String,
    /// `password_hash`: what the desk's password is checked against; unset: nobody gets in.
    pub password: Option<PasswordHash>,
}

impl WebConfig {
    pub(super) fn read(mut section: Reader<'_>) -> Self {
        let listen = section.text("listen", "127.0.0.1:7878");
        let password = section.optional_text("password_hash").filter(|text| !text.is_empty());
        let password = password.and_then(|text| {
            let password = text.parse();
            if let Err(error) = &password {
                // The value is not repeated: who mistakes the key may have written the password itself.
                section.fault("password_hash", format!("{error}"));
            }
            password.ok()
        });
        section.finish();
        Self { listen, password }
    }
}
