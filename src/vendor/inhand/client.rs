//! The calls to the platform (InHand §3–§11): signing, sending, paging, reading.
//!
//! The names of the calls are their paths under `/osapi/`. `clientId`, `nonce_str` and `sign` go into the body
//! of a POST with a body, and into the query otherwise. Every value is sent as a string.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, TryStreamExt as _};
use http::{HeaderMap, HeaderValue, Method, header};
use rand::distr::{Alphanumeric, SampleString};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use thiserror::Error as ThisError;
use tokio::task::yield_now;
use url::Url;

use super::{
    codes,
    sign::Parameters,
    wire::{self, Rows},
};
use crate::{
    domain::Text,
    vendor::{
        Error, Kind, Result,
        transport::{Effect, Reply, Request, Transport},
    },
};

/// The calls' names.
pub const SITES: &str = "router/sites";
pub const STATUS: &str = "router/status";
pub const GOODS: &str = "router/goods";
pub const LINES: &str = "router/lines";
pub const SALES: &str = "router/sales";
pub const TRADES: &str = "trade/list";
pub const STATISTICS: &str = "trade/statistic";
pub const REFILLS: &str = "refill/message";
pub const CREATE_CODE: &str = "code/create";

/// All of them.
pub const OPERATIONS: [&str; 9] =
    [SITES, STATUS, GOODS, LINES, SALES, TRADES, STATISTICS, REFILLS, CREATE_CODE];

/// The longest page that the platform gives.
pub const PAGE: u64 = 100;

/// The most pages that one listing may have: 200,000 rows. Beyond it something is wrong with the platform.
const MOST_PAGES: u64 = 2_000;

/// The most pages of one listing that are asked for at once.
pub const WIDEST: u64 = 8;

/// One account at the platform.
#[derive(Clone)]
pub struct Credentials {
    /// Where the platform is, the document's `$AUTHSERVER`: `http://vending.example.net`.
    pub base_url: Url,
    /// The platform's id of the account.
    pub client_id: String,
    /// The key that signs.
    pub key: SecretString,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A base URL that the calls cannot be made under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("base_url must be an http or https URL without user name, password, query and fragment")]
pub struct InvalidBaseUrl;

