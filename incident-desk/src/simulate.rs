//! Showing the simulated worlds of the test kit: for whoever looks for what went wrong in one, and for whoever
//! wants to see what a desk does when everything goes wrong.

use std::io::Write;

use incident_core::policy::Policy;
use incident_core::testkit::World;

use crate::cli::{Exit, Simulate};

/// Runs the worlds that the options name, and writes what happened.
///
/// # Errors
/// If nothing can be written.
pub fn simulate(options: &Simulate, out: &mut impl Write) -> anyhow::Result<Exit> {
    let exit = match (options.seed, &options.seeds) {
        (Some(seed), _) => tell(options, seed, out)?,
        (None, Some(seeds)) => {
            let mut broken = 0_u64;
            for seed in seeds.clone() {
                if let Err(failure) = world(options, seed).run() {
                    broken += 1;
                    writeln!(out, "{failure}\n")?;
                }
            }
            writeln!(out, "{} worlds, {broken} of them broken", seeds.end - seeds.start)?;
            if broken == 0 { Exit::Success } else { Exit::Failure }
        }
        (None, None) => Exit::Usage,
    };
    out.flush()?;
    Ok(exit)
}

fn tell(options: &Simulate, seed: u64, out: &mut impl Write) -> anyhow::Result<Exit> {
    match world(options, seed).run() {
        Ok(tale) => {
            write!(out, "{tale}")?;
            Ok(Exit::Success)
        }
        Err(failure) => {
            writeln!(out, "{}\nBROKEN in step {}: {}", failure.tale, failure.step, failure.broken)?;
            Ok(Exit::Failure)
        }
    }
}

fn world(options: &Simulate, seed: u64) -> World {
    let mut world = World::new(seed);
    if let Some(steps) = options.steps {
        world = world.with_steps(steps);
    }
    if let Some(preset) = options.policy {
        world = world.with_policy(Policy::preset(preset));
    }
    world
}
