//! What is said of a goal: one line each, to be found among all others.

use std::fmt::Display;

use crate::figures::was_disturbed;

/// The goals that a scenario measures.
#[derive(Default)]
pub struct Goals(Vec<String>);

impl Goals {
    /// Notes what came out; it is told when all are.
    pub fn add(&mut self, number: u8, what: &str, found: impl Display, wanted: &str) {
        self.0.push(format!("goal {number}  {what}: {found} (wanted: {wanted})"));
    }

    /// Tells them, after what they were made of.
    pub fn tell(self) {
        let mark = if was_disturbed() { "  [the machine was busy elsewhere]" } else { "" };
        for line in self.0 {
            println!("{line}{mark}");
        }
    }
}
