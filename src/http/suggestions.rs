//! Errors without the names that their reader did not write: where the schema is hidden, a misspelt field must not bring it
//! out one name at a time.

use async_graphql::ServerError;

/// What async-graphql puts before the names that it knows; they are the rest of the message. Of a caller's own words only a
/// text that could not be parsed is told, where it does no harm to tell less.
const BEFORE: &str = " Did you mean ";

/// Takes the suggestions out of the errors.
pub(super) fn remove(errors: &mut [ServerError]) {
    for error in errors {
        if let Some(at) = error.message.find(BEFORE) {
            error.message.truncate(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::ServerError;

    use super::remove;

    #[test]
    fn only_the_suggestion_is_taken() {
        let told = |message: &str| {
            let mut errors = [ServerError::new(message, None)];
            remove(&mut errors);
            errors[0].message.clone()
        };
        assert_eq!(
            told("Unknown field \"machin\" on type \"Query\". Did you mean \"machine\", \"machines\"?"),
            "Unknown field \"machin\" on type \"Query\"."
        );
        assert_eq!(told("Unknown field \"x\" on type \"Query\"."), "Unknown field \"x\" on type \"Query\".");
    }
}
