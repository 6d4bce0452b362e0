//! Writing to stdout and stderr, which may be closed.

use std::{
    fmt,
    io::{self, Write},
};

use super::Error;

/// Writes an answer and a line's end to stdout. A reader that has seen enough (`vendgraph schema | head`) is
/// no error.
pub fn print(text: impl fmt::Display) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(()),
    }
}

/// Writes what went wrong to stderr, in one line. There is nobody left to tell when that fails.
pub fn complain(error: impl fmt::Display) {
    let line: String = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(io::stderr().lock(), "error: {line}");
}
