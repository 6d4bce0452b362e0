//! Pickup codes that the platform made. It has no call that lists them; a test may look.

use serde::Serialize;

use super::Fleet;

/// More codes than this are not kept: the oldest is forgotten.
const MOST_CODES: usize = 10_000;

/// A pickup code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// Seven digits.
    pub code: String,
    /// The machine it is good for; none: any.
    pub asset_id: Option<String>,
    /// The number of the goods it is good for; none: any.
    pub product_code: Option<String>,
    /// Unix seconds; none: at once.
    pub start: Option<i64>,
    /// Unix seconds; none: for good.
    pub end: Option<i64>,
    /// Unix seconds.
    pub created: i64,
}

impl Fleet {
    /// Copies of all pickup codes, oldest first.
    pub fn codes(&self) -> Vec<Code> {
        self.happened().codes.iter().cloned().collect()
    }

    /// Keeps a code under seven digits that no other has, and tells them.
    pub(crate) fn make_code(&self, mut code: Code) -> String {
        let mut happened = self.change();
        let sequence = happened.moment(code.created).sequence;
        let chance = self.seed.with(60).with(sequence);
        let digits = (0..1000).map(|nth| format!("{:07}", chance.with(nth).below(10_000_000)));
        let taken = |digits: &String| happened.codes.iter().any(|known| known.code == *digits);
        code.code = digits.into_iter().find(|digits| !taken(digits)).unwrap_or_else(|| sequence.to_string());
        if happened.codes.len() >= MOST_CODES {
            happened.codes.pop_front();
        }
        let digits = code.code.clone();
        happened.codes.push_back(code);
        digits
    }
}
