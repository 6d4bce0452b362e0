//! How the log is started: what the command line and the environment say stands over the configuration.

use super::{Error, LogFormat};
use crate::{
    config::{self, environment},
    telemetry::{self, Format, Settings, Telemetry, traces},
};

/// What command line and environment say of the log.
#[derive(Debug)]
pub struct Wanted {
    format: Option<Format>,
    filter: Option<String>,
}

impl Wanted {
    /// What they say.
    pub fn new(format: Option<LogFormat>) -> Self {
        let format = format.map(|format| match format {
            LogFormat::Text => Format::Text,
            LogFormat::Json => Format::Json,
        });
        Self { format, filter: environment::log_filter() }
    }

    /// Starts the log of a command that goes without a configuration.
    pub fn start_alone(&self) -> Result<(), Error> {
        self.start(&config::Telemetry::default()).map(drop)
    }

    /// Starts log and traces.
    pub fn start(&self, config: &config::Telemetry) -> Result<Telemetry, Error> {
        let configured = config.log.map(|format| match format {
            config::telemetry::LogFormat::Text => Format::Text,
            config::telemetry::LogFormat::Json => Format::Json,
        });
        let traces = config.otlp_endpoint.clone().map(|endpoint| traces::Settings {
            endpoint,
            headers: config.otlp_headers.clone(),
            sample_ratio: config.sample_ratio,
            service_name: config.service_name.clone(),
        });
        let settings = Settings {
            format: self.format.or(configured).unwrap_or_default(),
            filter: self.filter.clone().or_else(|| config.filter.clone()),
            traces,
        };
        Ok(telemetry::start(&settings)?)
    }
}
