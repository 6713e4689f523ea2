//! What outlives the process: the zone, its custom hostnames and the DNS that was set. The local
//! stack keeps its database over a restart, and would else find every domain removed at Cloudflare.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cloudflare::{Hostname, Zone};
use crate::dns::RecordSet;
use crate::state::Simulator;

/// How often the file is brought up to date.
const EVERY: Duration = Duration::from_millis(500);

/// The file's content.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) zone: Zone,
    /// Oldest first.
    pub(crate) hostnames: Vec<Hostname>,
    pub(crate) records: Vec<RecordSet>,
}

/// A file that follows a simulator.
pub struct Keeper {
    simulator: Simulator,
    file: PathBuf,
    written: String,
}

impl Keeper {
    /// Takes over what the file holds, where there is one.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn open(simulator: Simulator, file: PathBuf) -> io::Result<Self> {
        let written = match std::fs::read_to_string(&file) {
            Ok(text) => {
                simulator.lock().restore(serde_json::from_str(&text)?);
                text
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { simulator, file, written })
    }

    /// Writes the file, if anything changed since it was last written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&mut self) -> io::Result<()> {
        let text = serde_json::to_string(&self.simulator.lock().kept())?;
        if text != self.written {
            replace(&self.file, &text)?;
            self.written = text;
        }
        Ok(())
    }

    /// Keeps the file up to date until it cannot be written.
    pub async fn follow(&mut self) -> io::Result<()> {
        loop {
            tokio::time::sleep(EVERY).await;
            self.save()?;
        }
    }
}

/// In one step, so that a process that is killed leaves the old file or the new one.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::rename(new, file)
}
