//! `[telemetry]`: what the log looks like, and where traces go.

use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};
use url::Url;

use super::{
    error::Problem,
    secret::{Fits, same},
    section::{Given, Keys, Section},
};

/// `[telemetry]`.
#[derive(Clone, Debug)]
pub struct Telemetry {
    /// How a line of the log is written; `None`: nothing is said.
    pub log: Option<LogFormat>,
    /// What is logged, as in `info,vendgraph=debug`; `None`: nothing is said.
    pub filter: Option<String>,
    /// The collector that takes traces by OTLP over HTTP; `None`: there are no traces.
    pub otlp_endpoint: Option<Url>,
    /// Headers that the collector wants: names and values.
    pub otlp_headers: Vec<(String, SecretString)>,
    /// The part of the traces that begin here which is sent, from 0 to 1.
    pub sample_ratio: f64,
    /// What the collector calls this program.
    pub service_name: String,
}

impl PartialEq for Telemetry {
    fn eq(&self, other: &Self) -> bool {
        let (headers, others) = (&self.otlp_headers, &other.otlp_headers);
        let same_headers = headers.len() == others.len()
            && headers.iter().zip(others).all(|(one, other)| one.0 == other.0 && same(&one.1, &other.1));
        self.log == other.log
            && self.filter == other.filter
            && self.otlp_endpoint == other.otlp_endpoint
            && same_headers
            && self.sample_ratio.total_cmp(&other.sample_ratio).is_eq()
            && self.service_name == other.service_name
    }
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            log: None,
            filter: None,
            otlp_endpoint: None,
            otlp_headers: Vec::new(),
            sample_ratio: 1.0,
            service_name: "vendgraph".to_owned(),
        }
    }
}

pub(super) const KEYS: Keys<'static> = Keys {
    plain: &["log", "filter", "otlp_endpoint", "sample_ratio", "service_name"],
    secret: &["otlp_headers"],
};

const HEADERS: Fits = Fits {
    write: "headers as \"name=value\", separated by commas, such as \"authorization=Bearer …\"",
    accepts: |text| headers(text).is_some(),
};

impl Telemetry {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let default = Self::default();
        let format = |given: &Given| match given.text()? {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        };
        let filter = |given: &Given| given.text().filter(|text| is_filter(text)).map(str::to_owned);
        let write = "a level such as \"info\", or \"info,vendgraph=debug\"";
        let given = section.secret("otlp_headers", &HEADERS)?;
        let ratio = |given: &Given| given.decimal().filter(|ratio| (0.0..=1.0).contains(ratio));
        Ok(Self {
            log: section.optional("log", "\"text\" or \"json\"", format)?,
            filter: section.optional("filter", write, filter)?,
            otlp_endpoint: section.url("otlp_endpoint")?,
            otlp_headers: given.and_then(|text| headers(text.expose_secret())).unwrap_or_default(),
            sample_ratio: section
                .optional("sample_ratio", "a number from 0 to 1, such as 0.1", ratio)?
                .unwrap_or(default.sample_ratio),
            service_name: section.words("service_name")?.unwrap_or(default.service_name),
        })
    }
}

/// Whether a text says what is logged. A word by itself is a level, or a part of this program: any other is taken for a part of
/// another one, of which alone something would be logged, and is a level misspelt.
fn is_filter(text: &str) -> bool {
    let is_known = |word: &str| {
        word.is_empty()
            || word.contains(['=', '['])
            || word.parse::<LevelFilter>().is_ok()
            || word.split("::").next() == Some(env!("CARGO_PKG_NAME"))
    };
    EnvFilter::builder().parse(text).is_ok() && text.split(',').all(|word| is_known(word.trim()))
}

