//! Faults that can be switched on: each vendor's every way to fail, told once and served on demand.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The answer comes, but later.
    Delay {
        /// How much later.
        millis: u64,
    },
    /// This HTTP status with a page of HTML, as a proxy in front of the vendor sends.
    Status(u16),
    /// The vendor's own envelope of a failure.
    Refuse {
        /// Dingshang's `code` (a number) or InHand's `errorCode`.
        code: String,
        /// Dingshang's `message`; InHand has no place for it.
        #[serde(default)]
        message: String,
    },
    /// The envelope of a success around data of a shape no document knows.
    WrongShape,
    /// A complete HTTP answer whose JSON ends half way.
    Truncated,
    /// A complete HTTP answer that is no JSON at all.
    Garbage,
    /// An answer that goes on for this many bytes, its length not told beforehand.
    Oversized {
        /// About how long the body is.
        bytes: u64,
    },
    /// The request is read, then the connection is closed without a byte.
    Cut,
    /// Half of the promised body, then the connection is closed.
    CutInBody,
    /// The request is read and nothing ever comes.
    Hang,
}

/// Whether the world has changed by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The vendor never gets to act, but where the effect is made of its answer (`delay`, `truncated`, `cut_in_body`).
    #[default]
    Before,
    /// The vendor acts, and the answer is what suffers: lost, late or replaced.
    After,
}

impl When {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    fn is_before(&self) -> bool {
        *self == Self::Before
    }
}

/// One fault: what goes wrong, where, when and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub effect: Effect,
    /// Only calls whose path begins so; for Dingshang the base may be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only this call, written as the document does: `PUT /orders/{order_id}`, or any method of `/pickup_codes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// Whether it strikes before or after the vendor acts.
    #[serde(default, skip_serializing_if = "When::is_before")]
    pub when: When,
    /// Only calls about this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// Only the next so many calls; without it, until it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

impl Fault {
    /// A fault of every call until it is switched off.
    pub fn new(effect: Effect) -> Self {
        Self { effect, path: None, call: None, when: When::Before, machine: None, times: None }
    }

    /// Only calls whose path begins so.
    #[must_use]
    pub fn on_path(mut self, prefix: impl Into<String>) -> Self {
        self.path = Some(prefix.into());
        self
    }

    /// Only this call, such as `POST /orders` or `/replenishments`.
    #[must_use]
    pub fn on_call(mut self, call: impl Into<String>) -> Self {
        self.call = Some(call.into());
        self
    }

    /// The vendor acts first.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.when = When::After;
        self
    }

    /// Only calls about this machine.
    #[must_use]
    pub fn on_machine(mut self, machine: impl Into<String>) -> Self {
        self.machine = Some(machine.into());
        self
    }

    /// Only the next `times` calls.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    fn strikes(&self, aim: &Aim<'_>) -> bool {
        let here = |prefix: &String| aim.paths.iter().any(|path| path.starts_with(prefix.as_str()));
        self.times != Some(0)
            && self.path.as_ref().is_none_or(here)
            && self.call.as_ref().is_none_or(|call| aim.is(call))
            && self.machine.as_ref().is_none_or(|machine| aim.machines.contains(machine))
    }
}

/// What a fault is aimed by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aim<'a> {
    /// The spellings of the path.
    pub(crate) paths: &'a [&'a str],
    /// The HTTP method.
    pub(crate) method: &'a str,
    /// The path as the document writes it.
    pub(crate) template: &'a str,
    /// The machines the call is about.
    pub(crate) machines: &'a [String],
}

impl Aim<'_> {
    fn is(&self, call: &str) -> bool {
        match call.split_once(' ') {
            Some((method, template)) => method == self.method && template == self.template,
            None => call == self.template,
        }
    }
}

