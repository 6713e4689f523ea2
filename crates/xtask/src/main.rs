//! What the README's commands call: sets up the machine, builds, runs and tests everything.

mod bench;
mod bundle;
mod counts;
mod dev;
mod process;
mod setup;
mod stamp;
mod test;
mod toolchain;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask <command>

  dev [--fresh] [--port N] [--simulator-port N] [--control-port N]
                       builds everything and runs the local stack until Ctrl-C
  test [unit|e2e|fuzz [--requests N]|web]
                       runs every test, or one layer
  bundle [api|consumer|cron]
                       builds the workers as they are deployed
  bench [auth] [--rounds N] [--seconds N] [--connections N]
                       measures the workers beside what they are compared with, or what authentication costs
  bench webhooks       measures events on their way to webhook endpoints
  audit-verify FILE…   verifies an export of the audit log, in all its parts
  suffixes             writes the public suffix list as the workers carry it
  openapi              writes openapi.json, and the pages and the dashboard's types made from it
  setup                installs what the other commands need, and nothing else";

/// One command with its arguments.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Setup,
    Bundle(Vec<bundle::Worker>),
    Dev(Vec<String>),
    Test(Vec<test::Layer>),
    Bench(bench::Suite, Vec<String>),
    OpenApi,
    Suffixes,
    AuditVerify(Vec<String>),
}

fn parse(args: &[String]) -> Result<Command> {
    let Some((name, rest)) = args.split_first() else { bail!("no command\n\n{USAGE}") };
    Ok(match (name.as_str(), rest) {
        ("setup", []) => Command::Setup,
        ("bundle", []) => Command::Bundle(bundle::Worker::ALL.to_vec()),
        ("bundle", [worker]) => Command::Bundle(vec![bundle::Worker::parse(worker)?]),
        ("dev", options) => Command::Dev(dev::check(options)?),
        ("test", []) => Command::Test(test::Layer::ALL.to_vec()),
        ("test", [layer]) => Command::Test(vec![test::Layer::parse(layer, None)?]),
        ("test", [layer, option, number]) if option == "--requests" => {
            Command::Test(vec![test::Layer::parse(layer, Some(number))?])
        }
        ("bench", words) => {
            let (suite, options) = bench::check(words)?;
            Command::Bench(suite, options)
        }
        ("openapi", []) => Command::OpenApi,
        ("suffixes", []) => Command::Suffixes,
        ("audit-verify", files @ [_, ..]) => Command::AuditVerify(files.to_vec()),
        _ => bail!("unknown command: {}\n\n{USAGE}", args.join(" ")),
    })
}

/// The repository this program was built from.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

fn run(args: &[String]) -> Result<()> {
    let command = parse(args)?;
    let root = root();
    match command {
        Command::Setup => setup::all(&root).map(drop),
        Command::Bundle(workers) => bundle::all(&root, &setup::wasm(&root)?, &workers),
        Command::Dev(options) => dev::run(&root, &options),
        Command::Test(layers) => test::run(&root, &layers),
        Command::Bench(suite, options) => bench::run(&root, suite, &options),
        Command::OpenApi => openapi(&root),
        Command::Suffixes => suffixes(&root),
        Command::AuditVerify(files) => audit_verify(&root, &files),
    }
}

/// The program is apart for the same reason as the seed: this one compiles without the product.
fn openapi(root: &Path) -> Result<()> {
    let program = "run --quiet -p xtask --features openapi --bin dcvaas-openapi";
    process::step(
        "openapi.json and its pages",
        process::command(root, "cargo").args(program.split(' ')),
    )?;
    setup::npm(root)?;
    process::step(
        "the dashboard's types",
        process::command(root, "npm").args(["run", "types", "-w", "frontend"]),
    )
}

/// Apart for the same reason.
fn suffixes(root: &Path) -> Result<()> {
    let program = "run --quiet -p xtask --features suffixes --bin dcvaas-suffixes";
    process::step(
        "the public suffix list",
        process::command(root, "cargo").args(program.split(' ')),
    )
}

/// Files are named from where the caller is, and the program runs there too.
fn audit_verify(root: &Path, files: &[String]) -> Result<()> {
    let mut cargo = std::process::Command::new("cargo");
    cargo.args(["run", "--quiet", "-p", "xtask", "--features", "audit", "--bin"]);
    cargo.args(["dcvaas-audit-verify", "--manifest-path"]).arg(root.join("Cargo.toml"));
    if !cargo.arg("--").args(files).status()?.success() {
        bail!("the export does not hold");
    }
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn commands_are_read_with_their_arguments() {
        assert_eq!(parse(&words("setup")).unwrap(), Command::Setup);
        assert_eq!(parse(&words("test")).unwrap(), Command::Test(test::Layer::ALL.to_vec()));
        assert_eq!(parse(&words("test web")).unwrap(), Command::Test(vec![test::Layer::Web]));
        assert_eq!(
            parse(&words("test fuzz --requests 5")).unwrap(),
            Command::Test(vec![test::Layer::Fuzz(5)])
        );
        assert_eq!(
            parse(&words("bundle cron")).unwrap(),
            Command::Bundle(vec![bundle::Worker::Cron])
        );
        assert_eq!(
            parse(&words("dev --fresh --port 9000")).unwrap(),
            Command::Dev(words("--fresh --port 9000"))
        );
    }

    #[test]
    fn what_is_not_a_command_is_refused_with_the_usage_or_the_choices() {
        for wrong in [
            "",
            "nope",
            "setup now",
            "test everything",
            "test web --requests 5",
            "test fuzz --requests 0",
            "bundle api cron",
            "dev --prot 1",
            "bench --fast",
        ] {
            let message = parse(&words(wrong)).unwrap_err().to_string();
            assert!(
                message.contains("cargo xtask") || message.contains("one of"),
                "{wrong}: {message}"
            );
        }
    }
}
