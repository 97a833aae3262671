//! Takes typed values out of TOML tables, remembers which keys were asked for, and collects every fault.
//!
//! Values from the environment are text; a number or a list written as text is therefore read as what it says.

use std::collections::BTreeSet;
use std::fmt;

use chrono::TimeDelta;
use toml::{Table, Value};

/// A key that is wrong, with its cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key with its section: `feeds.0.timezone`.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.key, self.problem)
    }
}

/// One table on its way into a struct.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    path: String,
    table: Table,
    asked: BTreeSet<&'static str>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub(super) fn root(table: Table, faults: &'a mut Vec<Fault>) -> Self {
        Self { path: String::new(), table, asked: BTreeSet::new(), faults }
    }

    /// The table under a key; an empty one if it is not there.
    pub(super) fn section(&mut self, key: &'static str) -> Reader<'_> {
        let table = match self.take(key) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => {
                self.fault(key, format!("must be a section, `[{}]`, and is {}", self.at(key), kind(&other)));
                Table::new()
            }
        };
        Reader { path: self.at(key), table, asked: BTreeSet::new(), faults: self.faults }
    }

    /// The tables of a list of sections, `[[key]]`.
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<(String, Table)> {
        let path = self.at(key);
        match self.take(key) {
            None => Vec::new(),
            Some(Value::Array(list)) => {
                let mut tables = Vec::new();
                for (place, value) in list.into_iter().enumerate() {
                    match value {
                        Value::Table(table) => tables.push((format!("{path}.{place}"), table)),
                        other => {
                            self.fault(key, format!("{place} must be a section, and is {}", kind(&other)))
                        }
                    }
                }
                tables
            }
            Some(other) => {
                self.fault(key, format!("must be a list of sections, `[[{path}]]`, and is {}", kind(&other)));
                Vec::new()
            }
        }
    }

    /// A reader for one of [`sections`](Self::sections).
    pub(super) fn within(&mut self, path: String, table: Table) -> Reader<'_> {
        Reader { path, table, asked: BTreeSet::new(), faults: self.faults }
    }

    pub(super) fn text(&mut self, key: &'static str, default: &str) -> String {
        self.optional_text(key).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn optional_text(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.fault(key, format!("must be text in quotes, and is {}", kind(&other)));
                None
            }
        }
    }

    /// Text that must be there; a fault with `cure` if it is not.
    pub(super) fn required(&mut self, key: &'static str, cure: &str) -> Option<String> {
        self.asked.insert(key);
        if !self.table.contains_key(key) {
            self.fault(key, format!("is missing; {cure}"));
            return None;
        }
        self.optional_text(key)
    }

    /// Text that `parse` makes a value of; `parse` says what is wrong, after the quoted text.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(key, default);
        match parse(&text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault(key, format!("= {text:?} {problem}"));
                None
            }
        }
    }

    pub(super) fn optional_parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.table.contains_key(key) {
            self.asked.insert(key);
            return None;
        }
        self.parsed(key, "", parse)
    }

    pub(super) fn duration(&mut self, key: &'static str, default: TimeDelta) -> TimeDelta {
        self.optional_parsed(key, duration).unwrap_or(default)
    }

    /// A whole number of at least `least`.
    pub(super) fn number(&mut self, key: &'static str, default: u32, least: u32) -> u32 {
        let read = match self.take(key) {
            None => return default,
            Some(Value::Integer(number)) => u32::try_from(number).ok(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        match read.filter(|number| *number >= least) {
            Some(number) => number,
            None => {
                self.fault(key, format!("must be a whole number of at least {least}, such as {default}"));
                default
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let read = match self.take(key) {
            None => return default,
            Some(Value::Boolean(flag)) => Some(flag),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        read.unwrap_or_else(|| {
            self.fault(key, "must be `true` or `false`".to_owned());
            default
        })
    }

    /// A list of words or numbers; as text: parted by commas.
    pub(super) fn words(&mut self, key: &'static str) -> Vec<String> {
        match self.take(key) {
            None => Vec::new(),
            Some(Value::String(text)) => {
                text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
            }
            Some(Value::Array(list)) => {
                let mut words = Vec::new();
                for value in list {
                    match value {
                        Value::String(word) => words.push(word),
                        Value::Integer(number) => words.push(number.to_string()),
                        Value::Datetime(date) => words.push(date.to_string()),
                        other => {
                            self.fault(key, format!("must list words or numbers, and has {}", kind(&other)))
                        }
                    }
                }
                words
            }
            Some(other) => {
                self.fault(key, format!("must be a list, and is {}", kind(&other)));
                Vec::new()
            }
        }
    }

    pub(super) fn fault(&mut self, key: &str, problem: String) {
        let key = self.at(key);
        self.faults.push(Fault { key, problem });
    }

    /// Refuses the keys that nobody asked for, each with the nearest known one.
    pub(super) fn finish(mut self) {
        let unknown: Vec<String> =
            self.table.keys().filter(|key| !self.asked.contains(key.as_str())).cloned().collect();
        for key in unknown {
            let cure = match nearest(&key, &self.asked) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!(
                    "known here: {}",
                    self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            self.fault(&key, format!("is no key that jogan knows; {cure}"));
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.asked.insert(key);
        self.table.get(key).cloned()
    }

    fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// The known word that is so near to `word` that it was probably meant.
fn nearest<'k>(word: &str, known: &BTreeSet<&'k str>) -> Option<&'k str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}

/// A duration as it is configured: `90s`, `30m`, `24h`, `7d`; `0` is none at all.
fn duration(text: &str) -> Result<TimeDelta, String> {
    let wrong = || "is no duration; write `90s`, `30m`, `24h` or `7d`".to_owned();
    if text.trim() == "0" {
        return Ok(TimeDelta::zero());
    }
    let unit = text.trim().chars().last().ok_or_else(wrong)?;
    let number = text.trim().strip_suffix(unit).ok_or_else(wrong)?;
    let number: i64 = number.trim().parse().map_err(|_| wrong())?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let delta = number.checked_mul(seconds).and_then(TimeDelta::try_seconds).ok_or_else(wrong)?;
    if delta < TimeDelta::zero() || delta > TimeDelta::days(3650) { Err(wrong()) } else { Ok(delta) }
}
