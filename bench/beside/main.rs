//! What stands beside the gateway when it is measured: the same answers by means that anybody would pick.
//!
//! `beside axum` returns finished bytes, which is as fast as a server of this kind can be; `beside graphql` executes with
//! async-graphql as its book says. Built of the same versions and by the same profile as the program, so that a ratio of one
//! run tells of what is different alone. Both answer what they are given in `--answers`: a list of `asked` (a request's body) and
//! `answer` (what the gateway said to it).

mod axum;
mod graphql;

use std::{error::Error, fs, net::SocketAddr};

use ::axum::Router;
use serde::Deserialize;
use tokio::net::TcpListener;

/// The same allocator as the gateway's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A request's body, and the body of its answer.
#[derive(Debug, Deserialize)]
struct Answer {
    asked: String,
    answer: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, listen, answers) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [kind @ ("axum" | "graphql"), "--listen", listen, "--answers", answers] => (kind, listen, answers),
        _ => return Err("beside axum|graphql --listen ADDRESS --answers FILE".into()),
    };
    let answers: Vec<Answer> = serde_json::from_slice(&fs::read(answers)?)?;
    let router = if kind == "axum" { axum::router(answers) } else { graphql::router(&answers)? };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(listen.parse()?, router))
}

async fn serve(listen: SocketAddr, router: Router) -> Result<(), Box<dyn Error>> {
    Ok(::axum::serve(TcpListener::bind(listen).await?, router).await?)
}
