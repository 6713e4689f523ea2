//! Writes the OpenAPI document, the catalogue of events and their pages into the repository.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use dcvaas_api::openapi::EVENT_TYPES_FILE;
use dcvaas_core::model::catalogue;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    keep_promises(&root)?;
    for (path, text) in dcvaas_api::openapi::files() {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Refuses a catalogue that would break receivers without a new version.
fn keep_promises(root: &Path) -> Result<()> {
    let Ok(old) = fs::read_to_string(root.join(EVENT_TYPES_FILE)) else { return Ok(()) };
    let old = serde_json::from_str(&old).context("the catalogue is not JSON")?;
    let broken = catalogue::broken_promises(&old, &catalogue::document());
    if !broken.is_empty() {
        bail!("receivers rely on this, so it needs a new version: {}", broken.join("; "));
    }
    Ok(())
}
