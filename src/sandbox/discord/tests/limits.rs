//! Bodies near the limits, judged by us and by twilight. Twilight counts the 6,000 of all embeds and a command's
//! whole size in bytes where Discord counts code points, and knows no length of links; so those are ASCII here.

use proptest::prelude::*;
use serde_json::{Value, json};
use twilight_model::application::command::Command;
use twilight_model::channel::message::{Component, Embed};
use twilight_validate::{command, message};

use crate::sandbox::discord::refusal::FormErrors;
use crate::sandbox::discord::{command_form, message_form};

/// A length about `limit`, but mostly small.
fn about(least: usize, limit: usize) -> impl Strategy<Value = usize> {
    prop_oneof![6 => least..=least + 8, 1 => limit - 1..=limit, 1 => limit + 1..=limit + 2]
}

fn text(least: usize, limit: usize) -> impl Strategy<Value = String> {
    about(least, limit).prop_map(|length| "a".repeat(length))
}

/// The same in characters that are longer in bytes and in UTF-16.
fn wide(least: usize, limit: usize) -> impl Strategy<Value = String> {
    (about(least, limit), prop::sample::select(vec!["a", "é", "가", "😀"]))
        .prop_map(|(length, character)| character.repeat(length))
}

fn field() -> impl Strategy<Value = Value> {
    (text(1, 256), text(1, 1024))
        .prop_map(|(name, value)| json!({"name": name, "value": value, "inline": false}))
}

fn embed() -> impl Strategy<Value = Value> {
    let description = prop_oneof![4 => 1..700_usize, 2 => 2000..2100_usize, 1 => 4095..4098_usize]
        .prop_map(|n| "d".repeat(n));
    let fields =
        prop_oneof![6 => prop::collection::vec(field(), 0..4), 1 => prop::collection::vec(field(), 24..27)];
    (text(1, 256), description, fields, text(1, 2048), text(1, 256), 0..0x0100_0010_u32).prop_map(
        |(title, description, fields, footer, author, color)| {
            json!({
                "type": "rich", "title": title, "description": description, "fields": fields,
                "footer": {"text": footer}, "author": {"name": author}, "color": color,
            })
        },
    )
}

/// Two embeds whose texts are about 6,000 together.
fn full() -> impl Strategy<Value = Vec<Value>> {
    (5990..6011_usize, 2500..3500_usize, 1..30_usize).prop_map(|(whole, first, footer)| {
        let second = "b".repeat(whole - first - footer);
        vec![
            json!({"type": "rich", "description": "a".repeat(first)}),
            json!({"type": "rich", "description": second, "footer": {"text": "c".repeat(footer)}}),
        ]
    })
}

/// An embed with one part alone, in any characters, so that the 6,000 are far.
fn part() -> impl Strategy<Value = Value> {
    let blank = || json!({"type": "rich", "description": "d"});
    prop_oneof![
        wide(1, 256).prop_map(move |title| json!({"type": "rich", "title": title})),
        wide(1, 256).prop_map(move |name| {
            let mut embed = blank();
            embed["author"] = json!({ "name": name });
            embed
        }),
        (wide(1, 256), wide(1, 1024)).prop_map(move |(name, value)| {
            let mut embed = blank();
            embed["fields"] = json!([{"name": name, "value": value, "inline": true}]);
            embed
        }),
    ]
}

fn row(at: usize) -> impl Strategy<Value = Value> {
    let custom_id = move |place: usize, length: usize| {
        let id = format!("{at}-{place}-");
        let rest = length.saturating_sub(id.len());
        format!("{id}{}", "가".repeat(rest))
    };
    let button = move |place: usize| {
        (wide(1, 80), about(1, 100), any::<bool>()).prop_map(move |(label, length, link)| {
            if link {
                json!({"type": 2, "style": 5, "label": label, "url": "https://example.com/"})
            } else {
                json!({"type": 2, "style": 1, "label": label, "custom_id": custom_id(place, length)})
            }
        })
    };
    let buttons = (1..=6_usize)
        .prop_flat_map(move |count| (0..count).map(button).collect::<Vec<_>>())
        .prop_map(|buttons| json!({"type": 1, "components": buttons}));
    let option = move |place: usize| {
        (wide(1, 100), about(1, 100), prop::option::of(wide(1, 100))).prop_map(
            move |(label, length, description)| {
                json!({"label": label, "value": custom_id(place, length), "description": description})
            },
        )
    };
    let options = prop_oneof![6 => 1..6_usize, 1 => 24..27_usize]
        .prop_flat_map(move |count| (0..count).map(option).collect::<Vec<_>>());
    let menu = (options, about(1, 100), wide(1, 150)).prop_map(move |(options, length, placeholder)| {
        json!({"type": 1, "components": [{
            "type": 3, "custom_id": custom_id(99, length), "placeholder": placeholder, "options": options,
        }]})
    });
    prop_oneof![buttons, menu]
}

