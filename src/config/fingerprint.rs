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
        let text = self.files.read(path);
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

    fn resolve(&self, path: &Path) -> PathBuf {
        self.files.resolve(path)
    }
}
