//! Measures the workers beside what they are compared with.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::dev;
use crate::process::{command, output};
use crate::setup;

/// What an option's number may be at most.
const OPTIONS: [(&str, u32); 3] = [("--rounds", 100), ("--seconds", 600), ("--connections", 1000)];

/// Refuses wrong options before anything is built.
pub(crate) fn check(options: &[String]) -> Result<Vec<String>> {
    let mut words = options.iter();
    while let Some(option) = words.next() {
        let Some((_, most)) = OPTIONS.into_iter().find(|(name, _)| name == option) else {
            bail!("{option}: one of --rounds, --seconds, --connections is expected");
        };
        let value = words.next().with_context(|| format!("{option} needs a number"))?;
        if !value.parse().is_ok_and(|number: u32| (1..=most).contains(&number)) {
            bail!("{option} {value}: a whole number of 1..{most} is expected");
        }
    }
    Ok(options.to_vec())
}

/// Builds the workers and what the simulated world consists of, and measures.
pub(crate) fn run(root: &Path, options: &[String]) -> Result<()> {
    if output(command(root, "sh").args(["-c", "command -v wrk"])).is_none() {
        setup::apt_install(root, &["wrk"])?;
    }
    dev::programs(root)?;
    dev::become_node(root, "benches/run.mjs", options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked_before_anything_is_built() {
        let check =
            |text: &str| check(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert!(check("").is_ok());
        assert!(check("--rounds 3 --seconds 1 --connections 8").is_ok());
        for wrong in
            ["--rounds", "--rounds 0", "--seconds 1.5", "--connections 1001", "5", "--fast"]
        {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
