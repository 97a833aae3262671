//! Configuration: a TOML file, the environment over it, every fault reported at once with its key and a cure.
//!
//! One struct a file with its defaults; [`reader`] takes typed values out of tables and collects the faults.
//! Tokens are read from the environment alone and never from the file.

mod alerts;
mod delivery;
mod dictionaries;
mod environment;
mod feed;
mod limits;
mod links;
mod reader;
mod secrets;
mod source;
mod web;

use std::path::{Path, PathBuf};

pub use alerts::AlertsConfig;
pub use delivery::DeliveryConfig;
pub use dictionaries::DictionariesConfig;
pub use environment::Environment;
pub use feed::FeedConfig;
pub use limits::LimitsConfig;
pub use links::LinksConfig;
pub use reader::Fault;
pub use secrets::{Tokens, read_token};
pub use source::SourceConfig;
pub use web::WebConfig;

use reader::Reader;

/// Where the configuration is looked for if nobody says otherwise, from the working directory.
pub const DEFAULT_PATH: &str = "config/jogan.toml";

/// Everything that `jogan run` goes by.
#[derive(Debug)]
pub struct Config {
    /// `database.url`.
    pub database_url: String,
    /// `[discord]`.
    pub discord: PlatformConfig,
    /// `[telegram]`.
    pub telegram: PlatformConfig,
    /// `[web]`.
    pub web: WebConfig,
    /// `[alerts]`.
    pub alerts: AlertsConfig,
    /// `[delivery]`.
    pub delivery: DeliveryConfig,
    /// `[limits]`.
    pub limits: LimitsConfig,
    /// `[links]`.
    pub links: LinksConfig,
    /// `[dictionaries]`.
    pub dictionaries: DictionariesConfig,
    /// `[[feeds]]`, in the file's order.
    pub feeds: Vec<FeedConfig>,
}

/// One platform's section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformConfig {
    /// `api_url`: the address of the platform's server, a proxy, or a local server.
    pub api_url: url::Url,
    /// `operators`: the ids of those who may use `/admin`.
    pub operators: Vec<String>,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("cannot read the configuration {}: {source}; `jogan init` writes one, and `--config` names another", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{} is not valid TOML: {source}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// Keys are wrong.
    #[error("the configuration has {} fault{}:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, lines(.0))]
    Faults(Vec<Fault>),
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// Loads the file at `path` (unset: `JOGAN_CONFIG`, else [`DEFAULT_PATH`]) and lays the environment over it.
    ///
    /// # Errors
    /// If the file cannot be read or any key is wrong; all wrong keys are named at once. A missing file is fine
    /// where nobody named it and the environment has a feed.
    pub fn load(path: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let (config, faults) = Self::examine(path, environment)?;
        if faults.is_empty() { Ok(config) } else { Err(ConfigError::Faults(faults)) }
    }

    /// The same, with all wrong keys beside what could be read: the default stands for a wrong value, and a feed
    /// without its name, title or source is left out.
    ///
    /// # Errors
    /// If the file cannot be read or is not TOML.
    pub fn examine(
        path: Option<&Path>,
        environment: &Environment,
    ) -> Result<(Self, Vec<Fault>), ConfigError> {
        let path_named = path.map(Path::to_owned).or_else(|| environment.config_path());
        let path = path_named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_PATH));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if path_named.is_none()
                    && error.kind() == std::io::ErrorKind::NotFound
                    && environment.has_feed() =>
            {
                String::new()
            }
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        };
        let file: toml::Table =
            text.parse().map_err(|source| ConfigError::Syntax { path, source: Box::new(source) })?;
        Ok(Self::read(file, environment))
    }

    /// Reads a parsed file with the environment laid over it.
    ///
    /// # Errors
    /// If any key is wrong; all are named at once.
    pub fn from_table(table: toml::Table, environment: &Environment) -> Result<Self, ConfigError> {
        let (config, faults) = Self::read(table, environment);
        if faults.is_empty() { Ok(config) } else { Err(ConfigError::Faults(faults)) }
    }

    fn read(mut table: toml::Table, environment: &Environment) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        environment.lay_over(&mut table, &mut faults);
        let mut root = Reader::root(table, &mut faults);
        let mut database = root.section("database");
        let database_url = database.text("url", "sqlite://data/jogan.db");
        database.finish();
        let discord = PlatformConfig::read(root.section("discord"), "https://discord.com");
        let telegram = PlatformConfig::read(root.section("telegram"), "https://api.telegram.org");
        let web = WebConfig::read(root.section("web"));
        let alerts = AlertsConfig::read(root.section("alerts"));
        let delivery = DeliveryConfig::read(root.section("delivery"));
        let limits = LimitsConfig::read(root.section("limits"));
        let links = LinksConfig::read(root.section("links"));
        let dictionaries = DictionariesConfig::read(root.section("dictionaries"));
        let feeds = FeedConfig::read_all(&mut root);
        root.finish();
        let config = Self {
            database_url,
            discord,
            telegram,
            web,
            alerts,
            delivery,
            limits,
            links,
            dictionaries,
            feeds,
        };
        (config, faults)
    }
}

impl PlatformConfig {
    fn read(mut section: Reader<'_>, default_url: &str) -> Self {
        let api_url = section.parsed("api_url", default_url, |text| {
            let url = url::Url::parse(text).map_err(|error| format!("is no address ({error})"))?;
            match url.scheme() {
                "http" | "https" if url.host().is_some() => Ok(url),
                _ => Err("must begin with http:// or https:// and name a host".to_owned()),
            }
        });
        let operators = section.words("operators");
        section.finish();
        // An address that could not be read is in the faults already; the value is never used then.
        let api_url = api_url.unwrap_or_else(|| {
            url::Url::parse("http://localhost").unwrap_or_else(|_| unreachable!("a constant address"))
        });
        Self { api_url, operators }
    }
}

#[cfg(test)]
mod tests;
