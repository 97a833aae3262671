//! The shipped `config/jogan.toml` is the reference of the configuration: it is valid, has every key, and shows the
//! defaults that the code has.

use jogan::config::{Config, Environment};
use toml::{Table, Value};

const SHIPPED: &str = include_str!("../config/jogan.toml");

/// Keys that have no default: what the file shows is an example.
const EXAMPLES: [(&str, &str); 12] = [
    ("alerts", "webhook"),
    ("alerts", "heartbeat_url"),
    ("feeds", "days"),
    ("feeds", "skip_dates"),
    ("discord", "operators"),
    ("telegram", "operators"),
    ("web", "password_hash"),
    ("dictionaries", "path"),
    ("feeds", "expect_by"),
    ("feeds", "site"),
    ("feeds", "permalink"),
    ("feeds", "shape"),
];

/// The file with all keys that are behind `#` in force; prose has a blank after the `#`.
fn uncommented() -> Table {
    let line = |line: &'static str| match line.strip_prefix('#') {
        Some(key) if key.starts_with(|c: char| !c.is_whitespace()) => key,
        _ => line,
    };
    let text: Vec<&str> = SHIPPED.lines().map(line).collect();
    text.join("\n").parse().expect("TOML")
}

fn read(table: Table) -> Result<Config, String> {
    Config::from_table(table, &Environment::default()).map_err(|error| error.to_string())
}

/// The section, or the only feed.
fn section<'t>(table: &'t mut Table, name: &str) -> &'t mut Table {
    match table.get_mut(name) {
        Some(Value::Table(section)) => section,
        Some(Value::Array(feeds)) => feeds[0].as_table_mut().expect("a feed"),
        _ => panic!("there is no section {name}"),
    }
}

#[test]
fn the_shipped_file_is_valid() {
    read(SHIPPED.parse().expect("TOML")).expect("valid");
}

#[test]
fn the_shipped_file_is_valid_with_every_key_in_force() {
    read(uncommented()).expect("valid");
}

#[test]
fn what_the_shipped_file_shows_are_the_defaults() {
    let mut shown = uncommented();
    for (name, key) in EXAMPLES {
        section(&mut shown, name).remove(key).unwrap_or_else(|| panic!("{name}.{key} is not in the file"));
    }
    let defaults = read(SHIPPED.parse().expect("TOML")).expect("valid");
    assert_eq!(format!("{:#?}", read(shown).expect("valid")), format!("{defaults:#?}"));
}

#[test]
fn the_shipped_file_has_every_key_that_is_read() {
    // An unknown key is answered with the known ones.
    const UNKNOWN: &str = "there-is-no-key-of-this-name";
    let shipped = uncommented();
    let mut known = 0;
    for name in shipped.keys() {
        let mut asked = shipped.clone();
        section(&mut asked, name).insert(UNKNOWN.into(), true.into());
        let faults = read(asked).expect_err("the key is unknown");
        let listed =
            faults.split_once("known here: ").expect("the known keys").1.lines().next().unwrap_or("");
        for key in listed.split(", ").map(|key| key.trim_matches('`')) {
            assert!(section(&mut shipped.clone(), name).contains_key(key), "{name}.{key} is not in the file");
            known += 1;
        }
    }
    assert!(known > 20, "only {known} keys are known");
    let mut asked = shipped.clone();
    asked.insert(UNKNOWN.into(), true.into());
    let faults = read(asked).expect_err("the section is unknown");
    for name in faults
        .split_once("known here: ")
        .expect("the known sections")
        .1
        .lines()
        .next()
        .unwrap_or("")
        .split(", ")
    {
        assert!(shipped.contains_key(name.trim_matches('`')), "the section {name} is not in the file");
    }
}
