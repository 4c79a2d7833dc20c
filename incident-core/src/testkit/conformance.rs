//! What every store must prove: one named test for each promise of [`Store`](crate::ports::Store).
//!
//! The list of tests stands in [`store_conformance!`](crate::store_conformance), once, so that a new line is a
//! new test for every store there is. Each test is a function here: its name says what is promised, its first
//! line why.

pub mod admission;
pub mod card;
pub mod cases;
pub mod commit;
pub mod files;
pub mod fixture;
pub mod inbox;
pub mod lease;
pub mod message;
pub mod mirror;
pub mod number;
pub mod outbox;
pub mod people;
pub mod query;
pub mod race;
pub mod recall;
pub mod rooms;
pub mod roster;
pub mod wake;

/// Expands to one `#[test]` for each promise of [`Store`](crate::ports::Store).
///
/// `fresh` names an `async fn` without arguments that returns an empty store and a guard, which is dropped after
/// the store (a temporary directory, or `()`). `block_on` names a function that runs a future to its end and
/// returns its output. It is called from several threads at once, with futures of one store: a store that needs
/// a runtime gets one for the whole test program.
///
/// ```
/// # mod example {
/// use incident_core::memory::MemoryStore;
///
/// async fn fresh() -> (MemoryStore, ()) {
///     (MemoryStore::new(), ())
/// }
///
/// incident_core::store_conformance!(fresh, futures::executor::block_on);
/// # }
/// ```
#[macro_export]
macro_rules! store_conformance {
    ($fresh:path, $block_on:path) => {
        $crate::store_conformance! { @alone $fresh, $block_on,
            commit:
                a_commit_can_be_read_back
                what_was_never_committed_is_absent
                a_stale_commit_changes_nothing
                an_incident_is_filed_once
                a_commit_to_an_incident_that_does_not_exist_conflicts
                a_commit_reaches_no_incident_of_another_company
                a_redelivery_gets_the_first_answer
                a_redelivered_report_files_nothing
                another_request_is_applied
                what_was_answered_can_be_asked
                requests_are_forgotten_by_age
                events_keep_their_order
                a_journal_says_who_did_something
                the_journal_folds_to_the_state
                erasing_a_person_rewrites_what_they_wrote
                erasing_reaches_the_events_of_its_own_commit
                ;
            number:
                numbers_count_up_from_one
                an_incident_keeps_its_number
                every_company_counts_for_itself
                every_year_begins_with_one
                the_year_is_that_of_the_report
                numbers_follow_the_order_of_filing
                a_refused_filing_takes_nobodys_number
                ;
            admission:
                a_question_about_a_group_goes_to_the_chat_it_names;
            outbox:
                what_is_owed_may_be_claimed
                a_claim_stays_in_its_lane
                effects_of_one_incident_and_lane_keep_their_order
                a_stuck_incident_blocks_no_other
                a_stuck_lane_blocks_no_other
                one_effect_of_a_lane_at_a_time_goes_to_a_chat
                a_chat_is_free_again_when_the_lease_ends
                a_more_urgent_lane_goes_first
                urgency_counts_within_a_chat
                what_must_wait_holds_up_no_other_lane
                the_oldest_effect_goes_first
                a_parked_chat_is_left_alone_in_every_lane
                the_longer_of_two_parks_counts
                what_was_abandoned_stands_in_nobodys_way
                what_was_abandoned_is_forgotten_in_time
                the_outlook_names_the_instant_of_the_next_delivery
                the_outlook_counts_what_is_owed
                a_chat_is_named_with_its_platform
                ;
            lease:
                a_lease_keeps_others_away_until_it_ends
                what_was_done_is_owed_no_more
                a_lease_that_ended_may_still_be_settled
                whoever_lost_the_lease_cannot_settle
                a_claim_cannot_be_settled_again
                what_is_claimed_is_being_sent_until_it_is_settled
                what_is_being_sent_is_told_by_chat_and_lane
                a_retry_waits_for_its_instant
                a_retry_gives_the_lease_back
                attempts_are_counted
                released_leases_may_be_claimed_at_once
                releasing_leases_ends_no_wait
                ;
            card:
                a_card_that_waits_is_not_owed_again
                a_card_is_owed_once_by_a_commit
                notices_are_not_merged
                a_card_that_is_being_drawn_is_owed_again
                a_card_can_be_owed_although_nothing_happened
                a_card_whose_lease_ended_is_owed_again
                a_card_to_be_tried_again_is_not_owed_again
                a_card_that_was_abandoned_is_owed_again
                every_incident_has_a_card_of_its_own
                a_commit_may_claim_its_own_effects
                what_was_born_claimed_may_be_lost
                a_commit_claims_in_every_lane
                a_commit_claims_nothing_of_others
                what_must_wait_is_not_born_claimed
                a_merged_card_is_not_born_claimed
                a_refused_commit_owes_nothing
                ;
            message:
                what_was_posted_is_known
                a_newer_card_replaces_the_older_one
                a_card_may_come_to_be_pinned
                cards_elsewhere_stay
                messages_that_are_gone_are_forgotten
                a_card_that_was_gone_may_be_posted_anew
                a_retry_keeps_what_was_posted
                messages_belong_to_their_company
                ;
            mirror:
                what_is_owed_in_one_chat_waits_for_no_other
                a_card_is_owed_in_each_chat
                a_commit_claims_in_every_chat
                a_linked_chat_belongs_to_its_group
                what_a_group_is_told_goes_to_all_its_chats
                a_linked_chat_belongs_to_one_group
                a_chat_that_was_left_is_owed_nothing
                a_group_lives_on_where_it_was_linked
                ;
            wake:
                an_incident_is_due_exactly_when_it_asked
                an_incident_without_wake_is_never_due
                those_due_longest_come_first
                no_more_are_due_than_asked_for
                a_later_commit_replaces_the_wake
                a_wake_that_ended_with_a_claim_comes_back_with_a_release
                a_wake_can_be_moved
                a_wake_of_another_version_stays
                a_wake_of_another_company_stays
                the_outlook_names_the_next_wake
                a_company_is_due_exactly_when_it_asked
                companies_due_longest_come_first
                the_wake_of_a_company_can_be_moved
                a_roster_commit_replaces_the_wake_of_its_company
                ;
            query:
                an_incident_is_found_by_its_number
                a_list_is_in_the_order_of_ids
                a_list_shows_what_was_asked_for
                a_list_shows_what_has_a_tag
                filters_of_a_list_hold_together
                pages_join_to_the_whole_list
                a_page_begins_after_any_id
                a_group_counts_all_it_ever_had
                reports_are_newest_first
                a_report_keeps_its_instant
                companies_see_nothing_of_each_others_incidents
                ;
            people:
                an_account_is_registered_at_first_sight
                accounts_decide_who_somebody_is
                what_changed_about_a_person_is_remembered
                what_somebody_was_called_before_is_kept
                the_latest_hundred_renamings_are_kept_until_they_are_forgotten
                people_come_in_the_order_asked_for
                an_account_leads_to_its_person
                a_handle_leads_to_its_owner
                a_handle_belongs_to_whom_it_was_last_seen_with
                a_handle_that_was_given_up_leads_nowhere
                losing_a_handle_costs_nobody_else_theirs
                every_company_knows_its_own_people
                ;
            files:
                what_files_a_group_is_owed_is_kept_whole
                ;
            roster:
                a_roster_can_be_read_back
                schedules_can_be_read_back
                a_shift_is_paged_in_the_chat_of_its_group
                a_company_that_was_never_founded_is_absent
                companies_are_in_the_order_of_their_ids
                a_stale_roster_commit_changes_nothing
                a_company_is_founded_once
                a_roster_redelivery_gets_the_first_answer
                a_request_is_applied_to_one_aggregate
                what_a_group_is_told_goes_to_its_chat
                what_one_group_is_told_waits_for_no_other
                upkeep_waits_for_its_company_only
                a_chat_belongs_to_its_group_in_every_status
                a_chat_belongs_to_one_group
                two_groups_of_a_company_have_two_chats
                rosters_belong_to_their_company
                a_moved_chat_is_found_at_its_new_address
                a_moved_chat_takes_its_effects_along
                chats_that_swap_take_their_effects_along
                a_moved_chat_takes_its_park_along
                a_moved_chat_forgets_its_messages
                a_store_that_works_says_so
                ;
        }
        $crate::store_conformance! { @at_once $fresh, $block_on,
            number:
                numbers_go_on_beyond_four_digits
                ;
            race:
                of_those_who_commit_at_once_one_wins
                no_number_is_given_twice
                a_request_delivered_at_once_is_applied_once
                an_effect_is_claimed_by_one_worker
                a_claim_is_settled_once
                an_account_is_registered_once
                a_chat_that_several_want_becomes_one_groups
                ;
        }
    };
    (@alone $fresh:path, $block_on:path, $($subject:ident: $($test:ident)*;)*) => {
        $($(
            #[test]
            fn $test() {
                $block_on(async {
                    let (opened, _guard) = $fresh().await;
                    let store = opened;
                    $crate::testkit::conformance::$subject::$test(&store).await;
                });
            }
        )*)*
    };
    (@at_once $fresh:path, $block_on:path, $($subject:ident: $($test:ident)*;)*) => {
        $($(
            #[test]
            fn $test() {
                let (opened, _guard) = $block_on($fresh());
                let store = opened;
                $crate::testkit::conformance::$subject::$test(&store, &|work| $block_on(work));
            }
        )*)*
    };
}
