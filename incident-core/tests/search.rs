//! Everything that three people can do to two incidents, in every order, under every preset and under two
//! policies that allow all there is.
//!
//! `INCIDENT_SEARCH_DEPTH=7 cargo test -p incident-core --test search` searches deeper, and takes minutes.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use incident_core::incident::{Fact, Level, StateKind};
use incident_core::policy::{Member, Patience, Policy, Preset, Quota, Role, Roles, Rules, Standing};
use incident_core::testkit::invariants::{Broken, Held};
use incident_core::testkit::search::{Found, Search};
use incident_core::testkit::{Moment, cast, explore};
use serde::de::DeserializeOwned;

/// How many turns are searched where nobody says otherwise: all together take less than a minute on two cores.
const DEPTH: usize = 5;

#[expect(clippy::disallowed_methods, reason = "how much time there is, only whoever starts the test knows")]
fn depth() -> usize {
    std::env::var("INCIDENT_SEARCH_DEPTH")
        .map_or(DEPTH, |turns| turns.parse().expect("it is a number of turns"))
}

fn one_report_in_ten_minutes() -> Policy {
    let quota = Quota { count: 1, within: Duration::from_secs(600) };
    Policy::new(Rules { reports: Some(quota), ..Rules::from(Preset::TwoTier) }).expect("one is enough")
}

/// A driver, a responder of a team, and a manager who administers the chat as well.
fn all_powers() -> [Member; 3] {
    let roles = Roles::from(Role::Manager).with(Role::Admin);
    let responder = Standing { roles: Role::Responder.into(), teams: vec![cast::TYRES] };
    [
        cast::member(cast::DRIVER),
        Member::new(cast::ANN, responder),
        Member::new(cast::MIA, Standing { roles, teams: Vec::new() }),
    ]
}

fn search(policy: &Policy) -> Found {
    // Where each priority waits for another time there are four times as many states; that is searched less deeply.
    let rules = Rules { patience: Patience::default(), ..policy.rules().clone() };
    let policy = &Policy::new(rules).expect("patience alone was changed");
    search_to(depth(), policy)
}

#[expect(clippy::print_stdout, reason = "how much was searched is what `--nocapture` is for")]
fn search_to(depth: usize, policy: &Policy) -> Found {
    let search = Search::under(policy.clone()).to_depth(depth);
    let free = policy.rules().override_state;
    let search = if free { search.with(all_powers()) } else { search };
    let found = search.run().unwrap_or_else(|broken| panic!("{broken}"));
    println!("{:?}: {found}", policy.rules().preset);
    found
}

macro_rules! searched {
    ($($name:ident: $constant:ident = $policy:expr,)*) => {
        $(
            static $constant: LazyLock<Found> = LazyLock::new(|| search(&$policy));

            #[test]
            fn $name() {
                let found = &*$constant;
                assert!(found.pairs > 1_000 && found.compared > 10, "{found}");
            }
        )*

        fn all() -> Vec<&'static Found> {
            vec![$(&*$constant),*]
        }
    };
}

searched! {
    nothing_breaks_two_tiers: TWO_TIER = Policy::preset(Preset::TwoTier),
    nothing_breaks_shared_tiers: SHARED = Policy::preset(Preset::TwoTierShared),
    nothing_breaks_departments: DEPARTMENTS = Policy::preset(Preset::Departments),
    nothing_breaks_support: SUPPORT = Policy::preset(Preset::Support),
    nothing_breaks_tickets: TICKETS = Policy::preset(Preset::Tickets),
    nothing_breaks_a_quota_of_one_report: QUOTA = one_report_in_ten_minutes(),
    nothing_breaks_what_allows_everything_to_one: EXCLUSIVE = explore::policies()[5],
    nothing_breaks_what_allows_everything_to_several: TOGETHER = explore::policies()[6],
}

#[test]
fn nothing_breaks_where_the_urgent_wait_less_than_others() {
    for preset in [Preset::TwoTier, Preset::Departments, Preset::Support] {
        let found = search_to(depth() - 2, &Policy::preset(preset));
        assert!(found.pairs > 100 && found.compared > 10, "{found}");
    }
}

/// Names the variants of an enum that is stored with a tag, from what serde says about an unknown one.
fn variants<T: DeserializeOwned + std::fmt::Debug>(tag: &str) -> BTreeSet<String> {
    let error =
        serde_json::from_str::<T>(&format!(r#"{{"{tag}":"?"}}"#)).expect_err("there is no such variant");
    error.to_string().split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

/// As serde writes it.
fn stored(name: &str) -> String {
    let mut stored = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !stored.is_empty() {
            stored.push('_');
        }
        stored.extend(letter.to_lowercase());
    }
    stored
}

#[test]
fn every_state_every_fact_and_every_refusal_is_reached() {
    let together = |of: fn(&Found) -> &BTreeSet<String>| -> BTreeSet<String> {
        all().into_iter().flat_map(of).map(|name| stored(name)).collect()
    };
    assert_eq!(
        all().into_iter().flat_map(|found| &found.kinds).copied().collect::<BTreeSet<_>>(),
        BTreeSet::from(StateKind::ALL)
    );
    assert_eq!(together(|found| &found.facts), variants::<Fact>("type"));
    assert_eq!(
        together(|found| &found.rejections),
        variants::<incident_core::incident::Rejection>("rejection")
    );
}

/// A property that does not hold: what was claimed at the second level is never given back to the first.
fn nothing_is_given_back(moment: &Moment<'_>) -> Held {
    let before = moment.before.map_or(Level::FIRST, |before| before.level);
    let after = moment.incident().map_or(before, |incident| incident.level);
    if after < before {
        return Err(Broken { invariant: "nothing is given back", how: format!("it came to level {after}") });
    }
    Ok(())
}

#[test]
fn what_breaks_is_shown_as_the_shortest_test() {
    let search = Search::under(Policy::preset(Preset::TwoTier)).requiring(nothing_is_given_back);
    let broken = search.run().expect_err("it is false");
    let test = "given(Policy::preset(Preset::TwoTier))
    .when(DRIVER, report(\"A tyre is flat\")).then_in(StateKind::Open).and()
    .when(MIA, Command::Escalate).then_in(StateKind::Open).and()
    .when(MIA, Command::Deescalate { to: Level::FIRST }).keeps(property); // invariant nothing is given back is broken: it came to level 1";
    assert_eq!(broken.to_string(), test);
}

#[test]
fn a_shallow_search_that_found_everything_says_so() {
    let nobody =
        Search::under(Policy::preset(Preset::TwoTier)).with([]).run().expect("nobody breaks anything");
    assert_eq!((nobody.pairs, nobody.states, nobody.complete), (1, 1, Some(0)));
}
