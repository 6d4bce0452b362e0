//! Documents that are asked for by a name instead of being sent.
//!
//! Two sorts have names. A *registered* document was sent with its SHA-256 before (Apollo's automatic persisted queries);
//! it is forgotten when others need its place, and the client sends it again. A *trusted* document stands in the
//! operator's manifest under an id of whatever make. Where only trusted documents are answered, nothing is registered.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use async_graphql::{Request, Variables};
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::{Documents, cost, refusal::Refusal};

/// What the texts of registered documents may take in memory together, in bytes.
const REGISTERED_BYTES: u64 = 16 * 1024 * 1024;

/// What a registered document takes beside its text, in bytes, by estimate.
const ENTRY_BYTES: usize = 200;

/// The prefix of an id that is the text's SHA-256 (GraphQL over HTTP, appendix *Persisted Documents*).
const SHA256: &str = "sha256:";

/// How a request says which document it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// By the document itself.
    Text(String),
    /// By its name.
    Named(Name),
    /// By both, so that its name will do from then on.
    Registering {
        /// The document itself.
        text: String,
        /// `extensions.persistedQuery.sha256Hash`.
        hash: String,
    },
}

/// A document's name, as a request gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// `extensions.persistedQuery.sha256Hash`.
    Hash(String),
    /// `documentId`.
    Id(String),
}

/// The document that was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its text.
    pub text: String,
    /// Under what it is to be registered, once it is known to be good.
    pub registers: Option<Hash>,
}

/// The SHA-256 of a document's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

/// Why there is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfound {
    /// No document has that hash: it is to be sent. The words are Apollo's protocol.
    #[error("PersistedQueryNotFound")]
    UnknownHash,
    /// No document has that id.
    #[error("there is no document with this id")]
    UnknownId,
    /// The text is not what the name says.
    #[error("`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`")]
    OtherText,
    /// It is not among the trusted documents.
    #[error("only trusted documents are answered here, by their id or to the letter; this is none of them")]
    Untrusted,
}

/// The operator's manifest, and whether anything else is answered. To be replaced as a whole.
#[derive(Default)]
pub struct Policy {
    by_id: HashMap<String, Arc<str>>,
    texts: HashSet<Arc<str>>,
    trusted_only: bool,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by_id, trusted_only, .. } = self;
        f.debug_struct("Policy").field("documents", &by_id.len()).field("trusted_only", trusted_only).finish()
    }
}

impl Policy {
    /// A policy over documents by their ids, each known to be good; where `trusted_only`, nothing else is answered.
    pub fn new(trusted: impl IntoIterator<Item = (String, String)>, trusted_only: bool) -> Self {
        let by_id: HashMap<String, Arc<str>> =
            trusted.into_iter().map(|(id, text)| (id, Arc::from(text))).collect();
        let texts = by_id.values().map(Arc::clone).collect();
        Self { by_id, texts, trusted_only }
    }

    fn trusted(&self, name: &str) -> Option<&Arc<str>> {
        self.by_id.get(name.strip_prefix(SHA256).unwrap_or(name))
    }
}

/// Every document that has a name.
#[derive(Debug)]
pub(super) struct Persisted {
    registered: Cache<Hash, Arc<str>>,
    policy: ArcSwap<Policy>,
    edition: AtomicU64,
}

impl Persisted {
    pub(super) fn new() -> Self {
        let registered = Cache::builder()
            .max_capacity(REGISTERED_BYTES)
            .weigher(|_: &Hash, text: &Arc<str>| u32::try_from(text.len() + ENTRY_BYTES).unwrap_or(u32::MAX))
            .build();
        Self { registered, policy: ArcSwap::default(), edition: AtomicU64::new(0) }
    }

