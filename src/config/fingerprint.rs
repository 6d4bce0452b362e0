//! Whether a configuration has changed: its own text and that of every file that it names.

use std::{
    cell::RefCell,
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{Files, files::read_bounded};

/// A digest of all files that went into a configuration, as they were. It tells nothing of what is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    digest: [u8; 32],
    /// Where each is, and how long it may be.
    files: Vec<(PathBuf, u64)>,
}

impl Fingerprint {
    /// Whether all of these files are as they were. They are read and not understood, so it may be asked often.
    pub fn stands(&self) -> bool {
        let mut digest = Sha256::new();
        for (path, longest) in &self.files {
            add(&mut digest, path, &read_bounded(path, *longest));
        }
        self.digest == <[u8; 32]>::from(digest.finalize())
    }
}

/// Files that remember what was read of them.
pub(super) struct Remembering<F> {
    files: F,
    seen: RefCell<(Sha256, Vec<(PathBuf, u64)>)>,
}

impl<F: Files> Remembering<F> {
    pub fn new(files: F) -> Self {
        Self { files, seen: RefCell::default() }
    }

    /// Of all that was read so far.
    pub fn fingerprint(self) -> Fingerprint {
        let (digest, files) = self.seen.into_inner();
        Fingerprint { digest: digest.finalize().into(), files }
    }
}

impl<F: Files> Files for Remembering<F> {
    fn read_up_to(&self, path: &Path, longest: u64) -> io::Result<String> {
        let text = self.files.read_up_to(path, longest);
        let mut seen = self.seen.borrow_mut();
        let place = self.resolve(path);
        add(&mut seen.0, &place, &text);
        seen.1.push((place, longest));
        text
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        self.files.resolve(path)
    }
}

fn add(digest: &mut Sha256, path: &Path, text: &io::Result<String>) {
    digest.update(path.as_os_str().as_encoded_bytes());
    // What cannot be read is told apart from what is empty.
    digest.update([u8::from(text.is_ok())]);
    if let Ok(text) = text {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
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
        assert!(seen[0].stands());
        write("manifest.json", r#"{"two": "{ __typename }"}"#);
        seen.push(fingerprint());
        write("secret", "another secret of at least thirty-two bytes");
        seen.push(fingerprint());
        write("vendgraph.toml", &format!("{text}mode = \"trusted\"\n"));
        seen.push(fingerprint());
        let news = seen.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(news, 3, "each change shows");
        assert_eq!(
            seen.iter().map(super::Fingerprint::stands).collect::<Vec<_>>(),
            [false, false, false, true]
        );
    }
}
