//! Values given by the environment: `VENDGRAPH__SERVER__LISTEN` stands over `server.listen`.

use std::collections::BTreeMap;

use super::error::{Key, Problem};

/// What every overriding variable begins with.
pub const PREFIX: &str = "VENDGRAPH__";

/// One value given by the environment.
#[derive(Clone)]
pub(super) struct Override {
    /// The variable.
    pub variable: String,
    /// The value, which may be a secret.
    pub value: String,
}

/// The values given for one section, by key in lower case; a secret's way of being given stands behind
/// the key as `app_secret__file`.
pub(super) type OfSection = BTreeMap<String, Override>;

/// All values given by the environment, by section.
pub(super) struct Overrides(BTreeMap<String, OfSection>);

impl Overrides {
    /// Picks the overriding variables from all that are set.
    pub fn pick<'e>(environment: impl IntoIterator<Item = (&'e String, &'e String)>) -> Self {
        let mut sections: BTreeMap<String, OfSection> = BTreeMap::new();
        for (variable, value) in environment {
            let Some((start, rest)) = variable.split_at_checked(PREFIX.len()) else { continue };
            if !start.eq_ignore_ascii_case(PREFIX) {
                continue;
            }
            let rest = rest.to_ascii_lowercase();
            let (section, key) = rest.split_once("__").unwrap_or((&rest, ""));
            let given = Override { variable: variable.clone(), value: value.clone() };
            sections.entry(section.to_owned()).or_default().insert(key.to_owned(), given);
        }
        Self(sections)
    }

    /// Takes what is given for a section.
    pub fn take(&mut self, section: &str) -> OfSection {
        self.0.remove(section).unwrap_or_default()
    }

    /// Fails when a section is named that is none of `known`.
    pub fn deny_others(&self, known: &[&str]) -> Result<(), Problem> {
        let stray = self.0.iter().find(|(section, _)| !known.contains(&section.as_str()));
        let Some((section, (key, given))) = stray.and_then(|(name, keys)| Some((name, keys.iter().next()?)))
        else {
            return Ok(());
        };
        Err(Problem::unknown(named(section, key, given), section, known))
    }
}

/// The key that an override is for.
pub(super) fn named(section: &str, key: &str, given: &Override) -> Key {
    let path =
        if key.is_empty() { section.to_owned() } else { format!("{section}.{}", key.replace("__", ".")) };
    Key { path, variable: Some(given.variable.clone()) }
}

/// Deals the overrides of `accounts` out to the accounts, in their order. A name is matched without regard
/// to case, and `_` also stands for `-`, which no variable can hold.
pub(super) fn by_account(overrides: OfSection, names: &[&str]) -> Result<Vec<OfSection>, Problem> {
    let mut dealt = vec![OfSection::new(); names.len()];
    for (written, given) in overrides {
        let fits = |name: &&str| {
            let start = format!("{}__", name.to_ascii_lowercase().replace('-', "_"));
            written.strip_prefix(&start).map(|key| (start.len(), key.to_owned()))
        };
        // Of `a` and `a__b`, the longer name is meant.
        let fitting = || names.iter().enumerate().filter_map(|(at, name)| Some((at, name, fits(name)?)));
        let Some((at, name, (length, key))) = fitting().max_by_key(|(_, _, (length, _))| *length) else {
            let remedy = if names.is_empty() {
                "the file has no accounts".to_owned()
            } else {
                format!("the accounts are {}", names.join(", "))
            };
            return Err(Problem::UnknownAccount { key: named("accounts", &written, &given), remedy });
        };
        if let Some((_, other, _)) = fitting().find(|(index, _, (long, _))| *index != at && *long == length) {
            return Err(Problem::AmbiguousAccount {
                key: named("accounts", &written, &given),
                first: (*other).to_owned(),
                second: (*name).to_owned(),
            });
        }
        if let Some(own) = dealt.get_mut(at) {
            own.insert(key, given);
        }
    }
    Ok(dealt)
}
