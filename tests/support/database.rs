//! Where a test's database is: a file of SQLite's in the test's folder, or, under `scripts/with-postgres`, a schema of
//! that server.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

/// The variable that holds the server's address.
pub(crate) const POSTGRES: &str = "JOGAN_TEST_POSTGRES";

/// The address of the database that belongs to a folder: always the same for the same folder.
pub(crate) fn url_in(folder: &Path) -> String {
    match std::env::var_os(POSTGRES) {
        Some(server) => {
            let mut name = DefaultHasher::new();
            folder.hash(&mut name);
            format!("{}&options[search_path]=test_{:x}", server.to_string_lossy(), name.finish())
        }
        None => format!("sqlite://{}", folder.join("jogan.db").display()),
    }
}
