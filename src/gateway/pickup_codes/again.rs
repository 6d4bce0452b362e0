//! Codes that are remembered of a vendor that lists its codes, told again as they now stand.

use std::{collections::BTreeMap, sync::Arc};

use super::{FoundPickupCode, is_listed};
use crate::{
    domain::{PickupCode, PickupCodeState, Text},
    gateway::{Account, Asker, Error, Fresh, Gateway, Result},
};

/// Machine, cabinet and shelf.
type Place = (Text, Text, Text);
/// What a vendor lists for a shelf, where it answers.
type List = Option<Fresh<Vec<PickupCode>>>;

impl Gateway {
    /// The codes, those that are remembered as unused and listed no more as not known, just as each by itself is told
    /// ([`Gateway::pickup_code`]). Where the vendor does not answer they are told as they are remembered: who repeats a
    /// command gets its answer.
    pub(super) async fn as_listed_now(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        mut codes: Vec<FoundPickupCode>,
    ) -> Vec<FoundPickupCode> {
        if !is_listed(account) {
            return codes;
        }
        let mut lists: BTreeMap<Place, List> = BTreeMap::new();
        for code in &mut codes {
            let FoundPickupCode::Kept(kept) = code else { continue };
            let code = &mut kept.code;
            let (Some(machine), Some(cabinet), Some(on)) = (&code.machine, &code.cabinet, &code.shelf) else {
                continue;
            };
            if code.state != PickupCodeState::Unused {
                continue;
            }
            let place = (machine.clone(), cabinet.clone(), on.clone());
            if !lists.contains_key(&place) {
                let list = self.listed_at(asker, account, &place).await;
                if let Err(error) = &list {
                    tracing::debug!(%error, "codes are told as they are remembered");
                }
                lists.insert(place.clone(), list.ok());
            }
            let Some(Some(list)) = lists.get(&place) else { continue };
            let number = code.number.rsplit('/').next().unwrap_or_default();
            if list.value.iter().all(|listed| &*listed.number != number) {
                code.state = PickupCodeState::Unknown;
            }
        }
        codes
    }

    async fn listed_at(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        (machine, cabinet, on): &Place,
    ) -> Result<Fresh<Vec<PickupCode>>> {
        let machine = self.machine(asker, account.name(), machine).await?;
        let (found, _) = machine.shelf(cabinet, on, asker).await?;
        let slot = found.slot.as_ref().ok_or(Error::NotFound)?;
        account.pickup_codes(machine.number(), slot, asker.until).await
    }
}