    /// Puts another policy in the place of this one.
    pub(super) fn adopt(&self, policy: Policy) {
        self.policy.store(Arc::new(policy));
        // After the policy: whoever reads the new number finds the new policy.
        self.edition.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn edition(&self) -> u64 {
        self.edition.load(Ordering::Acquire)
    }

    pub(super) fn find(&self, reference: Reference, exempt: bool) -> Result<Found, Unfound> {
        let policy = self.policy.load();
        let open = exempt || !policy.trusted_only;
        let (text, registers) = match reference {
            Reference::Named(name) => {
                let (Name::Hash(id) | Name::Id(id)) = &name;
                return match policy.trusted(id) {
                    Some(text) => Ok(Found { text: text.to_string(), registers: None }),
                    None if open => self.registered(&name),
                    None => Err(Unfound::Untrusted),
                };
            }
            Reference::Text(text) => (text, None),
            Reference::Registering { text, hash: name } => {
                // A trusted document's id may be of any make.
                let trusted = policy.trusted(&name).is_some_and(|trusted| **trusted == *text);
                let hash = Hash::of(&text);
                if !trusted && Hash::read(&name) != Some(hash) {
                    return Err(Unfound::OtherText);
                }
                (text, (open && !trusted).then_some(hash))
            }
        };
        if !open && !policy.texts.contains(text.as_str()) {
            return Err(Unfound::Untrusted);
        }
        Ok(Found { text, registers })
    }

    fn registered(&self, name: &Name) -> Result<Found, Unfound> {
        let (named, unknown) = match name {
            Name::Hash(hash) => (Some(hash.as_str()), Unfound::UnknownHash),
            Name::Id(id) => (id.strip_prefix(SHA256), Unfound::UnknownId),
        };
        let text = named.and_then(Hash::read).and_then(|hash| self.registered.get(&hash));
        Ok(Found { text: text.ok_or(unknown)?.to_string(), registers: None })
    }

    /// Registers a document that is known to be good.
    pub(super) fn register(&self, hash: Hash, text: &str) {
        if !self.registered.contains_key(&hash) {
            self.registered.insert(hash, Arc::from(text));
        }
    }
}

impl Documents {
    /// Answers by another manifest and mode from now on. What is followed already goes on.
    pub fn adopt(&self, policy: Policy) {
        self.persisted.adopt(policy);
    }

    /// Which policy this is, counted. An answer that was made under one must not be given under another.
    pub fn edition(&self) -> u64 {
        self.persisted.edition()
    }

    /// The document that a request means; whoever is `exempt` may send any.
    ///
    /// # Errors
    /// Why there is none for it.
    pub fn find(&self, reference: Reference, exempt: bool) -> Result<Found, Unfound> {
        self.persisted.find(reference, exempt)
    }

    /// Registers a document under its hash. It must have passed [`Documents::prepare`].
    pub fn register(&self, hash: Hash, text: &str) {
        self.persisted.register(hash, text);
    }

    /// Checks a document that is to be trusted against the bounds, by what it weighs without variables, and gives a
    /// request for each of its operations.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn inspect(&self, text: &str) -> Result<Vec<Request>, Refusal> {
        let document = &self.document(text)?.executable;
        let variables = Variables::default();
        let operations = document.operations.iter().map(|(name, operation)| {
            let asked = cost::Asked { document, operation: &operation.node, variables: &variables };
            cost::check(&self.types, &asked, self.limits.load().complexity as u64)?;
            let mut request = Request::new(text);
            request.operation_name = name.map(ToString::to_string);
            request.set_parsed_query(document.clone());
            Ok(request)
        });
        operations.collect()
    }
}

impl Hash {
    fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    fn read(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(hex, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Hash, Name, Persisted, Policy, Reference, Unfound};

    /// The appendix's own examples, of GraphQL over HTTP.
    const SPACED: &str = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}";
    const SPACED_HASH: &str = "7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e";
    const DENSE: &str = "query($id:ID!){user(id:$id){name}}";
    const DENSE_HASH: &str = "71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b";

    fn hash(hash: &str) -> Reference {
        Reference::Named(Name::Hash(hash.to_owned()))
    }

    fn id(id: &str) -> Reference {
        Reference::Named(Name::Id(id.to_owned()))
    }

    fn text(text: &str) -> Reference {
        Reference::Text(text.to_owned())
    }

    fn both(text: &str, hash: &str) -> Reference {
        Reference::Registering { text: text.to_owned(), hash: hash.to_owned() }
    }

