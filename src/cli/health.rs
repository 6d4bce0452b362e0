//! `vendgraph health`: whether a gateway answers, for whoever watches a container that has nothing else in it.

use std::{process::ExitCode, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use url::Url;

use super::{Error, output};

/// How long an answer may take; `/readyz` itself answers within 2 s.
const PATIENCE: Duration = Duration::from_secs(4);

/// The longest answer that is looked at, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Asks a gateway how it is.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to ask, over plain HTTP: /livez tells whether the process answers, /readyz whether requests should be sent
    /// to it
    #[arg(long, value_name = "URL", value_parser = over_http, default_value = "http://127.0.0.1:8080/livez")]
    pub url: Url,
}

/// What cannot be asked.
#[derive(Debug, thiserror::Error)]
enum Unaskable {
    /// It is no address.
    #[error(transparent)]
    Address(#[from] url::ParseError),
    /// It is one of something else.
    #[error("only plain http is spoken here, not `{0}`: ask the gateway itself, not the proxy before it")]
    Scheme(String),
}

fn over_http(text: &str) -> Result<Url, Unaskable> {
    let url = Url::parse(text)?;
    if url.scheme() == "http" { Ok(url) } else { Err(Unaskable::Scheme(url.scheme().to_owned())) }
}

/// Prints the answer; exit code 1 where it is not 200, or there is none.
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    let answer = match timeout(PATIENCE, ask(&args.url)).await {
        Ok(answer) => answer?,
        Err(_late) => return Err(Error::NoAnswer(format!("nothing came within {} s", PATIENCE.as_secs()))),
    };
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    // `HTTP/1.1 200 OK`
    let status = head.split_ascii_whitespace().nth(1).unwrap_or_default();
    if head.starts_with("HTTP/1.") && status == "200" {
        output::print(body.trim())?;
        return Ok(ExitCode::SUCCESS);
    }
    Err(Error::NoAnswer(format!("the answer is {status} {}", body.trim())))
}

/// The whole answer as text.
async fn ask(url: &Url) -> Result<String, Error> {
    // An address of HTTP has one.
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(80);
    let broken = |error: std::io::Error| Error::NoAnswer(error.to_string());
    // An IPv6 address stands in brackets in the URL, and without them here.
    let address = (host.trim_matches(['[', ']']), port);
    let mut stream = TcpStream::connect(address).await.map_err(broken)?;
    let path = url.path();
    let request = format!("GET {path} HTTP/1.0\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await.map_err(broken)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
