//! The life of a code that we keep: unused, held while a machine dispenses, used; or expired, or cancelled.

use jiff::Timestamp;

use super::super::Text;
use super::{HOLD, Hold, IssuedPickupCode, PickupCodeState};

/// Whether something may be done with a code, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may.
    Good,
    /// The code's time has not begun.
    NotStarted,
    /// The code's time is over.
    Expired,
    /// The code is used.
    Used,
    /// The code is cancelled.
    Cancelled,
    /// Another machine is dispensing for it; for a cancellation: any machine is.
    Held,
    /// The code is for another machine.
    WrongMachine,
    /// The code is for another product.
    WrongProduct,
    /// What became of the code is not known.
    Unknown,
}

impl PickupCodeState {
    /// Whether goods may still come out for it, so that its digits must not be given to another code.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Unused | Self::Held)
    }
}

impl IssuedPickupCode {
    /// What the code is at an instant: a hold that is over leaves it unused, its end leaves it expired. A hold that
    /// was granted in time outlasts that end, since the machine is dispensing.
    pub fn state_at(&self, now: Timestamp) -> PickupCodeState {
        let held = self.hold.as_ref().is_some_and(|hold| now < hold.until);
        match self.state {
            PickupCodeState::Held if held => PickupCodeState::Held,
            PickupCodeState::Unused | PickupCodeState::Held if self.is_over(now) => PickupCodeState::Expired,
            PickupCodeState::Unused | PickupCodeState::Held => PickupCodeState::Unused,
            state @ (PickupCodeState::Used
            | PickupCodeState::Expired
            | PickupCodeState::Cancelled
            | PickupCodeState::Unknown) => state,
        }
    }

    /// Makes the code what it is at an instant; gives whether that changed it.
    pub fn settle(&mut self, now: Timestamp) -> bool {
        let state = self.state_at(now);
        let changed = state != self.state;
        if changed {
            self.state = state;
            self.hold = None;
        }
        changed
    }

    /// Whether a machine may dispense for it. `product`: the number of the product that it would dispense, where
    /// the machine says.
    pub fn check(&self, machine: &str, product: Option<&str>, now: Timestamp) -> Verdict {
        let other = |wanted: Option<&Text>, given: &str| wanted.is_some_and(|wanted| **wanted != *given);
        let held = self.hold.as_ref().is_some_and(|hold| *hold.machine != *machine);
        let verdict = self.open(now);
        if verdict != Verdict::Good {
            verdict
        } else if other(self.machine.as_ref(), machine) {
            Verdict::WrongMachine
        } else if product.is_some_and(|product| other(self.product_number.as_ref(), product)) {
            Verdict::WrongProduct
        } else if held && self.state_at(now) == PickupCodeState::Held {
            Verdict::Held
        } else {
            Verdict::Good
        }
    }

    /// Holds the code for a machine for [`HOLD`], if [`IssuedPickupCode::check`] finds it good. The machine that
    /// has it already gets it anew.
    pub fn hold(&mut self, machine: &Text, product: Option<&str>, now: Timestamp) -> Verdict {
        let verdict = self.check(machine, product, now);
        if verdict == Verdict::Good {
            let until = now.saturating_add(HOLD).unwrap_or(Timestamp::MAX);
            self.hold = Some(Hold { machine: machine.clone(), until });
            self.state = PickupCodeState::Held;
        }
        verdict
    }

    /// Uses the code up. `nonce` tells one use from another: the same use may be told again, and is good again.
    ///
    /// The machine is not asked for, as InHand's platform does not name it here: it comes after the goods came
    /// out, so a hold, whoever has it, does not stand against it, nor must there be one.
    pub fn redeem(&mut self, nonce: &Text, now: Timestamp) -> Verdict {
        if self.state == PickupCodeState::Used && self.used_by.as_ref() == Some(nonce) {
            return Verdict::Good;
        }
        let verdict = self.open(now);
        if verdict == Verdict::Good {
            self.state = PickupCodeState::Used;
            self.used_at = Some(now);
            self.used_by = Some(nonce.clone());
            self.hold = None;
        }
        verdict
    }

    /// Cancels the code, unless a machine is dispensing for it. To cancel it again is good.
    pub fn cancel(&mut self, now: Timestamp) -> Verdict {
        match self.state_at(now) {
            PickupCodeState::Unused => {
                self.state = PickupCodeState::Cancelled;
                self.hold = None;
                Verdict::Good
            }
            PickupCodeState::Cancelled => Verdict::Good,
            PickupCodeState::Held => Verdict::Held,
            PickupCodeState::Used => Verdict::Used,
            PickupCodeState::Expired => Verdict::Expired,
            PickupCodeState::Unknown => Verdict::Unknown,
        }
    }

    /// Whether the code is live and its time has begun, whoever asks.
    fn open(&self, now: Timestamp) -> Verdict {
        match self.state_at(now) {
            PickupCodeState::Unused if self.starts_at.is_some_and(|start| now < start) => Verdict::NotStarted,
            PickupCodeState::Unused | PickupCodeState::Held => Verdict::Good,
            PickupCodeState::Used => Verdict::Used,
            PickupCodeState::Expired => Verdict::Expired,
            PickupCodeState::Cancelled => Verdict::Cancelled,
            PickupCodeState::Unknown => Verdict::Unknown,
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}
