//! Plain reqwest behind plain axum: makes the calls that one question takes, all that can be at once, and reads no answer.
//! What is left of a goal when this is taken off is what a gateway may do for itself.

use std::sync::Arc;

use axum::{Router, extract::State, http::StatusCode, routing::post};
use futures_util::future::try_join_all;

use super::Answer;

struct Vendor {
    client: reqwest::Client,
    address: String,
    /// One of the vendor's machines each.
    machines: Vec<String>,
}

/// Asks the vendor at `address` for its list, and then for each machine that was recorded.
pub fn router(address: &str, answers: Vec<Answer>) -> reqwest::Result<Router> {
    let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
    let machines = answers.into_iter().map(|answer| answer.asked).filter(|asked| !asked.is_empty()).collect();
    let vendor = Vendor { client, address: format!("http://{address}/osapi/router/status"), machines };
    Ok(Router::new().route("/graphql", post(answer)).with_state(Arc::new(vendor)))
}

/// The length of all answers together.
async fn answer(State(vendor): State<Arc<Vendor>>) -> Result<String, StatusCode> {
    vendor.ask("").await?;
    let asking = vendor.machines.iter().map(|machine| {
        let (vendor, machine) = (Arc::clone(&vendor), machine.clone());
        tokio::spawn(async move { vendor.ask(&machine).await })
    });
    let lengths = try_join_all(asking).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let length: usize = lengths.into_iter().sum::<Result<usize, StatusCode>>()?;
    Ok(length.to_string())
}

impl Vendor {
    async fn ask(&self, machine: &str) -> Result<usize, StatusCode> {
        let request = self.client.post(&self.address).header("content-type", "application/json");
        let answer = request.body(format!("{{\"assetId\":\"{machine}\"}}")).send();
        let answer = answer.await.and_then(reqwest::Response::error_for_status);
        let answer = answer.map_err(|_| StatusCode::BAD_GATEWAY)?;
        Ok(answer.bytes().await.map_err(|_| StatusCode::BAD_GATEWAY)?.len())
    }
}
