//! Commands of which it is not known what came of them.

use super::{START, asker, manual_clock, name, store};
use crate::{
    gateway::{commands::Commands, orders::intent},
    store::{Action, Begun, Change, Target},
};

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_cannot_be_settled_keep_no_others_from_being_looked_at() {
    let (account, clock) = (name("stuck"), manual_clock());
    let mut begun = Vec::new();
    for trade in 0..5 {
        let target = Target { trade_number: Some(trade.to_string().into()), ..Target::default() };
        let wanted = intent(&asker(&["stuck"]), &account, (Action::PayOrder, ""), target, clock.as_ref());
        assert_eq!(wanted.begun_at, START);
        let Ok(Begun::New(new)) = store().begin(&wanted, &Change::none()).await else { panic!("it is new") };
        begun.push(new.id);
    }
    let commands = Commands::new(store());
    let mut looked = Vec::new();
    for _ in 0..4 {
        let found = commands.next_unsettled(&account, 2).await.unwrap();
        looked.push(found.into_iter().map(|intent| intent.id).collect::<Vec<_>>());
    }
    assert_eq!(looked, [&begun[..2], &begun[2..4], &begun[4..], &begun[..2]]);
}
