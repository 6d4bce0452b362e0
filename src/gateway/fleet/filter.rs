//! Which machines of the fleet are asked for.

use super::{Row, known::Brief};
use crate::domain::{AccountName, Text, Vendor};

/// Conditions that all must hold; what is not known of a machine matches neither `true` nor `false`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachineFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// Of this vendor.
    pub vendor: Option<Vendor>,
    /// Online or not.
    pub online: Option<bool>,
    /// With or without faults.
    pub has_faults: Option<bool>,
    /// With or without a sold-out shelf.
    pub sold_out: Option<bool>,
    /// At this site of this account.
    pub site: Option<(AccountName, Text)>,
    /// On the line of this name.
    pub line_name: Option<String>,
    /// In the area of this name.
    pub area_name: Option<String>,
    /// With this text, in lower case, in number, name, address or site.
    pub search: Option<String>,
}

impl MachineFilter {
    /// Whether a machine of a matching account and site, which the search finds, meets the other conditions.
    pub(super) fn matches(&self, row: &Row) -> bool {
        let is = |wanted: &Option<String>, told: &Option<Text>| {
            wanted.as_deref().is_none_or(|wanted| told.as_deref() == Some(wanted))
        };
        row.last.brief().has(Brief::new(self.online, self.has_faults, self.sold_out))
            && is(&self.line_name, &row.machine.line_name)
            && is(&self.area_name, &row.machine.area_name)
    }

    /// Whether every machine of a matching account meets the conditions.
    pub fn is_open(&self) -> bool {
        let Self { accounts: _, vendor: _, online, has_faults, sold_out, site, line_name, area_name, search } =
            self;
        online.is_none()
            && has_faults.is_none()
            && sold_out.is_none()
            && site.is_none()
            && line_name.is_none()
            && area_name.is_none()
            && search.is_none()
    }

    /// Whether the conditions are about more than what machines were listed with.
    pub fn asks_what_is_known(&self) -> bool {
        self.online.is_some() || self.has_faults.is_some() || self.sold_out.is_some()
    }
}