/// The faults of one vendor that are switched on.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Switches one more fault on.
    pub fn add(&self, fault: Fault) {
        self.with(|faults| faults.push(fault));
    }

    /// Switches on exactly these.
    pub fn set(&self, faults: Vec<Fault>) {
        self.with(|current| *current = faults);
    }

    /// Switches all off.
    pub fn clear(&self) {
        self.set(Vec::new());
    }

    /// Those that are on; one that struck as often as it was to is off.
    pub fn list(&self) -> Vec<Fault> {
        self.with(|faults| faults.clone())
    }

    /// What befalls a call, and counts it: all delays that strike, then the first other effect.
    pub(crate) fn strike(&self, aim: &Aim<'_>) -> Vec<(When, Effect)> {
        self.with(|faults| {
            let mut effects = Vec::new();
            for fault in faults.iter_mut() {
                if !fault.strikes(aim) {
                    continue;
                }
                fault.times = fault.times.map(|times| times - 1);
                effects.push((fault.when, fault.effect.clone()));
                if !matches!(fault.effect, Effect::Delay { .. }) {
                    break;
                }
            }
            faults.retain(|fault| fault.times != Some(0));
            effects
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Fault>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, Effect, Fault, Faults, When};

    fn strike(faults: &Faults, path: &str, machine: &str) -> Vec<Effect> {
        let machines = [machine.to_owned()];
        let aim =
            Aim { paths: &["/base", path], method: "POST", template: "/products/{id}", machines: &machines };
        faults.strike(&aim).into_iter().map(|(_, effect)| effect).collect()
    }

    #[test]
    fn a_counted_fault_strikes_as_often_as_it_was_told_and_is_then_off() {
        let faults = Faults::default();
        faults.add(Fault::new(Effect::Cut).times(2));
        assert_eq!(strike(&faults, "/ping", ""), [Effect::Cut]);
        assert_eq!(strike(&faults, "/ping", ""), [Effect::Cut]);
        assert!(strike(&faults, "/ping", "").is_empty());
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_fault_of_a_path_a_machine_or_a_call_spares_the_others() {
        let faults = Faults::default();
        faults.add(Fault::new(Effect::Hang).on_path("/products").on_machine("1"));
        assert!(strike(&faults, "/products", "2").is_empty());
        assert!(strike(&faults, "/floors", "1").is_empty());
        assert_eq!(strike(&faults, "/products", "1"), [Effect::Hang]);
        faults.set(vec![Fault::new(Effect::Cut).on_call("PUT /products/{id}")]);
        assert!(strike(&faults, "/products/3", "1").is_empty());
        for call in ["POST /products/{id}", "/products/{id}"] {
            faults.set(vec![Fault::new(Effect::Cut).on_call(call)]);
            assert_eq!(strike(&faults, "/products/3", "1"), [Effect::Cut]);
        }
    }

    #[test]
    fn delays_add_to_the_first_other_effect_and_the_rest_waits() {
        let faults = Faults::default();
        faults.set(vec![
            Fault::new(Effect::Delay { millis: 5 }),
            Fault::new(Effect::Status(503)).times(1),
            Fault::new(Effect::Garbage).times(1),
        ]);
        let delay = Effect::Delay { millis: 5 };
        assert_eq!(strike(&faults, "/", ""), [delay.clone(), Effect::Status(503)]);
        assert_eq!(strike(&faults, "/", ""), [delay.clone(), Effect::Garbage]);
        assert_eq!(strike(&faults, "/", ""), [delay]);
    }

    #[test]
    fn a_fault_is_written_as_json_and_a_misspelt_one_is_refused() {
        let text = r#"[{"effect":"cut"},{"effect":{"delay":{"millis":200}},"path":"/products","times":3},
            {"effect":{"status":503}},{"effect":{"refuse":{"code":"6015"}},"machine":"1"},
            {"effect":"hang","call":"POST /orders","when":"after","times":1}]"#;
        let faults: Vec<Fault> = serde_json::from_str(text).unwrap();
        assert_eq!(faults[0], Fault::new(Effect::Cut));
        assert_eq!(faults[1].times, Some(3));
        assert_eq!(faults[2].effect, Effect::Status(503));
        assert_eq!(faults[4], Fault::new(Effect::Hang).on_call("POST /orders").after().times(1));
        assert_eq!(faults[4].when, When::After);
        assert!(serde_json::from_str::<Vec<Fault>>(r#"[{"effect":"cut","tiems":1}]"#).is_err());
        assert!(serde_json::from_str::<Vec<Fault>>(r#"[{"effect":"cut","when":"during"}]"#).is_err());
    }
}
