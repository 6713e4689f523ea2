//! `dcvaas-simulator`: serves the outside world of `DCVaaS` on loopback until it is stopped.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;

use dcvaas_simulator::{Keeper, Options, Simulator, serve};
use tokio::net::TcpListener;

const USAGE: &str = "\
usage: dcvaas-simulator [--port 8790] [--auto] [--zone-id ID] [--api-token TOKEN] [--cname-target NAME] [--state FILE]

  --port PORT          listens on 127.0.0.1:PORT (0: any free port)
  --auto               hostnames advance by themselves when the simulated DNS is right
  --zone-id ID         the zone that has custom hostnames (32 hex characters)
  --api-token TOKEN    the API token that Cloudflare accepts
  --cname-target NAME  the name that customers point their traffic at (the fallback origin)
  --state FILE         keeps custom hostnames and DNS over a restart";

const DEFAULT_PORT: u16 = 8790;

#[tokio::main]
async fn main() -> ExitCode {
    let command = match parse(std::env::args().skip(1)) {
        Ok(Some(command)) => command,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(fault) => {
            eprintln!("dcvaas-simulator: {fault}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let port = command.port;
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("dcvaas-simulator: 127.0.0.1:{port}: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Listens on loopback only: whoever reaches the simulator controls it.
async fn run(command: Command) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, command.port)).await?;
    let simulator = Simulator::new(command.options);
    let keeper = command.state.map(|file| Keeper::open(simulator.clone(), file)).transpose()?;
    println!("dcvaas-simulator listening on http://{}", listener.local_addr()?);
    tokio::select! {
        () = serve(listener, simulator) => Ok(()),
        stopped = kept_until_stopped(keeper) => stopped,
    }
}

async fn kept_until_stopped(keeper: Option<Keeper>) -> std::io::Result<()> {
    let Some(mut keeper) = keeper else { return stop_signal().await };
    tokio::select! {
        failed = keeper.follow() => failed?,
        stopped = stop_signal() => stopped?,
    }
    keeper.save()
}

/// Ends on Ctrl-C or SIGTERM at once: a reply that hangs on purpose is not worth waiting for.
async fn stop_signal() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// What the arguments ask for.
#[derive(Debug)]
struct Command {
    port: u16,
    options: Options,
    state: Option<PathBuf>,
}

/// The command, or `None` when help is asked for.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Command>, String> {
    let mut port = DEFAULT_PORT;
    let mut options = Options::default();
    let mut state = None;
    while let Some(flag) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{flag} needs a value"));
        match flag.as_str() {
            "--port" => {
                let parsed = value()?.parse();
                port = parsed.map_err(|_| "--port needs a number up to 65535".to_owned())?;
            }
            "--auto" => options.auto = true,
            "--zone-id" => options.zone_id = value()?,
            "--api-token" => options.api_token = value()?,
            "--cname-target" => options.cname_target = value()?.to_ascii_lowercase(),
            "--state" => state = Some(value()?.into()),
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("unknown argument {flag}")),
        }
    }
    if options.zone_id.len() != 32 || !options.zone_id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err("--zone-id needs 32 hex characters".to_owned());
    }
    Ok(Some(Command { port, options, state }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Result<Option<Command>, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_arguments_the_documented_defaults_hold() {
        let Command { port, options, state } = args("").unwrap().unwrap();
        assert_eq!(state, None);
        assert_eq!(port, 8790);
        assert_eq!(options.zone_id, "0123456789abcdef0123456789abcdef");
        assert_eq!(options.api_token, "simulator-token");
        assert!(!options.auto);
    }

    #[test]
    fn bad_arguments_are_refused_by_name() {
        for (line, part) in [
            ("--port", "--port needs a value"),
            ("--port 70000", "--port needs"),
            ("--zone-id abc", "32 hex"),
            ("--frobnicate", "--frobnicate"),
        ] {
            let fault = args(line).unwrap_err();
            assert!(fault.contains(part), "{line}: {fault}");
        }
    }
}
