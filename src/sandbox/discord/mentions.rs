//! Whom a message pings: the mentions in its content, as far as `allowed_mentions` lets them.
//! Rules: Discord, `resources/message#allowed-mentions-object`. Embeds never ping.

use serde_json::Value;

use crate::sandbox::discord::form::Form;
use crate::sandbox::discord::refusal::FormErrors;

/// The most users or roles that `allowed_mentions` may name.
const NAMED: usize = 100;

/// What a message may ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allowed {
    everyone: bool,
    users: Who,
    roles: Who,
    pub(crate) replied_user: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    All,
    These(Vec<u64>),
}

impl Who {
    fn includes(&self, id: u64) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&id),
        }
    }
}

impl Allowed {
    /// Where `allowed_mentions` is missing: everything for a bot's message.
    pub(crate) fn for_message() -> Self {
        Self { everyone: true, users: Who::All, roles: Who::All, replied_user: true }
    }

    /// Where `allowed_mentions` is missing: users alone for an answer to an interaction.
    pub(crate) fn for_answer() -> Self {
        Self { everyone: false, users: Who::All, roles: Who::These(Vec::new()), replied_user: true }
    }

    /// Reads `allowed_mentions` of a message's body; `None` if it is missing.
    pub(crate) fn read(form: &Form<'_>, errors: &mut FormErrors) -> Option<Self> {
        let allowed = form.object("allowed_mentions", errors)?;
        let mut read = Self {
            everyone: false,
            users: Who::These(allowed.ids("users", NAMED, errors)),
            roles: Who::These(allowed.ids("roles", NAMED, errors)),
            replied_user: allowed.flag("replied_user", errors).unwrap_or(false),
        };
        let parse = allowed.get("parse").and_then(Value::as_array);
        if parse.is_none() && allowed.get("parse").is_some() {
            let message = "Only iterables may be used in a ListType";
            errors.add(&allowed.place("parse"), "LIST_TYPE_CONVERT", message);
        }
        for (at, kind) in parse.into_iter().flatten().enumerate() {
            match kind.as_str() {
                Some("everyone") => read.everyone = true,
                Some("users") => read.users = merged(read.users, "users", errors),
                Some("roles") => read.roles = merged(read.roles, "roles", errors),
                _ => {
                    let message = "Value must be one of ('users', 'roles', 'everyone').";
                    errors.add(&allowed.place(&format!("parse.{at}")), "BASE_TYPE_CHOICES", message);
                }
            }
        }
        Some(read)
    }
}

/// `parse` asks for all of a kind: then none may be named.
fn merged(named: Who, kind: &str, errors: &mut FormErrors) -> Who {
    if matches!(&named, Who::These(ids) if !ids.is_empty()) {
        let message = format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
        errors.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
    }
    Who::All
}

/// Whom a text pings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pinged {
    pub(crate) everyone: bool,
    pub(crate) users: Vec<u64>,
    pub(crate) roles: Vec<u64>,
}

/// Finds the mentions in a content that are allowed to ping.
pub(crate) fn pinged(content: &str, allowed: &Allowed) -> Pinged {
    let mut pinged = Pinged {
        everyone: allowed.everyone && (content.contains("@everyone") || content.contains("@here")),
        ..Pinged::default()
    };
    for piece in content.split("<@").skip(1) {
        let Some((inside, _)) = piece.split_once('>') else { continue };
        let (who, ids, id) = match inside.strip_prefix('&') {
            Some(role) => (&allowed.roles, &mut pinged.roles, role),
            None => (&allowed.users, &mut pinged.users, inside.strip_prefix('!').unwrap_or(inside)),
        };
        if let Ok(id) = id.parse()
            && who.includes(id)
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    pinged
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::nothing_said(json!({}), true, &[7], &[8])]
    #[case::parse_nothing(json!({"allowed_mentions": {"parse": []}}), false, &[], &[])]
    #[case::one_role(json!({"allowed_mentions": {"parse": [], "roles": ["8"]}}), false, &[], &[8])]
    #[case::another_role(json!({"allowed_mentions": {"roles": ["9"]}}), false, &[], &[])]
    #[case::users(json!({"allowed_mentions": {"parse": ["users"]}}), false, &[7], &[])]
    fn a_message_pings_whom_it_may(
        #[case] body: Value,
        #[case] everyone: bool,
        #[case] users: &[u64],
        #[case] roles: &[u64],
    ) {
        let mut errors = FormErrors::default();
        let form = Form::root(&body, &mut errors);
        let allowed = Allowed::read(&form, &mut errors).unwrap_or_else(Allowed::for_message);
        let found = pinged("@here <@7> <@!7> <@&8> <@x> <@", &allowed);
        assert_eq!(found, Pinged { everyone, users: users.to_vec(), roles: roles.to_vec() });
    }

    #[test]
    fn all_users_and_named_users_exclude_each_other() {
        let body = json!({"allowed_mentions": {"parse": ["users"], "users": ["7"]}});
        let mut errors = FormErrors::default();
        let form = Form::root(&body, &mut errors);
        Allowed::read(&form, &mut errors);
        assert!(!errors.is_empty());
    }
}
