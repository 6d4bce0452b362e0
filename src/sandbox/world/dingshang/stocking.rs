//! Replenishing: the merchant says what is in the slots now.

use super::Fleet;
use super::denied::Denied;
use super::machine::Slot;

/// Which slots of a machine are filled.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fill {
    /// All of a cabinet, to the top.
    Cabinet(char),
    /// Those of a category in a cabinet, to this many each.
    Category(char, u64, u32),
    /// One product, to this many.
    Product(u64, u32),
}

impl Fill {
    fn takes(self, slot: &Slot) -> bool {
        match self {
            Self::Cabinet(cabinet) => slot.cabinet == cabinet,
            Self::Category(cabinet, id, _) => {
                slot.cabinet == cabinet && u64::from(slot.good().category.id) == id
            }
            Self::Product(id, _) => slot.product_id == id,
        }
    }

    /// How many there shall be in a slot.
    fn stock(self, slot: &Slot) -> u32 {
        match self {
            Self::Cabinet(_) => slot.capacity,
            Self::Category(_, _, stock) | Self::Product(_, stock) => stock,
        }
    }
}

impl Fleet {
    /// Fills slots. A slot that cannot hold so much stays as it is, the others are filled.
    pub(crate) fn replenish(&self, machine: &str, fill: Fill) -> Result<(), Denied> {
        let mut state = self.write();
        let place = state.places.get(machine).copied().ok_or(Denied::NoSuchMachine)?;
        let found = state.machines.get_mut(place).ok_or(Denied::NoSuchMachine)?;
        let (mut filled, mut failed) = (0_usize, 0_usize);
        for slot in found.slots.iter_mut().filter(|slot| fill.takes(slot)) {
            let stock = fill.stock(slot);
            if stock > slot.capacity {
                failed += 1;
            } else {
                slot.stock = stock;
                filled += 1;
            }
        }
        match (filled, failed) {
            (0, 0) if matches!(fill, Fill::Product(..)) => Err(Denied::NoSuchProduct),
            (0, 0) => Err(Denied::NoSuchRecord),
            (_, 0) => Ok(()),
            (0, _) => Err(Denied::OverCapacity),
            (_, failed) => Err(Denied::SlotsFailed(failed)),
        }
    }
}
