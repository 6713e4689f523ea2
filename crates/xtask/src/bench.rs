//! Measures the workers beside what they are compared with.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process::{command, output, step};
use crate::{bundle, dev, setup};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// The workers beside what they are compared with.
    Workers,
    /// What it costs to know who asks, whether they may, and how often.
    Auth,
    /// Events on their way to webhook endpoints.
    Webhooks,
}

/// What an option's number may be at most.
const OPTIONS: [(&str, u32); 3] = [("--rounds", 100), ("--seconds", 600), ("--connections", 1000)];

/// Reads what is to be measured, and refuses wrong options before anything is built.
pub(crate) fn check(words: &[String]) -> Result<(Suite, Vec<String>)> {
    let (suite, options) = match words.split_first() {
        Some((word, rest)) if word == "auth" => (Suite::Auth, rest),
        Some((word, rest)) if word == "webhooks" => (Suite::Webhooks, rest),
        _ => (Suite::Workers, words),
    };
    if suite == Suite::Webhooks && !options.is_empty() {
        bail!("bench webhooks takes no options");
    }
    let mut words = options.iter();
    while let Some(option) = words.next() {
        let Some((_, most)) = OPTIONS.into_iter().find(|(name, _)| name == option) else {
            bail!(
                "{option}: one of auth, webhooks, --rounds, --seconds, --connections is expected"
            );
        };
        let value = words.next().with_context(|| format!("{option} needs a number"))?;
        if !value.parse().is_ok_and(|number: u32| (1..=most).contains(&number)) {
            bail!("{option} {value}: a whole number of 1..{most} is expected");
        }
    }
    Ok((suite, options.to_vec()))
}

/// Builds the workers and what the simulated world consists of, and measures.
pub(crate) fn run(root: &Path, suite: Suite, options: &[String]) -> Result<()> {
    if suite != Suite::Webhooks
        && output(command(root, "sh").args(["-c", "command -v wrk"])).is_none()
    {
        setup::apt_install(root, &["wrk"])?;
    }
    dev::programs(root)?;
    let program = match suite {
        Suite::Workers => "benches/run.mjs",
        Suite::Auth => {
            bundle::bare(root, &setup::wasm(root)?)?;
            "benches/auth.mjs"
        }
        Suite::Webhooks => {
            let signing = "build --quiet --release -p dcvaas-testkit --example signing";
            let mut cargo = command(root, "cargo");
            // The workers' profile is for size; this is to be as quick as a machine signs.
            cargo.args(signing.split(' ')).envs([
                ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
                ("CARGO_PROFILE_RELEASE_LTO", "off"),
                ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
            ]);
            step("signing", &mut cargo)?;
            "benches/webhooks.mjs"
        }
    };
    dev::become_node(root, program, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked_before_anything_is_built() {
        let check =
            |text: &str| check(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(check("").unwrap().0, Suite::Workers);
        assert_eq!(check("webhooks").unwrap(), (Suite::Webhooks, Vec::new()));
        let (suite, options) = check("auth --rounds 3 --seconds 1 --connections 8").unwrap();
        assert_eq!((suite, options.len()), (Suite::Auth, 6));
        for wrong in [
            "--rounds",
            "--rounds 0",
            "--seconds 1.5",
            "--connections 1001",
            "5",
            "--fast",
            "--rounds 1 auth",
            "webhooks --rounds 1",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
