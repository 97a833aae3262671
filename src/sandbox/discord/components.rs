//! What Discord accepts as a message's buttons and menus: rows of at most five buttons or one menu.
//! Numbers: Discord, `components/reference`.

use std::collections::HashSet;

use serde_json::Value;

use crate::sandbox::discord::form::Form;
use crate::sandbox::discord::refusal::FormErrors;

/// The type of a row.
const ROW: i64 = 1;
/// The type of a button.
pub(crate) const BUTTON: i64 = 2;
/// The type of a menu of texts.
pub(crate) const STRING_SELECT: i64 = 3;
/// The types of menus of users, roles, both and channels.
const OTHER_SELECTS: std::ops::RangeInclusive<i64> = 5..=8;
/// The style of a button that opens a link.
const LINK_STYLE: i64 = 5;
/// The style of a button that sells something.
const PREMIUM_STYLE: i64 = 6;

/// Checks `components` of a message.
pub(crate) fn check(form: &Form<'_>, errors: &mut FormErrors) {
    let mut custom_ids = HashSet::new();
    for row in form.list("components", 0..=5, errors) {
        if row.get("type").and_then(Value::as_i64) != Some(ROW) {
            choices(&row, "(1,)", errors);
            continue;
        }
        let mut width = 0;
        for component in row.list("components", 1..=5, errors) {
            width += check_component(&component, errors);
            let Some(custom_id) = component.get("custom_id").and_then(Value::as_str) else { continue };
            if !custom_ids.insert(custom_id) {
                let message = "Component custom id cannot be duplicated";
                errors.add(&component.place("custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message);
            }
        }
        if width > 5 {
            let message = "The specified component exceeds the maximum width";
            errors.add(&row.place("components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message);
        }
    }
}

/// Checks what lies in a row, and says how much of the row's five places it takes.
fn check_component(component: &Form<'_>, errors: &mut FormErrors) -> usize {
    component.flag("disabled", errors);
    match component.get("type").and_then(Value::as_i64) {
        Some(BUTTON) => {
            check_button(component, errors);
            1
        }
        Some(STRING_SELECT) => {
            check_select(component, errors);
            5
        }
        Some(kind) if OTHER_SELECTS.contains(&kind) => {
            check_menu(component, 25, errors);
            5
        }
        _ => {
            choices(component, "(2, 3, 5, 6, 7, 8)", errors);
            0
        }
    }
}

fn check_button(button: &Form<'_>, errors: &mut FormErrors) {
    button.opaque("custom_id", 1..=100, errors);
    button.text("label", 0..=80, errors);
    button.link("url", 512, false, errors);
    let Some(style) = button.number("style", 1..=6, errors) else {
        return errors.required(&button.place("style"));
    };
    let (custom_id, url) = (button.get("custom_id").is_some(), button.get("url").is_some());
    let wanted = match style {
        LINK_STYLE => "url",
        PREMIUM_STYLE => "sku_id",
        _ => "custom_id",
    };
    if button.get(wanted).is_none() {
        errors.required(&button.place(wanted));
    }
    if (wanted != "custom_id" && custom_id) || (wanted != "url" && url) {
        let message = "A custom id and url cannot both be specified";
        errors.add(&button.place(""), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message);
    }
    let label = button.get("label").and_then(Value::as_str).is_some_and(|label| !label.trim().is_empty());
    if style != PREMIUM_STYLE && !label && button.get("emoji").is_none() {
        errors.required(&button.place("label"));
    }
}

fn check_select(select: &Form<'_>, errors: &mut FormErrors) {
    let mut values = HashSet::new();
    let options = select.list("options", 1..=25, errors);
    for option in &options {
        option.text("label", 1..=100, errors);
        option.text("description", 0..=100, errors);
        option.flag("default", errors);
        let Some(value) = option.opaque("value", 1..=100, errors) else {
            errors.required(&option.place("value"));
            continue;
        };
        if !values.insert(value) {
            let message = "The specified option value is already used";
            errors.add(&option.place("value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
        }
    }
    check_menu(select, options.len(), errors);
}

/// What all menus share; `options` is how many can be chosen from.
fn check_menu(menu: &Form<'_>, options: usize, errors: &mut FormErrors) {
    if menu.opaque("custom_id", 1..=100, errors).is_none() {
        errors.required(&menu.place("custom_id"));
    }
    menu.text("placeholder", 0..=150, errors);
    let least = menu.number("min_values", 0..=25, errors).unwrap_or(1);
    let most = menu.number("max_values", 1..=25, errors).unwrap_or(1);
    if least > most || usize::try_from(most).is_ok_and(|most| most > options.max(1)) {
        let message = "The number of values that can be chosen does not fit the options";
        errors.add(&menu.place("max_values"), "SELECT_COMPONENT_MAX_VALUES", message);
    }
}

fn choices(component: &Form<'_>, types: &str, errors: &mut FormErrors) {
    let message = format!("Value must be one of {types}.");
    errors.add(&component.place("type"), "BASE_TYPE_CHOICES", message);
}