/// A parameter of a call.
pub type Parameter = (&'static str, String);

/// One call, unsigned.
#[derive(Clone, Debug)]
struct Call {
    operation: &'static str,
    method: Method,
    query: Vec<Parameter>,
    body: Option<Vec<Parameter>>,
}

impl Call {
    fn post(operation: &'static str, query: Vec<Parameter>, body: Vec<Parameter>) -> Self {
        Self { operation, method: Method::POST, query, body: Some(body) }
    }
}

/// Where each operation is: put together once, not for each call.
struct Addresses(HashMap<&'static str, Url>);

impl Addresses {
    fn under(base_url: &Url) -> Self {
        Self(OPERATIONS.iter().map(|operation| (*operation, address(base_url, operation))).collect())
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses").finish_non_exhaustive()
    }
}

/// Signs and sends the calls of one account.
#[derive(Debug)]
pub struct Client {
    credentials: Credentials,
    addresses: Addresses,
    transport: Arc<Transport>,
    /// The most pages that one list may have; fewer in tests, which need not walk through all.
    pub most_pages: u64,
}

/// Some trades, and how many there are in all.
#[derive(Debug)]
pub struct Page<T> {
    pub total: u64,
    pub rows: Vec<T>,
}

impl Client {
    /// A client for one account.
    pub fn new(
        credentials: Credentials,
        transport: Arc<Transport>,
    ) -> std::result::Result<Self, InvalidBaseUrl> {
        let url = &credentials.base_url;
        let sound = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !sound {
            return Err(InvalidBaseUrl);
        }
        let addresses = Addresses::under(url);
        Ok(Self { credentials, addresses, transport, most_pages: MOST_PAGES })
    }

    /// All rows of a listing that ends with its first short page. The order is not promised and the list may
    /// change meanwhile, so that a row can come twice. Leaves turns to others as it goes.
    ///
    /// The pages are asked for in waves of 1, 2, 4, 8 at once: a short list costs one call, and 100,000 rows
    /// do not wait for a thousand calls one after the other.
    pub async fn listing<R: DeserializeOwned, T: Send>(
        &self,
        operation: &'static str,
        map: fn(R) -> Option<T>,
    ) -> Result<Vec<T>> {
        let (mut rows, mut next, mut width) = (Vec::new(), 0, 1);
        while next < self.most_pages {
            let end = self.most_pages.min(next + width);
            let asking = (next..end).map(|number| async move {
                Ok::<_, Error>((number, self.listing_page(operation, number * PAGE, PAGE, map).await?))
            });
            let (mut asking, mut wave) = (asking.collect::<FuturesUnordered<_>>(), BTreeMap::new());
            while let Some((number, page)) = asking.try_next().await? {
                wave.insert(number, page);
                // To read a page takes as long as several answers, and a whole wave may have come at once.
                yield_now().await;
            }
            let mut ended = false;
            // What follows the short page in its wave is kept: the list may have grown meanwhile.
            for (page, is_short) in wave.into_values() {
                rows.extend(page);
                ended |= is_short;
            }
            if count(rows.len()) > self.most_pages * PAGE {
                return Err(
                    Error::new(Kind::Protocol, operation).with_source("more rows than were asked for")
                );
            }
            if ended {
                return Ok(rows);
            }
            (next, width) = (end, WIDEST.min(width * 2));
        }
        Err(Error::new(Kind::Protocol, operation).with_source("the listing does not end"))
    }

    /// One page of a listing, and whether it is short.
    pub async fn listing_page<R: DeserializeOwned, T: Send>(
        &self,
        operation: &'static str,
        cursor: u64,
        limit: u64,
        map: fn(R) -> Option<T>,
    ) -> Result<(Vec<T>, bool)> {
        let call = Call::post(operation, page(cursor, limit), Vec::new());
        self.ask(&call, |body| {
            let Rows(rows) = decode::<Rows<R>>(operation, body)?;
            let is_short = count(rows.len()) < limit;
            Ok((keyed(operation, rows, map)?, is_short))
        })
        .await
    }

    /// Some trades (`trade/list`, §3.2). `cursor` is a multiple of `limit`.
    pub async fn trades<T: Send>(
        &self,
        filter: &[Parameter],
        (cursor, limit): (u64, u64),
        map: fn(wire::Trade) -> Option<T>,
    ) -> Result<Page<T>> {
        let operation = TRADES;
        let call = Call::post(operation, page(cursor, limit), filter.to_vec());
        self.ask(&call, |body| {
            let answer: wire::Trades = decode(operation, body)?;
            let total = answer.total.0.and_then(|total| u64::try_from(total).ok());
            let total = total.ok_or_else(|| Error::new(Kind::Protocol, operation).with_source("no total"))?;
            Ok(Page { total, rows: keyed(operation, answer.list.0, map)? })
        })
        .await
    }

    /// The sales of machines (`trade/statistic`, §5.1), in one call.
    pub async fn statistics<T: Send>(
        &self,
        query: Vec<Parameter>,
        map: impl Fn(wire::Statistics) -> Option<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let operation = STATISTICS;
        let call = Call { operation, method: Method::GET, query, body: None };
        self.ask(&call, |body| {
            let Rows(rows) = decode::<Rows<wire::Statistics>>(operation, body)?;
            keyed(operation, rows, &map)
        })
        .await
    }

    /// What one call tells of one machine. `map` gives the machine that a row speaks of, and our value.
    pub async fn machine<R: DeserializeOwned, T: Send>(
        &self,
        operation: &'static str,
        machine: &str,
        query: Vec<Parameter>,
        map: impl Fn(R) -> Option<(Text, T)> + Send + Sync,
    ) -> Result<T> {
        let call = Call::post(operation, query, vec![("assetId", machine.to_owned())]);
        self.ask(&call, |body| {
            let unknown = || Error::new(Kind::MachineNotFound, operation);
            if is_empty(body) {
                return Err(unknown());
            }
            let Rows(rows) = decode::<Rows<R>>(operation, body)?;
            let rows = keyed(operation, rows, &map)?;
            let row = rows.into_iter().find(|(number, _)| **number == *machine);
            row.map(|(_, value)| value).ok_or_else(unknown)
        })
        .await
    }

    /// The refills that the platform could not report (`refill/message`, §8.2).
    pub async fn refills<T: Send>(
        &self,
        filter: Vec<Parameter>,
        map: fn(wire::Refill) -> Option<T>,
    ) -> Result<Vec<T>> {
        let operation = REFILLS;
        let call = Call::post(operation, Vec::new(), filter);
        self.ask(&call, |body| {
            let answer: wire::Refills = decode(operation, body)?;
            keyed(operation, answer.message.0, map)
        })
        .await
    }

    /// Makes a pickup code (`code/create`, §10): a POST without a body.
    pub async fn create_code(&self, query: Vec<Parameter>) -> Result<Text> {
        let operation = CREATE_CODE;
        let call = Call { operation, method: Method::POST, query, body: None };
        self.tell(&call, |body| {
            let answer: wire::NewCode = decode(operation, body)?;
            let code = answer.code.0.filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
            code.ok_or_else(|| Error::new(Kind::Protocol, operation).with_source("no code"))
        })
        .await
    }

    /// Sends a read, and reads its answer unless that is a failure.
    async fn ask<T: Send>(&self, call: &Call, read: impl Fn(&[u8]) -> Result<T> + Send + Sync) -> Result<T> {
        let read = |reply: Reply| match codes::failure(call.operation, reply.status, &reply.body) {
            Some(error) => Err(error),
            None => read(&reply.body),
        };
        self.transport.call(call.operation, Effect::Read, || self.request(call), read).await
    }

    /// Sends what must not be sent twice, and reads its answer unless that is a failure. That a proxy knows no such address,
    /// or lets nobody in, does not tell what the platform did: without its own FAIL nobody knows.
    async fn tell<T: Send>(&self, call: &Call, read: impl Fn(&[u8]) -> Result<T> + Send + Sync) -> Result<T> {
        let operation = call.operation;
        let read = |reply: Reply| match codes::failure(operation, reply.status, &reply.body) {
            Some(error) if codes::is_refusal(&reply.body) || error.kind.is_no_answer() => Err(error),
            Some(error) => Err(Error::new(Kind::Protocol, operation).with_source(error)),
            None => read(&reply.body),
        };
        self.transport.call(operation, Effect::Write, || self.request(call), read).await
    }

    /// A signed request with a nonce of its own.
    fn request(&self, call: &Call) -> Result<Request> {
        // 24 letters and digits of the thread's cryptographic generator: 142 bits.
        let nonce = Alphanumeric.sample_string(&mut rand::rng(), 24);
        let (mut query, mut body) = (borrowed(&call.query), call.body.as_deref().map(borrowed));
        let signed = body.as_mut().unwrap_or(&mut query);
        signed.extend([("clientId", self.credentials.client_id.as_str()), ("nonce_str", nonce.as_str())]);
        let all = query.iter().chain(body.iter().flatten()).copied();
        let sign = Parameters::of(all).sign(&self.credentials.key);
        body.as_mut().unwrap_or(&mut query).push(("sign", sign.as_str()));

        let known = self.addresses.0.get(call.operation).cloned();
        let mut url = known.unwrap_or_else(|| address(&self.credentials.base_url, call.operation));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(&query);
        }
        let mut headers =
            HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("application/json"))]);
        let Some(body) = body else {
            return Ok(Request { method: call.method.clone(), url, headers, body: None });
        };
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let members: BTreeMap<&str, &str> = body.into_iter().collect();
        let body = serde_json::to_vec(&members)
            .map_err(|error| Error::new(Kind::BadInput, call.operation).with_source(error))?;
        Ok(Request { method: call.method.clone(), url, headers, body: Some(Bytes::from(body)) })
    }
}

