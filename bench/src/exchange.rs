//! One request and its answer, on a connection that stays open.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

/// A request, ready to be sent.
pub struct Request(String);

impl Request {
    /// A POST of JSON; `head`: more header lines, each with its end.
    pub fn post(host: &str, path: &str, head: &str, body: &str) -> Self {
        Self(format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\n{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// A GET.
    pub fn get(host: &str, path: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n"))
    }

    /// As it is sent.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Sends a request and reads its whole answer's body.
pub fn exchange(stream: &mut TcpStream, request: &Request) -> String {
    try_exchange(stream, request).expect("an answer comes")
}

/// The same; `None` where the connection ends before the answer does.
pub fn try_exchange(stream: &mut TcpStream, Request(request): &Request) -> Option<String> {
    stream.write_all(request.as_bytes()).ok()?;
    let (mut answer, mut chunk) = (Vec::with_capacity(16 * 1024), [0; 16 * 1024]);
    loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        answer.extend_from_slice(&chunk[..read]);
        let Some(head) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let length = String::from_utf8_lossy(&answer[..head])
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
            })
            .expect("the answer says its length");
        if answer.len() >= head + 4 + length {
            return Some(String::from_utf8_lossy(&answer[head + 4..]).into_owned());
        }
    }
}
