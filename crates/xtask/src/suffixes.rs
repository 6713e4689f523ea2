//! Writes the public suffix list as the workers carry it, from the package `psl` of `Cargo.lock`.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use url::Host;

/// What `crates/core/src/model/suffix.rs` reads; the form is explained there.
const FILE: &str = "crates/core/src/model/suffixes.txt";

/// A label, with what stands below it.
#[derive(Default)]
struct Node {
    /// Whether a rule ends here: `Some(true)` for an exception.
    rule: Option<bool>,
    below: BTreeMap<String, Node>,
}

fn main() -> Result<()> {
    fs::write(root().join(FILE), made()?).with_context(|| format!("cannot write {FILE}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The file as it should be.
fn made() -> Result<String> {
    let path = package("psl")?.join("data/rules.txt");
    let rules =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    written(tree(&rules)?)
}

/// The folder of a package that the workspace is built with.
fn package(name: &str) -> Result<PathBuf> {
    let answer = Command::new("cargo")
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .current_dir(root())
        .output()?;
    let metadata: Value =
        serde_json::from_slice(&answer.stdout).context("cargo metadata failed")?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let manifest = packages
        .into_iter()
        .flatten()
        .filter(|package| package.get("name").is_some_and(|own| own == name))
        .find_map(|package| package.get("manifest_path")?.as_str())
        .with_context(|| format!("the workspace has no package {name}"))?;
    Ok(Path::new(manifest).parent().context("a manifest lies in a folder")?.to_path_buf())
}

/// Reads rules, one a line (<https://github.com/publicsuffix/list/wiki/Format>).
fn tree(rules: &str) -> Result<Node> {
    let mut root = Node::default();
    for rule in rules.lines().filter(|rule| !rule.is_empty()) {
        let (exception, name) = match rule.strip_prefix('!') {
            Some(name) => (true, name),
            None => (false, rule),
        };
        let mut node = &mut root;
        for label in name.rsplit('.') {
            node = node.below.entry(ascii(label)?).or_default();
        }
        node.rule = Some(exception);
    }
    // What is no top-level domain of the list is a suffix too.
    root.below.retain(|_, node| !node.below.is_empty());
    for node in root.below.values_mut() {
        node.rule = Some(false);
    }
    Ok(root)
}

/// The label as it stands in DNS.
fn ascii(label: &str) -> Result<String> {
    if label == "*" {
        return Ok(label.to_owned());
    }
    // Not alone: a number would be an IPv4 address.
    match Host::parse(&format!("{label}.x")) {
        Ok(Host::Domain(name)) if !label.is_empty() => {
            Ok(name.strip_suffix(".x").unwrap_or(&name).to_owned())
        }
        _ => bail!("{label:?} is no label"),
    }
}

fn written(root: Node) -> Result<String> {
    let mut text = String::new();
    let mut open = VecDeque::from([root]);
    while let Some(node) = open.pop_front() {
        let mut before = String::new();
        for (label, node) in node.below {
            let (first, shares) = match (node.rule, node.below.is_empty()) {
                (Some(false), true) => (b'A', true),
                (Some(false), false) => (b'I', true),
                (None, false) => (b'Q', true),
                (Some(true), true) => (b'Y', false),
                _ => bail!("{label} is an exception with rules below it"),
            };
            let alike = before.bytes().zip(label.bytes()).take_while(|(a, b)| a == b).count();
            let left_out = if shares { alike.min(7) } else { 0 };
            text.push(char::from(first + u8::try_from(left_out)?));
            text.push_str(label.get(left_out..).unwrap_or_default());
            if !node.below.is_empty() {
                open.push_back(node);
            }
            before = label;
        }
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_that_of_the_package_in_the_lock_file() {
        let file = fs::read_to_string(root().join(FILE)).unwrap();
        assert!(made().unwrap() == file, "run: cargo xtask suffixes");
    }

    #[test]
    fn rules_become_lines() {
        let rules = "com\nuk\nco.uk\ncom.uk\n*.ck\n!www.ck\n*.compute.jp\njp\n公司.cn\n";
        let lines = written(tree(rules).unwrap()).unwrap();
        assert_eq!(lines, "IckJnIjpIuk\nA*Ywww\nAxn--55qx5d\nQcompute\nAcoCm\nA*\n");
        assert!(tree("a..b").is_err());
    }
}