    fn find(persisted: &Persisted, reference: Reference) -> Result<String, Unfound> {
        let Found { text, registers } = persisted.find(reference, false)?;
        if let Some(hash) = registers {
            persisted.register(hash, &text);
        }
        Ok(text)
    }

    fn trusting(trusted_only: bool) -> Persisted {
        let persisted = Persisted::new();
        let documents =
            [("chosen".to_owned(), DENSE.to_owned()), (SPACED_HASH.to_owned(), SPACED.to_owned())];
        persisted.adopt(Policy::new(documents, trusted_only));
        persisted
    }

    #[test]
    fn the_specifications_examples_have_its_hashes() {
        assert_eq!(Hash::read(SPACED_HASH), Some(Hash::of(SPACED)));
        assert_eq!(Hash::read(DENSE_HASH), Some(Hash::of(DENSE)));
    }

    #[test]
    fn a_document_is_found_by_its_hash_once_it_was_sent_with_it() {
        let persisted = Persisted::new();
        assert_eq!(find(&persisted, hash(DENSE_HASH)), Err(Unfound::UnknownHash));
        assert_eq!(find(&persisted, text(DENSE)).as_deref(), Ok(DENSE));
        assert_eq!(find(&persisted, hash(DENSE_HASH)), Err(Unfound::UnknownHash));
        assert_eq!(find(&persisted, both(DENSE, DENSE_HASH)).as_deref(), Ok(DENSE));
        assert_eq!(find(&persisted, hash(DENSE_HASH)).as_deref(), Ok(DENSE));
        assert_eq!(find(&persisted, id(&format!("sha256:{DENSE_HASH}"))).as_deref(), Ok(DENSE));
        assert_eq!(find(&persisted, id(DENSE_HASH)), Err(Unfound::UnknownId));
    }

    #[test]
    fn a_document_under_another_ones_hash_is_refused() {
        let persisted = Persisted::new();
        for wrong in [SPACED_HASH, "", "7dba", "zz"] {
            assert_eq!(find(&persisted, both(DENSE, wrong)), Err(Unfound::OtherText), "{wrong}");
            assert_eq!(find(&persisted, hash(wrong)), Err(Unfound::UnknownHash), "{wrong}");
        }
    }

    #[test]
    fn a_trusted_document_is_found_by_its_id_in_either_mode() {
        for trusted_only in [false, true] {
            let persisted = trusting(trusted_only);
            for name in [id("chosen"), id("sha256:chosen"), hash("chosen")] {
                assert_eq!(find(&persisted, name).as_deref(), Ok(DENSE));
            }
            for name in [id(SPACED_HASH), hash(SPACED_HASH), id(&format!("sha256:{SPACED_HASH}"))] {
                assert_eq!(find(&persisted, name).as_deref(), Ok(SPACED));
            }
            // A client that sends both.
            assert_eq!(find(&persisted, both(DENSE, "chosen")).as_deref(), Ok(DENSE));
        }
    }

    #[test]
    fn nothing_but_trusted_documents_is_found_where_they_alone_are_answered() {
        let persisted = trusting(true);
        assert_eq!(find(&persisted, text(DENSE)).as_deref(), Ok(DENSE));
        assert_eq!(find(&persisted, text("{ a }")), Err(Unfound::Untrusted));
        assert_eq!(find(&persisted, id("other")), Err(Unfound::Untrusted));
        let other = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
        assert_eq!(find(&persisted, both("{__typename}", other)), Err(Unfound::Untrusted));
        assert_eq!(find(&persisted, hash(other)), Err(Unfound::Untrusted));
    }

    #[test]
    fn what_was_registered_before_is_not_found_any_more_once_trusted_documents_alone_are_answered() {
        let persisted = Persisted::new();
        let other = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
        assert!(find(&persisted, both("{__typename}", other)).is_ok());
        let edition = persisted.edition();
        persisted.adopt(Policy::new([], true));
        assert_ne!(persisted.edition(), edition);
        assert_eq!(find(&persisted, hash(other)), Err(Unfound::Untrusted));
        assert!(persisted.find(hash(other), true).is_ok());
    }
}
