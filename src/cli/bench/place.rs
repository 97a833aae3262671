//! Where a benchmark's database is: a file of its own, or a schema of its own in a PostgreSQL database.

use std::path::PathBuf;

use crate::cli::folder::Folder;
use crate::clock::{Clock as _, SystemClock};

/// A database that nobody has used, or that is kept from one run to the next.
pub(super) enum Place {
    /// SQLite, in this file. It stays there.
    File(PathBuf),
    /// SQLite, in a folder that goes with this.
    Folder(Folder),
    /// PostgreSQL: the address with its schema. It stays there.
    Schema(String),
}

impl Place {
    /// A new one; `database`: the PostgreSQL database to make it in.
    pub(super) fn new(database: Option<&str>) -> std::io::Result<Self> {
        let Some(database) = database else { return Ok(Self::Folder(Folder::new("bench")?)) };
        let with = if database.contains('?') { '&' } else { '?' };
        let now = SystemClock.now().timestamp_micros();
        Ok(Self::Schema(format!("{database}{with}options[search_path]=jogan_bench_{now}")))
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        match self {
            Self::File(file) => format!("sqlite://{}", file.display()),
            Self::Folder(folder) => format!("sqlite://{}", folder.path().join("bench.db").display()),
            Self::Schema(url) => url.clone(),
        }
    }
}
