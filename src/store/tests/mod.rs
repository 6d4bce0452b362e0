//! The contract of the store: one suite, run over every backend.

mod codes;
#[path = "../../../tests/postgres/database.rs"]
pub(crate) mod database;
mod events;
mod file;
mod gateways;
mod intents;
mod leads;
mod line;
mod lines;
mod log;
mod orders;
mod refills;
pub(super) mod samples;
mod speed;
mod trail;
mod young;

use std::sync::Arc;

use async_trait::async_trait;
use tempfile::TempDir;

use super::{Store, open};
use database::Database;

/// Where a store lies that can be opened again and again.
#[async_trait]
trait Place: Send + Sync {
    async fn open(&self) -> Arc<dyn Store>;
}

struct File(TempDir);

impl File {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn url(&self) -> String {
        format!("sqlite://{}/vendgraph.db", self.0.path().display())
    }
}

#[async_trait]
impl Place for File {
    async fn open(&self) -> Arc<dyn Store> {
        open(&self.url()).await.unwrap()
    }
}

#[async_trait]
impl Place for Database {
    async fn open(&self) -> Arc<dyn Store> {
        open(&self.url()).await.unwrap()
    }
}

macro_rules! contract {
    ($($area:ident: $($name:ident)+;)+) => {
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$area::$name(&super::File::new()).await;
                }
            )+)+
        }
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$area::$name(&super::Database::new().await).await;
                }
            )+)+
        }
    };
}

contract! {
    intents:
        of_a_hundred_that_begin_under_one_key_one_is_new
        another_input_under_a_key_is_a_conflict
        a_key_is_the_subjects_the_accounts_and_the_actions_own
        an_order_takes_one_command_at_a_time
        of_many_commands_on_one_order_one_gets_it
        a_command_of_unknown_outcome_holds_its_order_until_it_is_settled
        what_was_under_way_is_found_after_a_restart
        the_first_known_ending_stays
        what_is_refused_stores_nothing
        keys_are_forgotten_and_the_trail_is_kept
        the_trail_is_paged_newest_first;
    trail:
        old_commands_go_and_what_is_needed_stays
        a_command_that_reached_a_machine_is_in_the_log_unless_it_was_not_done;
    orders:
        an_order_comes_back_as_it_was_stored
        every_state_comes_back
        savers_lose_nothing_of_each_other
        news_that_came_before_the_ending_is_not_lost_by_it
        an_order_is_found_by_its_callback_and_number
        pages_stay_stable_while_orders_come
        filters_match_what_they_say
        lapsed_orders_are_due_and_told_as_expired
        a_nul_is_stored_as_a_mark_in_its_place;
    lines:
        lines_come_newest_first_each_once_and_with_their_orders
        conditions_on_lines_match_what_they_say
        sums_are_by_machine_way_of_payment_and_currency;
    codes:
        of_two_hundred_machines_one_holds_a_code
        of_many_uses_one_is_granted_and_may_be_told_again
        a_hold_survives_a_restart
        digits_are_unique_while_their_code_is_live
        of_many_that_take_the_same_digits_one_gets_them
        a_vendors_digits_are_remembered_whatever_they_are
        codes_are_listed_as_they_are_now
        time_is_written_down_in_steps;
    events:
        what_is_told_again_is_known_by_the_rule_of_its_kind
        a_message_that_comes_again_is_known_by_its_nonce
        every_kind_comes_back_as_it_was_told_after_a_restart
        what_changes_an_order_is_in_the_log_with_it_or_not_at_all
        what_changes_a_code_is_in_the_log_with_it_or_not_at_all
        old_events_go_and_the_last_word_on_each_machine_stays
        nonces_are_forgotten_in_steps_and_the_events_stay
        what_was_committed_is_told_though_nobody_waited_for_it;
    refills:
        refills_are_listed_by_when_they_were_done_each_once
        the_last_word_of_an_account_is_its_own_and_the_newest
        a_time_that_has_not_come_is_that_at_which_it_was_told
        the_last_words_of_machines_come_in_their_order_each_machine_its_own;
    log:
        a_batch_is_answered_as_its_events_would_be_one_by_one
        every_filter_gives_from_every_place_what_it_says
        who_follows_sees_all_in_order_while_many_write;
    leads:
        of_many_who_want_to_lead_one_does
        a_lead_is_free_once_it_is_dropped
        a_lead_ends_with_the_store;
}
