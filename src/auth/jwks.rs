//! Where the signer's public keys come from: an address or a file.
//!
//! The address is not a vendor's, so it has a small bounded GET of its own instead of the vendors' transport.

use std::{fmt, path::PathBuf, time::Duration};

use async_trait::async_trait;
use reqwest::{Client, StatusCode, redirect};
use url::Url;

use super::KeyError;
use crate::config::files::read_bounded;

/// The longest set of keys that is read, in bytes.
pub const LONGEST: usize = 256 * 1024;

/// The time for one fetch, from the connection to the last byte.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A place that holds the signer's keys.
#[async_trait]
pub trait KeySource: fmt::Debug + Send + Sync {
    /// The JWK set as it is now.
    async fn fetch(&self) -> Result<String, KeyError>;

    /// How old the keys may be before they are fetched anew.
    fn refresh_after(&self) -> Duration;
}

/// Keys at an address.
#[derive(Debug)]
pub struct Address {
    client: Client,
    url: Url,
}

impl Address {
    /// Makes ready to fetch; sends nothing yet.
    pub fn new(url: Url) -> Result<Self, KeyError> {
        // A redirect could lead from the operator's address to anybody's.
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(KeyError::Client)?;
        Ok(Self { client, url })
    }
}

#[async_trait]
impl KeySource for Address {
    async fn fetch(&self) -> Result<String, KeyError> {
        let mut answer = self.client.get(self.url.clone()).send().await.map_err(KeyError::Fetch)?;
        if answer.status() != StatusCode::OK {
            return Err(KeyError::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(KeyError::Fetch)? {
            if body.len() + chunk.len() > LONGEST {
                return Err(KeyError::TooLong(LONGEST));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    fn refresh_after(&self) -> Duration {
        Duration::from_mins(5)
    }
}

/// Keys in a file, which may be written anew at any time.
#[derive(Clone, Debug)]
pub struct File(PathBuf);

impl File {
    /// The keys at `path`.
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Reads the file, and waits for it.
    pub fn read(&self) -> Result<String, KeyError> {
        read_bounded(&self.0, LONGEST as u64)
            .map_err(|source| KeyError::File { path: self.0.clone(), source })
    }
}

#[async_trait]
impl KeySource for File {
    async fn fetch(&self) -> Result<String, KeyError> {
        let file = self.clone();
        tokio::task::spawn_blocking(move || file.read()).await.map_err(|_| KeyError::GivenUp)?
    }

    fn refresh_after(&self) -> Duration {
        Duration::from_secs(10)
    }
}
