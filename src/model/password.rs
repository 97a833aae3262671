//! The desk's password, of which only a hash is kept: argon2id in PHC form, `$argon2id$v=19$m=19456,t=2,p=1$…`.

use std::fmt;
use std::str::FromStr;

use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest as _, Sha256};

/// The longest password that is looked at, in bytes.
pub const MOST_BYTES: usize = 1024;

/// A hash of a password. It shows nowhere, although nobody can find the password by it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// A text that is no hash of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no argon2id hash; run `jogan password` and copy the line that it prints, `$argon2id$…`")]
pub struct NoPasswordHash;

impl PasswordHash {
    /// The hash of a password. `salt` is to be random.
    pub fn of(password: &str, salt: [u8; 16]) -> Self {
        let hashed = SaltString::encode_b64(&salt)
            .and_then(|salt| hasher().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()));
        Self(
            hashed.unwrap_or_else(|error| {
                unreachable!("16 bytes are a salt, and any bytes a password: {error}")
            }),
        )
    }

    /// Whether it is this password's. Takes tens of milliseconds and the memory that the hash says, on purpose.
    pub fn is_of(&self, password: &str) -> bool {
        password.len() <= MOST_BYTES
            && password_hash::PasswordHash::new(&self.0)
                .is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
    }

    /// A hash of a secret of a browser's and of this: another password makes another of it.
    pub fn bind(&self, secret: &str) -> String {
        let hash = Sha256::new().chain_update(&self.0).chain_update(" ").chain_update(secret).finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The line for the configuration.
    pub fn line(&self) -> &str {
        &self.0
    }
}

/// What RFC 9106 and OWASP call enough where memory is scarce: 19 MiB, two passes.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

impl FromStr for PasswordHash {
    type Err = NoPasswordHash;

    fn from_str(text: &str) -> Result<Self, NoPasswordHash> {
        let text = text.trim();
        let hash = password_hash::PasswordHash::new(text).map_err(|_| NoPasswordHash)?;
        let fine = hash.algorithm.as_str() == "argon2id" && hash.salt.is_some() && hash.hash.is_some();
        if fine && Params::try_from(&hash).is_ok() { Ok(Self(text.to_owned())) } else { Err(NoPasswordHash) }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        // Of the word `열려라 참깨`, with little work, so that the test takes none.
        let params = Params::new(8, 1, 1, None).unwrap();
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let line = hasher.hash_password("열려라 참깨".as_bytes(), &salt).unwrap().to_string();
        let hash: PasswordHash = line.parse().unwrap();
        assert!(hash.is_of("열려라 참깨"));
        assert!(!hash.is_of("열려라 참깨 ") && !hash.is_of("") && !hash.is_of(&"a".repeat(MOST_BYTES + 1)));
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }

    #[test]
    fn what_is_made_can_be_read() {
        let hash = PasswordHash::of("a", [1; 16]);
        assert!(hash.line().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(hash.line().parse(), Ok(hash.clone()));
        assert_ne!(hash.bind("b"), PasswordHash::of("a", [2; 16]).bind("b"));
    }

    #[rstest]
    #[case("hunter2")]
    #[case("")]
    #[case("$argon2id$v=19$m=19456,t=2,p=1")]
    #[case("$argon2i$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$h6x0y2sZ1zFQq0m0v1uQ2Q")]
    #[case("$2y$10$abcdefghijklmnopqrstuv")]
    fn what_is_none_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<PasswordHash>(), Err(NoPasswordHash));
    }
}
