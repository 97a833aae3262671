//! Reading one entry of a dictionary file key by key, so that every fault is told and not only the first; the
//! files' meaning is in `dictionary`.

use toml::{Table, Value};

use crate::enrich::fault::{DictionaryFault, nearest};

/// An entry that is being read, and where its faults go.
pub(crate) struct EntryReader<'a> {
    file: &'static str,
    name: &'a str,
    table: &'a Table,
    faults: &'a mut Vec<DictionaryFault>,
}

impl<'a> EntryReader<'a> {
    /// Starts reading the entry `name` and refuses keys that are not in `known`. An entry that is no table is a
    /// fault and gives nothing to read.
    pub(crate) fn open(
        file: &'static str,
        name: &'a str,
        value: &'a Value,
        known: &[&str],
        faults: &'a mut Vec<DictionaryFault>,
    ) -> Option<Self> {
        let Value::Table(table) = value else {
            faults.push(DictionaryFault {
                file,
                entry: name.to_owned(),
                problem: format!("is {}, not an entry", kind(value)),
                cure: format!("write `{name:?} = {{ ko = \"…\" }}`"),
            });
            return None;
        };
        let mut reader = Self { file, name, table, faults };
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            let cure = match nearest(key, known.iter().copied()) {
                Some(word) => format!("write `{word}`"),
                None => format!("the keys are {}", known.join(", ")),
            };
            reader.fault(format!("unknown key `{key}`"), cure);
        }
        Some(reader)
    }

    /// Notes a fault of this entry.
    pub(crate) fn fault(&mut self, problem: impl Into<String>, cure: impl Into<String>) {
        self.faults.push(DictionaryFault {
            file: self.file,
            entry: self.name.to_owned(),
            problem: problem.into(),
            cure: cure.into(),
        });
    }

    /// A text that must be there and not be blank; empty after a fault.
    pub(crate) fn required(&mut self, key: &str, example: &str) -> String {
        match self.text(key) {
            Some(text) => text,
            None => {
                if !self.table.contains_key(key) {
                    self.fault(format!("`{key}` is missing"), format!("add `{key} = \"{example}\"`"));
                }
                String::new()
            }
        }
    }

    /// A text that may be left out.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        match self.table.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::String(_) => {
                self.fault(format!("`{key}` is blank"), "write a text or leave the key out");
                None
            }
            other => {
                self.fault(format!("`{key}` is {}", kind(other)), "write a text in quotes");
                None
            }
        }
    }

    /// `true` or `false`; `false` if left out.
    pub(crate) fn flag(&mut self, key: &str) -> bool {
        match self.table.get(key) {
            None => false,
            Some(Value::Boolean(flag)) => *flag,
            Some(other) => {
                self.fault(format!("`{key}` is {}", kind(other)), "write true or false");
                false
            }
        }
    }

    /// A list of texts, none blank; empty if left out.
    pub(crate) fn list(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let Value::Array(items) = value else {
            self.fault(format!("`{key}` is {}", kind(value)), format!("write `{key} = [\"…\", \"…\"]`"));
            return Vec::new();
        };
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Value::String(text) if !text.trim().is_empty() => list.push(text.clone()),
                Value::String(_) => self.fault(format!("`{key}` holds a blank text"), "take it out"),
                other => {
                    self.fault(format!("`{key}` holds {}", kind(other)), "write every item in quotes");
                }
            }
        }
        list
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}
