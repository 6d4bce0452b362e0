//! Whether a configuration has changed: its own text and that of every file that it names.

use std::{
    cell::RefCell,
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::Files;

/// A digest of all files that went into a configuration, as they were. It tells nothing of what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

/// Files that remember what was read of them.
pub(super) struct Remembering<F> {
    files: F,
    digest: RefCell<Sha256>,
}

impl<F: Files> Remembering<F> {
    pub fn new(files: F) -> Self {
        Self { files, digest: RefCell::default() }
    }

    /// Of all that was read so far.
    pub fn fingerprint(self) -> Fingerprint {
        Fingerprint(self.digest.into_inner().finalize().into())
    }
}

impl<F: Files> Files for Remembering<F> {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.remember(path, self.files.read(path))
    }

    fn read_up_to(&self, path: &Path, longest: u64) -> io::Result<String> {
        self.remember(path, self.files.read_up_to(path, longest))
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        self.files.resolve(path)
    }
}

impl<F> Remembering<F> {
    fn remember(&self, path: &Path, text: io::Result<String>) -> io::Result<String> {
        let mut digest = self.digest.borrow_mut();
        digest.update(path.as_os_str().as_encoded_bytes());
        // What cannot be read is told apart from what is empty.
        digest.update([u8::from(text.is_ok())]);
        if let Ok(text) = &text {
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::config::Config;

    #[test]
    fn every_file_that_is_named_counts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let fingerprint = || {
            let (config, fingerprint) = Config::load_with_fingerprint(&folder.path().join("vendgraph.toml"));
            config.unwrap();
            fingerprint
        };
        write("secret", "a secret of at least thirty-two bytes");
        write("manifest.json", r#"{"one": "{ __typename }"}"#);
        let text = "[auth]\nsecret = { file = \"secret\" }\n[documents]\nmanifest = \"manifest.json\"\n";
        write("vendgraph.toml", text);
        let mut seen = vec![fingerprint()];
        assert_eq!(fingerprint(), seen[0]);
        write("manifest.json", r#"{"two": "{ __typename }"}"#);
        seen.push(fingerprint());
        write("secret", "another secret of at least thirty-two bytes");
        seen.push(fingerprint());
        write("vendgraph.toml", &format!("{text}mode = \"trusted\"\n"));
        seen.push(fingerprint());
        let news = seen.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(news, 3, "each change shows");
    }
}
