//! Runs every test of the repository, in four layers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::counts::{self, Counts};
use crate::process::{command, now, output, seconds, shown};
use crate::{dev, setup};

/// A group of tests that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Formatting, lints and native tests.
    Unit,
    /// The real workers on workerd, against the simulator.
    E2e,
    /// What a fuzzer makes of the API's document, on a real stack: so many requests.
    Fuzz(u32),
    /// The dashboard, by itself and in Chromium on a real stack.
    Web,
}

impl Layer {
    /// All of them, quickest first.
    pub(crate) const ALL: [Self; 4] = [Self::Unit, Self::E2e, Self::Fuzz(2_000), Self::Web];
    /// The requests of the fuzzer where it runs alone.
    const FUZZED: u32 = 20_000;

    const fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::E2e => "e2e",
            Self::Fuzz(_) => "fuzz",
            Self::Web => "web",
        }
    }

    /// Reads a name, and how many requests the fuzzer makes.
    pub(crate) fn parse(text: &str, requests: Option<&str>) -> Result<Self> {
        if let Some(number) = requests {
            let requests = number.parse().ok().filter(|requests| *requests > 0);
            return match (text, requests) {
                ("fuzz", Some(requests)) => Ok(Self::Fuzz(requests)),
                _ => bail!("write: cargo xtask test fuzz --requests N, with a whole number from 1"),
            };
        }
        if text == "fuzz" {
            return Ok(Self::Fuzz(Self::FUZZED));
        }
        match Self::ALL.into_iter().find(|layer| layer.name() == text) {
            Some(layer) => Ok(layer),
            None => bail!("unknown layer {text}; one of unit, e2e, fuzz, web"),
        }
    }

    fn run(self, root: &Path) -> Result<Counts> {
        match self {
            Self::Unit => unit(root),
            Self::E2e => e2e(root),
            Self::Fuzz(requests) => fuzz(root, requests),
            Self::Web => web(root),
        }
    }
}

/// Runs the layers to the end, whatever fails, and closes with the counts.
pub(crate) fn run(root: &Path, layers: &[Layer]) -> Result<()> {
    let mut sum = Counts::default();
    for layer in layers {
        let start = now();
        eprintln!("== {}", layer.name());
        let counts = layer.run(root).and_then(|counts| match counts {
            Counts { passed: 0, failed: 0 } => bail!("no test ran"),
            counts => Ok(counts),
        });
        let counts = counts.unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Counts { passed: 0, failed: 1 }
        });
        eprintln!("== {}: {counts}, {}\n", layer.name(), seconds(start));
        sum += counts;
    }
    println!("{sum}");
    if sum.failed > 0 {
        bail!("not everything passed");
    }
    Ok(())
}

/// A check without tests of its own: counts only when it fails.
fn check(name: &str, command: &mut std::process::Command) -> Result<Counts> {
    let start = now();
    let (good, _) = shown(command)?;
    eprintln!("-- {name}: {}, {}", if good { "clean" } else { "FAILED" }, seconds(start));
    Ok(Counts { passed: 0, failed: u32::from(!good) })
}

/// A test runner: a failure that its summary does not show (it did not compile, it crashed) counts as one.
fn tests(name: &str, command: &mut std::process::Command) -> Result<Counts> {
    let start = now();
    let (good, text) = shown(command)?;
    let mut counts = counts::read(&text);
    if !good && counts.failed == 0 {
        counts.failed = 1;
    }
    if good && counts.passed == 0 {
        bail!("{name}: no test ran");
    }
    eprintln!("-- {name}: {counts}, {}", seconds(start));
    Ok(counts)
}

fn unit(root: &Path) -> Result<Counts> {
    let cargo = |words: &str| {
        let mut cargo = command(root, "cargo");
        cargo.args(words.split_whitespace());
        cargo
    };
    let mut counts = check("formatting", &mut cargo("fmt --all --check"))?;
    // The seed is behind a feature, so that the tool that sets everything up does not wait for it.
    counts += check(
        "lints",
        &mut cargo("clippy --quiet --workspace --all-targets --all-features -- -D warnings"),
    )?;
    let nextest = output(&mut cargo("nextest --version")).is_some();
    let runner = if nextest { "nextest run --no-fail-fast" } else { "test --no-fail-fast" };
    counts += tests("native tests", &mut cargo(&format!("{runner} --workspace --all-features")))?;
    Ok(counts)
}

fn e2e(root: &Path) -> Result<Counts> {
    dev::build(root)?;
    tests("end to end", &mut node_tests(root, &["tests/stack", "tests/e2e"])?)
}

fn fuzz(root: &Path, requests: u32) -> Result<Counts> {
    let schemathesis = setup::schemathesis(root)?;
    dev::build(root)?;
    let mut node = node_tests(root, &["tests/fuzz"])?;
    node.env("SCHEMATHESIS", schemathesis).env("FUZZ_REQUESTS", requests.to_string());
    tests("fuzzer", &mut node)
}

fn web(root: &Path) -> Result<Counts> {
    dev::build(root)?;
    let npm = |script: &str| {
        let mut npm = command(root, "npm");
        npm.args(["run", script, "-w", "frontend"]);
        npm
    };
    let mut counts = check("dashboard: types", &mut npm("check"))?;
    counts += tests("dashboard: units", &mut npm("test"))?;
    let chromium = chromium(root)?;
    counts += tests(
        "dashboard: Chromium",
        node_tests(root, &["tests/web"])?.env("CHROMIUM_PATH", chromium),
    )?;
    Ok(counts)
}

/// `node --test` on the test files of folders; at most two files at a time, since most start a stack of their own.
fn node_tests(root: &Path, folders: &[&str]) -> Result<std::process::Command> {
    let mut node = command(root, setup::node(root));
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]);
    for folder in folders {
        let mut files: Vec<PathBuf> = fs::read_dir(root.join(folder))
            .with_context(|| format!("{folder} cannot be read"))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
        files.sort();
        if files.is_empty() {
            bail!("{folder} holds no *.test.mjs");
        }
        node.args(files);
    }
    Ok(node)
}

/// The browser of the tests: `CHROMIUM_PATH`, else Debian's, installed if that is possible.
fn chromium(root: &Path) -> Result<PathBuf> {
    const DEBIAN: &str = "/usr/bin/chromium";
    if let Some(path) = std::env::var_os("CHROMIUM_PATH") {
        return Ok(path.into());
    }
    if !Path::new(DEBIAN).exists() {
        setup::apt_install(root, &["chromium"])?;
    }
    Ok(DEBIAN.into())
}
