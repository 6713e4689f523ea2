//! Which part of the source may name what. The compiler cannot say this inside one crate.

use std::fs;
use std::path::{Path, PathBuf};

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every Rust file below, with its path from `crates/` and its text without comments.
fn sources(below: &str) -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    collect(&crates().join(below), &mut found);
    assert!(!found.is_empty(), "no sources below {below}");
    let relative =
        |path: &Path| path.strip_prefix(crates()).unwrap().to_string_lossy().into_owned();
    found
        .iter()
        .map(|path| (relative(path), without_comments(&fs::read_to_string(path).unwrap())))
        .collect()
}

fn without_comments(source: &str) -> String {
    let code = source.lines().map(|line| match line.find("//") {
        // `https://` is not a comment.
        Some(at) if !line[..at].ends_with(':') => &line[..at],
        _ => line,
    });
    code.collect::<Vec<_>>().join("\n")
}

/// The files below each of `places` that name one of `words`, but for those in `except`.
fn offenders(places: &[&str], words: &[&str], except: &[&str]) -> Vec<String> {
    let files = places.iter().flat_map(|place| sources(place));
    files
        .filter(|(path, _)| !except.iter().any(|excepted| path.starts_with(excepted)))
        .flat_map(|(path, code)| {
            let named = words.iter().filter(move |word| code.contains(**word));
            named.map(move |word| format!("{path} names {word}")).collect::<Vec<_>>()
        })
        .collect()
}

const PURE: &[&str] = &["core/src/model", "core/src/crypto"];

#[test]
fn the_model_and_the_cryptography_are_pure_and_synchronous() {
    let words = ["async fn", "async move", ".await", "flow::", "ports::App", "dyn Db"];
    assert_eq!(offenders(PURE, &words, &[]), Vec::<String>::new());
}

#[test]
fn the_model_does_not_know_the_store() {
    // Ids are parameters of statements: the one conversion lives where the type does.
    assert_eq!(offenders(PURE, &["store::"], &["core/src/model/id.rs"]), Vec::<String>::new());
}

#[test]
fn the_store_does_not_know_the_flows() {
    assert_eq!(offenders(&["core/src/store"], &["flow::", ".await"], &[]), Vec::<String>::new());
}

#[test]
fn only_the_platform_and_the_entries_of_the_hosts_know_workers() {
    let except = [
        "platform/",
        "api/src/lib.rs",
        "api/src/meter.rs",
        "consumer/src/lib.rs",
        "cron/src/lib.rs",
    ];
    let places =
        ["core/src", "api/src", "consumer/src", "cron/src", "testkit/src", "simulator/src"];
    assert_eq!(
        offenders(&places, &["worker::", "JsValue", "js_sys", "wasm_bindgen"], &except),
        Vec::<String>::new()
    );
}

#[test]
fn time_and_chance_come_through_the_ports() {
    let words = ["SystemTime", "Instant::now", "Utc::now", "thread::sleep", "rand::", "getrandom"];
    let places = ["core/src", "api/src", "consumer/src", "cron/src", "testkit/src"];
    assert_eq!(offenders(&places, &words, &[]), Vec::<String>::new());
}
