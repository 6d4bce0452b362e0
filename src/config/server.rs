//! `[server]`: where we listen and what the door shows.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use url::Url;

use super::{
    duration,
    error::Problem,
    section::{Given, Keys, Section},
};

/// `[server]`.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the file")]
pub struct Server {
    /// The address and port to listen on; 127.0.0.1:8080 where nothing is said, so that nothing is open to
    /// a network by accident.
    pub listen: SocketAddr,
    /// Where vendors reach us; callback URLs begin with it.
    pub public_url: Option<Url>,
    /// Whether the schema can be asked for without the scope `admin`.
    pub introspection: bool,
    /// Whether a supergraph's gateway may use us as a subgraph.
    pub federation: bool,
    /// Whether `/graphiql` is served.
    pub graphiql: bool,
    /// Whether `/dashboard` is served.
    pub dashboard: bool,
    /// The web pages that may call us from a browser, as `scheme://host[:port]`.
    pub cors_origins: Vec<String>,
    /// How long we go on serving once told to end, with `/readyz` red, so that whoever sends requests here notices
    /// before the door closes; zero: the door closes at once.
    pub drain: Duration,
}

pub(super) const KEYS: Keys<'static> = Keys {
    plain: &[
        "listen",
        "public_url",
        "introspection",
        "federation",
        "graphiql",
        "dashboard",
        "cors_origins",
        "drain",
    ],
    secret: &[],
};

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            introspection: true,
            federation: false,
            graphiql: true,
            dashboard: true,
            cors_origins: Vec::new(),
            drain: Duration::from_secs(2),
        }
    }
}

impl Server {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let default = Self::default();
        let address = |given: &Given| given.text()?.parse().ok();
        let drain = |given: &Given| match given.text()? {
            "off" => Some(Duration::ZERO),
            text => duration::parse(text),
        };
        Ok(Self {
            listen: section
                .optional("listen", "an IP address and a port, such as \"127.0.0.1:8080\"", address)?
                .unwrap_or(default.listen),
            public_url: section.url("public_url")?,
            introspection: section.boolean("introspection", default.introspection)?,
            federation: section.boolean("federation", default.federation)?,
            graphiql: section.boolean("graphiql", default.graphiql)?,
            dashboard: section.boolean("dashboard", default.dashboard)?,
            cors_origins: section
                .optional(
                    "cors_origins",
                    "a list of origins without a path, such as [\"https://dash.example.com\"]",
                    |given| given.list()?.into_iter().map(origin).collect(),
                )?
                .unwrap_or_default(),
            drain: section
                .optional("drain", "a duration such as \"2s\", or \"off\"", drain)?
                .unwrap_or(default.drain),
        })
    }
}

/// An origin in the form in which a browser sends it.
fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let origin = url.origin().ascii_serialization();
    // Whatever is more than an origin (path, user, query) is a misunderstanding better told.
    (url.as_str().strip_suffix('/') == Some(origin.as_str())).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        assert_eq!(origin("https://Dash.Example.com:443").as_deref(), Some("https://dash.example.com"));
        assert_eq!(origin("http://localhost:5173/").as_deref(), Some("http://localhost:5173"));
        for text in
            ["*", "dash.example.com", "https://dash.example.com/app", "ftp://x", "https://u@x", "null"]
        {
            assert_eq!(origin(text), None, "{text}");
        }
    }
}
