//! The checks that every form shares: texts in code points, lists, numbers, links. [`Form`] is one place in a
//! request's JSON; what the places mean is in `message_form.rs`, `components.rs` and `command_form.rs`.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::sandbox::discord::refusal::FormErrors;

/// One object of a request, with its place for fault reports.
pub(crate) struct Form<'a> {
    value: &'a Value,
    place: String,
}

impl<'a> Form<'a> {
    /// The whole request. A body that is no object is reported, and read as an empty one.
    pub(crate) fn root(value: &'a Value, errors: &mut FormErrors) -> Self {
        Self::at(value, String::new(), errors)
    }

    fn at(value: &'a Value, place: String, errors: &mut FormErrors) -> Self {
        if !value.is_object() {
            errors.add(&place, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        }
        Self { value, place }
    }

    /// Where a key of this object lies.
    pub(crate) fn place(&self, key: &str) -> String {
        match (self.place.as_str(), key) {
            ("", key) => key.to_owned(),
            (place, "") => place.to_owned(),
            (place, key) => format!("{place}.{key}"),
        }
    }

    /// A key's value; `null` counts as missing.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.value.get(key).filter(|value| !value.is_null())
    }

    /// An object under a key, if it is there.
    pub(crate) fn object(&self, key: &str, errors: &mut FormErrors) -> Option<Self> {
        self.get(key).map(|value| Self::at(value, self.place(key), errors))
    }

    /// A list under a key, as objects; none if it is missing. Counts it against `count`.
    pub(crate) fn list(&self, key: &str, count: RangeInclusive<usize>, errors: &mut FormErrors) -> Vec<Self> {
        let Some(value) = self.get(key) else {
            if *count.start() > 0 {
                errors.required(&self.place(key));
            }
            return Vec::new();
        };
        let Some(items) = value.as_array() else {
            errors.add(&self.place(key), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
            return Vec::new();
        };
        length(items.len(), &count, &self.place(key), errors);
        // A list far too long is reported once, not item by item.
        items
            .iter()
            .take(*count.end())
            .enumerate()
            .map(|(at, item)| Self::at(item, format!("{}.{at}", self.place(key)), errors))
            .collect()
    }

    /// A text under a key, its edges trimmed, counted in code points; 0 where it is missing. `count` begins
    /// with 1 where the text is required.
    pub(crate) fn text(&self, key: &str, count: RangeInclusive<usize>, errors: &mut FormErrors) -> usize {
        let Some(text) = self.string(key, errors) else {
            if *count.start() > 0 && self.get(key).is_none() {
                errors.required(&self.place(key));
            }
            return 0;
        };
        let characters = text.trim().chars().count();
        if characters == 0 && *count.start() > 0 {
            errors.required(&self.place(key));
        } else {
            length(characters, &count, &self.place(key), errors);
        }
        characters
    }

    /// A text that is optional, but must have `count` code points where it is there; taken as it is.
    pub(crate) fn opaque(
        &self,
        key: &str,
        count: RangeInclusive<usize>,
        errors: &mut FormErrors,
    ) -> Option<&'a str> {
        let text = self.string(key, errors)?;
        length(text.chars().count(), &count, &self.place(key), errors);
        Some(text)
    }

    /// A text under a key, if it is there; another type is reported.
    pub(crate) fn string(&self, key: &str, errors: &mut FormErrors) -> Option<&'a str> {
        let value = self.get(key)?;
        let text = value.as_str();
        if text.is_none() {
            errors.add(
                &self.place(key),
                "STRING_TYPE_CONVERT",
                format!("Could not interpret \"{value}\" as string."),
            );
        }
        text
    }

    /// A whole number under a key, within `range`, if it is there.
    pub(crate) fn number(
        &self,
        key: &str,
        range: RangeInclusive<i64>,
        errors: &mut FormErrors,
    ) -> Option<i64> {
        let value = self.get(key)?;
        let Some(number) = value.as_i64() else {
            errors.add(&self.place(key), "NUMBER_TYPE_COERCE", format!("Value {value} is not int."));
            return None;
        };
        if number > *range.end() {
            let message = format!("int value should be less than or equal to {}.", range.end());
            errors.add(&self.place(key), "NUMBER_TYPE_MAX", message);
        } else if number < *range.start() {
            let message = format!("int value should be greater than or equal to {}.", range.start());
            errors.add(&self.place(key), "NUMBER_TYPE_MIN", message);
        }
        Some(number)
    }

    /// A yes or no under a key, if it is there.
    pub(crate) fn flag(&self, key: &str, errors: &mut FormErrors) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            let message = "Must be either true or false.";
            errors.add(&self.place(key), "BOOLEAN_TYPE_CHOICES", message);
        }
        flag
    }

    /// A link under a key, at most `longest` code points, if it is there. Where `attachment` is set, it may
    /// also name a file of the same message (`attachment://chart.png`).
    pub(crate) fn link(&self, key: &str, longest: usize, attachment: bool, errors: &mut FormErrors) {
        let Some(text) = self.string(key, errors) else { return };
        let place = self.place(key);
        length(text.chars().count(), &(0..=longest), &place, errors);
        match url::Url::parse(text) {
            Ok(link) if matches!(link.scheme(), "http" | "https") => {
                if link.host_str().is_none_or(str::is_empty) {
                    errors.add(&place, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
                }
            }
            Ok(link) if attachment && link.scheme() == "attachment" => {}
            Ok(link) => errors.add(
                &place,
                "URL_TYPE_INVALID_SCHEME",
                format!("Scheme \"{}\" must be one of ('http', 'https').", link.scheme()),
            ),
            Err(_) => errors.add(&place, "URL_TYPE_INVALID_URL", "Not a well formed URL."),
        }
    }

    /// An id under a key: digits in a string, or a number.
    pub(crate) fn id(&self, key: &str, errors: &mut FormErrors) -> Option<u64> {
        let value = self.get(key)?;
        let id = as_id(value);
        if id.is_none() {
            let message = format!("Value {value} is not snowflake.");
            errors.add(&self.place(key), "NUMBER_TYPE_COERCE", message);
        }
        id
    }

    /// A list of different ids under a key, at most `most`; empty where it is missing.
    pub(crate) fn ids(&self, key: &str, most: usize, errors: &mut FormErrors) -> Vec<u64> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let place = self.place(key);
        let Some(items) = value.as_array() else {
            errors.add(&place, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
            return Vec::new();
        };
        length(items.len(), &(0..=most), &place, errors);
        let mut ids = Vec::new();
        for (at, item) in items.iter().take(most).enumerate() {
            match as_id(item) {
                Some(id) if ids.contains(&id) => {
                    errors.add(
                        &place,
                        "SET_TYPE_ALREADY_CONTAINS_VALUE",
                        "The set already contains this value",
                    );
                }
                Some(id) => ids.push(id),
                None => {
                    let message = format!("Value {item} is not snowflake.");
                    errors.add(&format!("{place}.{at}"), "NUMBER_TYPE_COERCE", message);
                }
            }
        }
        ids
    }
}

/// An id as Discord takes it: digits in a string, or a number.
pub(crate) fn as_id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn length(characters: usize, count: &RangeInclusive<usize>, place: &str, errors: &mut FormErrors) {
    if count.contains(&characters) {
        return;
    }
    let (least, most) = (count.start(), count.end());
    if *least > 0 {
        let message = format!("Must be between {least} and {most} in length.");
        errors.add(place, "BASE_TYPE_BAD_LENGTH", message);
    } else {
        errors.add(place, "BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length."));
    }
}