fn rows() -> impl Strategy<Value = Vec<Value>> {
    prop_oneof![6 => 0..4_usize, 1 => 5..7_usize]
        .prop_flat_map(|count| (0..count).map(row).collect::<Vec<_>>())
}

fn ours(body: &Value) -> bool {
    let mut errors = FormErrors::default();
    message_form::check(body, &mut errors);
    errors.is_empty()
}

fn theirs(body: &Value) -> bool {
    let embeds: Vec<Embed> = serde_json::from_value(body["embeds"].clone()).unwrap();
    let components: Vec<Component> = serde_json::from_value(body["components"].clone()).unwrap();
    message::content(body["content"].as_str().unwrap()).is_ok()
        && message::embeds(&embeds).is_ok()
        && message::components(&components, false).is_ok()
}

fn name() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(vec!["a", "가", "é", "_", "-", "9"]);
    let odd = prop::sample::select(vec!["", "", "", "", "", "A", " ", "!", "É"]);
    (about(0, 32), letters, odd).prop_map(|(length, letter, odd)| format!("{}{odd}", letter.repeat(length)))
}

fn option() -> impl Strategy<Value = Value> {
    let choices = prop::collection::vec(
        (text(1, 100), text(1, 100)).prop_map(|(name, value)| json!({"name": name, "value": value})),
        0..3,
    );
    (name(), 0..40_u8, prop_oneof![9 => Just("d".to_owned()), 1 => wide(0, 100)], any::<bool>(), choices)
        .prop_map(|(name, number, description, required, choices)| {
            // Mostly different names.
            json!({
                "type": 3, "name": format!("{name}{number}"), "description": description,
                "required": required, "choices": choices,
            })
        })
}

