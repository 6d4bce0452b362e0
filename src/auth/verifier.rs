//! From a bearer token to a caller.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{
    Caller, Error, KeyError,
    jwks::{Address, File, KeySource},
    keyring::Keyring,
    keys::KeySet,
    token::{Expected, LONGEST, Token},
};
use crate::{
    config::{Auth, Proof},
    domain::Clock,
};

/// How many verified tokens are remembered. When there are more, all are forgotten: each costs one
/// verification to be remembered again.
const MOST_REMEMBERED: usize = 1024;

/// Turns tokens into callers.
#[derive(Debug)]
pub struct Verifier {
    keys: Keys,
    expected: Expected,
    clock: Arc<dyn Clock>,
    remembered: Mutex<Remembered>,
}

#[derive(Debug)]
enum Keys {
    Fixed(Arc<KeySet>),
    Changing(Arc<Keyring>),
}

/// Tokens that were proved with the keys of one generation.
#[derive(Default)]
struct Remembered {
    generation: u64,
    callers: HashMap<String, Arc<Caller>>,
}

impl std::fmt::Debug for Remembered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The keys are tokens that open the door.
        f.debug_struct("Remembered").field("callers", &self.callers.len()).finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier as `[auth]` says. A file of keys is read once here, so that a wrong one is told at the
    /// start; an address is asked when the first token comes.
    pub fn new(auth: &Auth, clock: Arc<dyn Clock>) -> Result<Self, KeyError> {
        match &auth.proof {
            Proof::Secret(secret) => Ok(Self::with_keys(
                Keys::Fixed(Arc::new(KeySet::shared(secret, auth.previous_secret.as_ref()))),
                auth,
                clock,
            )),
            Proof::JwksUrl(url) => {
                if url.scheme() != "https" {
                    tracing::warn!("auth.jwks_url is not https: whoever is on the way can let anybody in");
                }
                Ok(Self::with_source(Box::new(Address::new(url.clone())?), auth, clock))
            }
            Proof::JwksFile(path) => {
                let file = File::new(path.clone());
                if KeySet::from_jwks(&file.read()?, 0)?.is_empty() {
                    return Err(KeyError::NoUsableKey);
                }
                Ok(Self::with_source(Box::new(file), auth, clock))
            }
        }
    }

    /// A verifier whose keys come from `source`, whatever `[auth]` says of them.
    pub fn with_source(source: Box<dyn KeySource>, auth: &Auth, clock: Arc<dyn Clock>) -> Self {
        let ring = Arc::new(Keyring::new(source, Arc::clone(&clock)));
        Self::with_keys(Keys::Changing(ring), auth, clock)
    }

    fn with_keys(keys: Keys, auth: &Auth, clock: Arc<dyn Clock>) -> Self {
        let expected = Expected { issuer: auth.issuer.clone(), audience: auth.audience.clone() };
        Self { keys, expected, clock, remembered: Mutex::default() }
    }

    /// The caller that a token names. Must be called inside a tokio runtime.
    pub async fn verify(&self, token: &str) -> Result<Arc<Caller>, Error> {
        if token.is_empty() {
            return Err(Error::Missing);
        }
        let keys = self.keys().await.ok_or(Error::KeysUnknown)?;
        let now = self.clock.now();
        if let Some(caller) = self.recall(token, keys.generation) {
            return if now < caller.expires_at { Ok(caller) } else { Err(Error::Expired) };
        }
        let parsed = Token::parse(token)?;
        let keys = self.keys_for(&parsed, keys).await;
        keys.prove(&parsed)?;
        let caller = Arc::new(parsed.claims()?.into_caller(&self.expected, now)?);
        self.remember(token, &caller, keys.generation, now);
        Ok(caller)
    }

    async fn keys(&self) -> Option<Arc<KeySet>> {
        match &self.keys {
            Keys::Fixed(keys) => Some(Arc::clone(keys)),
            Keys::Changing(ring) => ring.keys().await,
        }
    }

    /// The same keys, or newer ones when the token names a key that is not among them.
    async fn keys_for(&self, token: &Token<'_>, keys: Arc<KeySet>) -> Arc<KeySet> {
        match &self.keys {
            Keys::Changing(ring) if !keys.knows(token.header.kid.as_deref()) => {
                ring.newer_than(Some(keys.generation)).await.unwrap_or(keys)
            }
            Keys::Changing(_) | Keys::Fixed(_) => keys,
        }
    }

    fn recall(&self, token: &str, generation: u64) -> Option<Arc<Caller>> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.callers.get(token).filter(|_| remembered.generation == generation).cloned()
    }

    fn remember(&self, token: &str, caller: &Arc<Caller>, generation: u64, now: Timestamp) {
        // Long tokens are rare, and would take most of the memory.
        if token.len() > LONGEST / 4 {
            return;
        }
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if generation < remembered.generation {
            return;
        }
        if generation > remembered.generation {
            *remembered = Remembered { generation, callers: HashMap::new() };
        }
        if remembered.callers.len() >= MOST_REMEMBERED {
            remembered.callers.retain(|_, caller| now < caller.expires_at);
        }
        if remembered.callers.len() >= MOST_REMEMBERED {
            remembered.callers.clear();
        }
        remembered.callers.insert(token.to_owned(), Arc::clone(caller));
    }
}