fn address(base_url: &Url, operation: &str) -> Url {
    let mut url = base_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push("osapi").extend(operation.split('/'));
    }
    url
}

fn borrowed(parameters: &[Parameter]) -> Vec<(&'static str, &str)> {
    parameters.iter().map(|(name, text)| (*name, text.as_str())).collect()
}

/// The parameters of a page; the cursor is an offset.
pub fn page(cursor: u64, limit: u64) -> Vec<Parameter> {
    vec![("limit", limit.to_string()), ("cursor", cursor.to_string())]
}

fn decode<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    // Of bytes each text would be checked to be UTF-8 by itself. Odd bytes in what we pass over do not matter.
    let decoded = str::from_utf8(body).map_or_else(|_| serde_json::from_slice(body), serde_json::from_str);
    decoded.map_err(|error| Error::new(Kind::Protocol, operation).with_source(error))
}

/// Our values of the rows that have what they are known by. Rows that all lack it are not what was asked for.
fn keyed<R, T>(operation: &'static str, rows: Vec<R>, map: impl Fn(R) -> Option<T>) -> Result<Vec<T>> {
    let had_rows = !rows.is_empty();
    let values: Vec<T> = rows.into_iter().filter_map(map).collect();
    if had_rows && values.is_empty() {
        return Err(Error::new(Kind::Protocol, operation).with_source("no row has the members promised"));
    }
    Ok(values)
}

/// Whether an answer about one machine says nothing at all, as for a machine that the platform does not know.
fn is_empty(body: &[u8]) -> bool {
    const EMPTY: [&[u8]; 7] = [b"", b"null", b"{}", b"[]", b"[[]]", b"\"\"", b"{\"result\":\"SUCCESS\"}"];
    let bare = || body.iter().filter(|byte| !byte.is_ascii_whitespace());
    EMPTY.iter().any(|empty| bare().eq(*empty))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{STATUS, decode, wire::MachineStatus};

    #[test]
    fn odd_bytes_matter_only_in_what_is_read() {
        let passed_over =
            decode::<MachineStatus>(STATUS, b"{\"assetId\":\"1\",\"siteName\":\"\xff\"}").unwrap();
        assert_eq!(passed_over.asset_id.as_deref(), Some("1"));
        assert!(decode::<MachineStatus>(STATUS, b"{\"assetId\":\"\xff\"}").is_err());
    }
}
