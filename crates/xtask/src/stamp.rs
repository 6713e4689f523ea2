//! Skips work whose inputs did not change: a file holds a fingerprint of what the last good run read.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders whose content is made, not written.
const MADE: [&str; 5] = ["target", "node_modules", "build", "dist", ".dcvaas"];

/// A fingerprint under construction. Stable within one compiler version, which is all a cache needs.
#[derive(Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Adds a word, e.g. a tool's version.
    pub(crate) fn word(&mut self, word: &str) -> &mut Self {
        self.0.write_usize(word.len());
        self.0.write(word.as_bytes());
        self
    }

    /// Adds a file, or every file in a folder, by path and content. What does not exist counts as absent.
    pub(crate) fn path(&mut self, path: &Path) -> Result<&mut Self> {
        self.word(&path.display().to_string());
        if path.is_dir() {
            let mut entries: Vec<PathBuf> = fs::read_dir(path)?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<_, _>>()?;
            entries.sort();
            for entry in entries {
                let name = entry.file_name().unwrap_or_default().to_string_lossy();
                if !MADE.contains(&name.as_ref()) {
                    self.path(&entry)?;
                }
            }
        } else if path.exists() {
            let content =
                fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            self.0.write_usize(content.len());
            self.0.write(&content);
        }
        Ok(self)
    }

    /// The fingerprint as text.
    pub(crate) fn finish(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// Whether the last good run had this fingerprint and its `outputs` are still there.
pub(crate) fn is_current(stamp: &Path, fingerprint: &str, outputs: &[PathBuf]) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == fingerprint)
        && outputs.iter().all(|output| output.exists())
}

/// Notes a good run.
pub(crate) fn write(stamp: &Path, fingerprint: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stamp, fingerprint).with_context(|| format!("cannot write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &Path) -> String {
        Fingerprint::default().path(path).unwrap().finish()
    }

    #[test]
    fn a_fingerprint_follows_content_names_and_absence_but_not_made_folders() {
        let folder = std::env::temp_dir().join(format!("dcvaas-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/a"), "1").unwrap();
        let first = of(&folder);
        assert_eq!(first, of(&folder));

        fs::create_dir_all(folder.join("build")).unwrap();
        fs::write(folder.join("build/x"), "made").unwrap();
        assert_eq!(first, of(&folder), "what a build made is no input");

        fs::write(folder.join("src/a"), "2").unwrap();
        let changed = of(&folder);
        assert_ne!(first, changed);

        fs::rename(folder.join("src/a"), folder.join("src/b")).unwrap();
        assert_ne!(changed, of(&folder));
        assert_ne!(of(&folder), of(&folder.join("nothing")));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_stamp_is_current_only_with_its_fingerprint_and_its_outputs() {
        let folder = std::env::temp_dir().join(format!("dcvaas-current-{}", std::process::id()));
        let (stamp, output) = (folder.join("deep/stamp"), folder.join("output"));
        assert!(!is_current(&stamp, "f", &[]));
        write(&stamp, "f").unwrap();
        assert!(is_current(&stamp, "f", &[]));
        assert!(!is_current(&stamp, "g", &[]));
        assert!(!is_current(&stamp, "f", std::slice::from_ref(&output)));
        fs::write(&output, "").unwrap();
        assert!(is_current(&stamp, "f", &[output]));
        fs::remove_dir_all(&folder).unwrap();
    }
}
