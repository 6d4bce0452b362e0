//! What stands beside the gateway when it is measured: the same answers by means that anybody would pick.
//!
//! `beside axum` returns finished bytes, which is as fast as a server of this kind can be; `beside graphql` executes with
//! async-graphql as its book says; `beside vendor` stands for a platform; `beside calls` asks that platform by plain reqwest, once
//! it is told with `--vendor` where it is. Built of the same versions and by the same profile as
//! the program, so that a ratio of one run tells of what is different alone. All answer what they are given in `--answers`: a
//! list of `asked` (a request's body; of a vendor, a machine) and `answer` (what the gateway, or the simulator, said to it).

mod axum;
mod calls;
mod graphql;
mod vendor;

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
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (kind, listen, answers, vendor) = match arguments[..] {
        [kind @ ("axum" | "graphql" | "vendor"), "--listen", listen, "--answers", answers] => {
            (kind, listen, answers, "")
        }
        [kind @ "calls", "--listen", listen, "--answers", answers, "--vendor", vendor] => {
            (kind, listen, answers, vendor)
        }
        _ => {
            return Err(
                "beside axum|graphql|vendor|calls --listen ADDRESS --answers FILE [--vendor ADDRESS]".into(),
            );
        }
    };
    let answers: Vec<Answer> = serde_json::from_slice(&fs::read(answers)?)?;
    if kind == "vendor" {
        let told = async { vendor::serve(TcpListener::bind(listen).await?, answers).await };
        return Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(told)?);
    }
    let router = match kind {
        "axum" => axum::router(answers),
        "calls" => calls::router(vendor, answers)?,
        _ => graphql::router(&answers)?,
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(listen.parse()?, router))
}

async fn serve(listen: SocketAddr, router: Router) -> Result<(), Box<dyn Error>> {
    Ok(::axum::serve(TcpListener::bind(listen).await?, router).await?)
}