/// The headers of a text; `None` where one of them cannot be sent.
fn headers(text: &str) -> Option<Vec<(String, SecretString)>> {
    let header = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let name = http::HeaderName::try_from(name.trim()).ok()?;
        http::HeaderValue::try_from(value.trim()).ok()?;
        Some((name.as_str().to_owned(), SecretString::from(value.trim())))
    };
    text.split(',').filter(|pair| !pair.trim().is_empty()).map(header).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{LogFormat, Telemetry, headers};
    use crate::config::{Config, Folder};

    const AUTH: &str = "[auth]\nsecret = \"0123456789abcdef0123456789abcdef\"\n[telemetry]\n";

    fn read(keys: &str, environment: &[(&str, &str)]) -> Result<Telemetry, String> {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::parse(&format!("{AUTH}{keys}"), environment, &Folder::of("".as_ref()));
        config.map(|config| config.telemetry).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_sent_unless_it_is_said_where() {
        let nothing = read("", &[]).unwrap();
        assert!(nothing.otlp_endpoint.is_none() && nothing.log.is_none() && nothing.filter.is_none());
        assert_eq!(
            (nothing.sample_ratio.to_string(), nothing.service_name.as_str()),
            ("1".into(), "vendgraph")
        );
    }

    #[test]
    fn every_key_is_read_and_can_be_overridden() {
        let keys = "log = \"json\"\nfilter = \"info,vendgraph=debug\"\notlp_endpoint = \"http://collector:4318\"\n\
                    otlp_headers = \"authorization=Bearer s3cret\"\nsample_ratio = 0\nservice_name = \"north\"";
        let told = read(keys, &[]).unwrap();
        assert_eq!((told.log, told.filter.as_deref()), (Some(LogFormat::Json), Some("info,vendgraph=debug")));
        assert_eq!(told.otlp_endpoint.as_ref().unwrap().as_str(), "http://collector:4318/");
        assert_eq!((told.sample_ratio.to_string(), told.service_name.as_str()), ("0".into(), "north"));
        assert!(!format!("{told:?}").contains("s3cret"));
        let variables = [
            ("VENDGRAPH__TELEMETRY__SAMPLE_RATIO", "0.25"),
            ("VENDGRAPH__TELEMETRY__OTLP_HEADERS__ENV", "HEADERS"),
            ("HEADERS", "a=b"),
        ];
        let told = read(keys, &variables).unwrap();
        assert_eq!(told.sample_ratio.to_string(), "0.25");
        assert_eq!(told.otlp_headers[0].1.expose_secret(), "b");
    }

    #[test]
    fn levels_and_parts_of_the_program_and_levels_of_others_are_filters() {
        for filter in [
            "info",
            "WARN",
            "off",
            "info,vendgraph=debug",
            "vendgraph::http",
            "warn,sqlx=debug,[vendor]=trace",
        ] {
            let told = read(&format!("filter = \"{filter}\""), &[]).unwrap();
            assert_eq!(told.filter.as_deref(), Some(filter));
        }
    }

    #[test]
    fn a_wrong_value_is_told_with_a_right_one() {
        for (keys, right) in [
            ("log = \"xml\"", "\"text\" or \"json\""),
            ("filter = \"vendgraph=loud\"", "a level such as \"info\""),
            ("filter = \"verbose\"", "a level such as \"info\""),
            ("filter = \"info,sqlx\"", "a level such as \"info\""),
            ("sample_ratio = 1.5", "from 0 to 1"),
            ("otlp_headers = \"s3cret\"", "name=value"),
        ] {
            let told = read(keys, &[]).unwrap_err();
            assert!(told.contains(right) && !told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn headers_are_read_with_whatever_stands_behind_the_first_equals_sign() {
        let read = headers("Authorization=Basic dXNlcjpw=, x-scope = tenant ,").unwrap();
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(read, [("authorization", "Basic dXNlcjpw="), ("x-scope", "tenant")]);
        for wrong in ["authorization", "a b=c", "name=line\nbreak"] {
            assert!(headers(wrong).is_none(), "{wrong:?}");
        }
    }
}