fn some_command() -> impl Strategy<Value = Value> {
    let plain = (24..27_usize).prop_map(|count| {
        (0..count).map(|at| json!({"type": 3, "name": format!("o{at}"), "description": "d"})).collect()
    });
    let options = prop_oneof![4 => prop::collection::vec(option(), 0..4), 1 => plain];
    let sorted = (options, any::<bool>()).prop_map(|(mut options, sort)| {
        if sort {
            options.sort_by_key(|option| option["required"] != true);
        }
        options
    });
    (name(), wide(0, 100), prop::option::of(name()), sorted).prop_map(|(name, description, ko, options)| {
        let mut body = json!({
            "type": 1, "name": name, "description": description, "options": options, "version": "1",
        });
        if let Some(ko) = ko {
            body["name_localizations"] = json!({ "ko": ko });
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_message_is_accepted_where_twilight_accepts_it(
        content in wide(0, 2000),
        embeds in prop_oneof![
            4 => prop::collection::vec(embed(), 0..4),
            1 => prop::collection::vec(embed(), 9..12),
            1 => full(),
        ],
    ) {
        let body = json!({"content": content, "embeds": embeds, "components": []});
        prop_assert_eq!(ours(&body), theirs(&body), "{}", body);
    }

    #[test]
    fn lengths_are_counted_in_code_points(part in part()) {
        let body = json!({"content": "", "embeds": [part], "components": []});
        prop_assert_eq!(ours(&body), theirs(&body), "{}", body);
    }

    #[test]
    fn components_are_accepted_where_twilight_accepts_them(rows in rows()) {
        let body = json!({"content": "x", "embeds": [], "components": rows});
        prop_assert_eq!(ours(&body), theirs(&body), "{}", body);
    }

    #[test]
    fn a_command_is_accepted_where_twilight_accepts_it(body in some_command()) {
        let model: Command = serde_json::from_value(body.clone()).unwrap();
        prop_assume!(command::command_characters(&model) <= command::COMMAND_TOTAL_LENGTH);
        let theirs = command::command(&model).is_ok() && command::options(&model.options).is_ok();
        let mut errors = FormErrors::default();
        command_form::check(&body, &mut errors);
        prop_assert_eq!(errors.is_empty(), theirs, "{}", body);
    }

    #[test]
    fn no_body_makes_the_checks_panic(body in any_json()) {
        ours(&body);
        command_form::check(&body, &mut FormErrors::default());
    }
}

/// JSON of any shape with the keys that matter.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,5}".prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "content",
        "embeds",
        "fields",
        "title",
        "url",
        "components",
        "type",
        "options",
        "name",
        "footer",
        "allowed_mentions",
        "parse",
        "users",
        "attachments",
        "nonce",
        "name_localizations",
        "choices",
        "value",
    ]);
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

#[rstest::rstest]
#[case::six_thousand_over_all(json!({"embeds": [{"description": "가".repeat(3000)}, {"description": "가".repeat(3000)}]}), true)]
#[case::one_more(json!({"embeds": [{"description": "가".repeat(3000)}, {"description": "가".repeat(3000), "title": "x"}]}), false)]
#[case::edges_do_not_count(json!({"content": format!("  {}\n", "가".repeat(2000))}), true)]
#[case::a_long_link(json!({"embeds": [{"title": "x", "url": format!("https://e.x/{}", "a".repeat(2036))}]}), true)]
#[case::a_longer_link(json!({"embeds": [{"title": "x", "url": format!("https://e.x/{}", "a".repeat(2037))}]}), false)]
#[case::a_scheme(json!({"embeds": [{"title": "x", "url": "javascript:alert(1)"}]}), false)]
#[case::a_file(json!({"embeds": [{"image": {"url": "attachment://chart.png"}}]}), true)]
#[case::an_empty_embed(json!({"embeds": [{}]}), false)]
#[case::a_button_link(json!({"components": [{"type": 1, "components": [{"type": 2, "style": 5, "label": "x", "url": format!("https://e.x/{}", "a".repeat(501))}]}]}), false)]
#[case::an_id_twice(json!({"components": [{"type": 1, "components": [
    {"type": 2, "style": 1, "label": "x", "custom_id": "a"}, {"type": 2, "style": 1, "label": "y", "custom_id": "a"}]}]}), false)]
#[case::a_button_and_a_menu(json!({"components": [{"type": 1, "components": [
    {"type": 2, "style": 1, "label": "x", "custom_id": "a"},
    {"type": 3, "custom_id": "b", "options": [{"label": "l", "value": "v"}]}]}]}), false)]
#[case::a_nonce(json!({"nonce": "a".repeat(25)}), true)]
#[case::a_long_nonce(json!({"nonce": "a".repeat(26)}), false)]
#[case::null_is_missing(json!({"content": null, "embeds": null, "components": null, "allowed_mentions": null}), true)]
fn what_twilight_does_not_know(#[case] body: Value, #[case] accepted: bool) {
    assert_eq!(ours(&body), accepted);
}

#[rstest::rstest]
#[case::subcommands(json!({"name": "admin", "description": "d", "default_member_permissions": "0", "options": [
    {"type": 1, "name": "status", "description": "d"},
    {"type": 2, "name": "more", "description": "d", "options": [{"type": 1, "name": "x", "description": "d"}]}]}), true)]
#[case::too_deep(json!({"name": "admin", "description": "d", "options": [
    {"type": 1, "name": "status", "description": "d", "options": [{"type": 1, "name": "x", "description": "d"}]}]}), false)]
#[case::a_locale(json!({"name": "x", "description": "d", "name_localizations": {"kr": "x"}}), false)]
#[case::a_message_menu(json!({"type": 3, "name": "Why is this here?"}), true)]
#[case::described_menu(json!({"type": 3, "name": "Why", "description": "d"}), false)]
#[case::both_ways_to_help(json!({"name": "x", "description": "d", "options": [
    {"type": 3, "name": "a", "description": "d", "autocomplete": true, "choices": [{"name": "n", "value": "v"}]}]}), false)]
#[case::a_permission_as_number(json!({"name": "x", "description": "d", "default_member_permissions": 16}), false)]
#[case::devanagari(json!({"name": "समाचार", "description": "d"}), true)]
fn commands_that_twilight_does_not_judge(#[case] body: Value, #[case] accepted: bool) {
    let mut errors = FormErrors::default();
    command_form::check(&body, &mut errors);
    assert_eq!(errors.is_empty(), accepted);
}
