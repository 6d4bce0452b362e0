//! The files that a configuration names, read from one folder and never without a bound.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The greatest configuration or secret that is read, in bytes.
pub(super) const LONGEST: u64 = 1024 * 1024;

/// Where the files that a configuration names are.
pub trait Files {
    /// The text of a file that may be so long, in bytes.
    fn read_up_to(&self, path: &Path, longest: u64) -> io::Result<String>;

    /// Where a path of the configuration leads.
    fn resolve(&self, path: &Path) -> PathBuf;

    /// The text of a file that is no longer than a configuration or a secret may be.
    fn read(&self, path: &Path) -> io::Result<String> {
        self.read_up_to(path, LONGEST)
    }
}

/// A folder: relative paths start there, absolute ones stand.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder that `file` is in.
    pub fn of(file: &Path) -> Self {
        Self(file.parent().map(Path::to_owned).unwrap_or_default())
    }
}

impl Files for Folder {
    fn read_up_to(&self, path: &Path, longest: u64) -> io::Result<String> {
        read_bounded(&self.resolve(path), longest)
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        self.0.join(path)
    }
}

/// Reads a text of at most `longest` bytes; what is longer is an error, not a part.
pub fn read_bounded(path: &Path, longest: u64) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?.take(longest + 1).read_to_string(&mut text)?;
    if read as u64 > longest {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is longer than {longest} bytes"),
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_starts_at_the_configurations_folder() {
        let folder = Folder::of(Path::new("/etc/vendgraph/vendgraph.toml"));
        assert_eq!(folder.resolve(Path::new("key")), Path::new("/etc/vendgraph/key"));
        assert_eq!(folder.resolve(Path::new("/run/key")), Path::new("/run/key"));
        assert_eq!(Folder::of(Path::new("vendgraph.toml")).resolve(Path::new("key")), Path::new("key"));
    }

    #[test]
    fn an_endless_file_is_refused() {
        assert_eq!(read_bounded(Path::new("/dev/zero"), 10).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
