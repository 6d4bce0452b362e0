//! This process's environment, which nothing else reads.

use std::env;

use super::{
    error::{Key, Problem},
    overrides::PREFIX,
};

/// All variables that are text. One of ours that is not is an error; others' are passed over.
pub(super) fn all() -> Result<Vec<(String, String)>, Problem> {
    env::vars_os()
        .filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            match value.into_string() {
                Ok(value) => Some(Ok((name, value))),
                Err(_) if name.to_ascii_uppercase().starts_with(PREFIX) => {
                    Some(Err(Problem::Wrong { key: Key::of_file(name), write: "UTF-8 text".to_owned() }))
                }
                Err(_) => None,
            }
        })
        .collect()
}

/// What is logged, as `VENDGRAPH_LOG` says, else `RUST_LOG`.
pub fn log_filter() -> Option<String> {
    ["VENDGRAPH_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|text| !text.is_empty()))
}
