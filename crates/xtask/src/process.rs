//! Runs other programs and shows that something is going on.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a step may be silent before it says that it is still at work.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Lines of a failed program that are shown.
const TAIL: usize = 60;

/// A command that runs in the repository's root.
pub(crate) fn command(root: &Path, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

#[expect(clippy::disallowed_methods, reason = "a native tool that times its own steps")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Seconds with one decimal.
pub(crate) fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}

/// Prints one finished or skipped step.
pub(crate) fn say(step: &str, note: &str) {
    eprintln!("  {step:<44} {note}");
}

/// Runs a step to its end; its output is shown only if it fails.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<()> {
    let start = now();
    let (mut child, lines) = start_piped(command).with_context(|| name.to_owned())?;
    let tail = watch(name, start, &lines);
    let status = child.wait()?;
    if !status.success() {
        let output = Vec::from(tail).join("\n");
        bail!("{name} failed ({status}) after {}\n{output}", seconds(start));
    }
    say(name, &seconds(start));
    Ok(())
}

/// Runs a command whose output belongs to the user, and returns what it printed on both streams.
/// `Ok(false, …)` when it ran and failed.
pub(crate) fn shown(command: &mut Command) -> Result<(bool, String)> {
    let (mut child, lines) = start_piped(command)?;
    let mut text = String::new();
    for line in lines {
        eprintln!("{line}");
        text.push_str(&line);
        text.push('\n');
    }
    Ok((child.wait()?.success(), text))
}

/// What a command prints, trimmed; `None` when it is missing or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Starts a program; the lines of both its streams come in the order in which they were read.
fn start_piped(command: &mut Command) -> Result<(Child, Receiver<String>)> {
    let (sender, lines) = channel();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    Ok((child, lines))
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
}

/// Reads until the program closes its output; keeps the last lines and shows the latest from time to time.
fn watch(name: &str, start: Instant, lines: &Receiver<String>) -> VecDeque<String> {
    let mut tail = VecDeque::new();
    let mut beat = start;
    loop {
        match lines.recv_timeout(HEARTBEAT) {
            Ok(line) => {
                if tail.len() == TAIL {
                    tail.pop_front();
                }
                tail.push_back(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return tail,
        }
        if beat.elapsed() >= HEARTBEAT {
            beat = now();
            let last = tail.iter().rev().find(|line| !line.trim().is_empty());
            let last = last.map_or("", |line| line.trim());
            eprintln!("    {name}: {} so far. {last}", seconds(start));
        }
    }
}
