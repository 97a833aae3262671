//! The environment: keys laid over the file (`JOGAN_WEB__LISTEN`), and the one place that reads variables.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::{Table, Value};

use super::reader::Fault;

const PREFIX: &str = "JOGAN_";
/// The variable that names the file; no key.
const CONFIG: &str = "JOGAN_CONFIG";

/// The process's environment variables, as they were once.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process; those that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// These variables and no others.
    pub fn of(variables: &[(&str, &str)]) -> Self {
        Self(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// A variable's value; an empty one counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The configuration file that the environment names.
    pub fn config_path(&self) -> Option<PathBuf> {
        self.get(CONFIG).map(PathBuf::from)
    }

    pub(super) fn has_feed(&self) -> bool {
        self.0.keys().any(|name| name.starts_with("JOGAN_FEEDS__"))
    }

    /// Sets each `JOGAN_SECTION__KEY` in the table. What the key means is checked when the table is read.
    pub(super) fn lay_over(&self, table: &mut Table, faults: &mut Vec<Fault>) {
        for (name, value) in &self.0 {
            let Some(path) = name.strip_prefix(PREFIX).filter(|path| path.contains("__")) else { continue };
            let path: Vec<String> = path.split("__").map(str::to_lowercase).collect();
            if let Err(problem) = set(table, &path, as_value(value)) {
                faults.push(Fault { key: name.clone(), problem });
            }
        }
    }
}

/// Lists and tables may be written as in the file; everything else is text, read as what its key needs.
fn as_value(text: &str) -> Value {
    if text.starts_with(['[', '{'])
        && let Ok(table) = format!("value = {text}").parse::<Table>()
        && let Some(value) = table.get("value")
    {
        return value.clone();
    }
    Value::String(text.to_owned())
}

fn set(table: &mut Table, path: &[String], value: Value) -> Result<(), String> {
    match path {
        [] => Err("names no key".to_owned()),
        [key] => {
            table.insert(key.clone(), value);
            Ok(())
        }
        [key, place, rest @ ..] if place.parse::<usize>().is_ok() && !rest.is_empty() => {
            let place: usize = place.parse().unwrap_or_default();
            let list = table.entry(key.clone()).or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(list) = list else { return Err(format!("counts in `{key}`, which is no list")) };
            if place > list.len() {
                return Err(format!("is number {place} of `{key}`, but there are only {}", list.len()));
            }
            if place == list.len() {
                list.push(Value::Table(Table::new()));
            }
            match list.get_mut(place) {
                Some(Value::Table(inner)) => set(inner, rest, value),
                _ => Err(format!("goes into number {place} of `{key}`, which is no section")),
            }
        }
        [key, rest @ ..] => {
            let inner = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(inner) = inner else {
                return Err(format!("goes into `{key}`, which is no section"));
            };
            set(inner, rest, value)
        }
    }
}
