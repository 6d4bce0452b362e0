//! How a metric is made: named, registered and written down in the table in one go.

use std::{fmt, sync::Arc};

use prometheus_client::{
    encoding::{EncodeMetric, text},
    metrics::{TypedMetric, counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

type Label = (&'static str, Arc<str>);
type Series<M, const N: usize> = Family<[Label; N], M, fn() -> M>;

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It only grows, from the start of the process on.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How many observations were at most so large.
    Histogram,
}

impl Sort {
    /// Its word in Prometheus' text.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// One metric, as the table tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its whole name.
    pub name: &'static str,
    /// What kind of number it is.
    pub sort: Sort,
    /// In what it is counted or measured.
    pub unit: &'static str,
    /// By what it is told apart.
    pub labels: Vec<&'static str>,
    /// What it says, without a full stop.
    pub meaning: &'static str,
}

/// A metric's name and unit.
pub(super) type Named = (&'static str, &'static str);

/// The registry, and what was written down of it.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    registry: Registry,
    rows: Vec<Row>,
}

/// A metric that is told apart by labels.
#[derive(Clone)]
pub(super) struct Labelled<M, const N: usize> {
    labels: [&'static str; N],
    series: Series<M, N>,
}

impl<M, const N: usize> fmt::Debug for Labelled<M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Labelled").field("labels", &self.labels).finish_non_exhaustive()
    }
}

impl<M: Clone, const N: usize> Labelled<M, N> {
    /// The one of these labels, made when first it is asked for. Whoever measures often keeps it.
    pub(super) fn of(&self, values: [&str; N]) -> M {
        let mut values = values.into_iter().map(Arc::from);
        let labels = self.labels.map(|label| (label, values.next().unwrap_or_default()));
        self.series.get_or_create_owned(&labels)
    }
}

impl Sheet {
    /// What only grows.
    pub(super) fn counters<const N: usize>(
        &mut self,
        named: Named,
        labels: [&'static str; N],
        meaning: &'static str,
    ) -> Labelled<Counter, N> {
        self.labelled((named, Sort::Counter), labels, meaning, Counter::default)
    }

    /// What goes up and down.
    pub(super) fn gauges<const N: usize>(
        &mut self,
        named: Named,
        labels: [&'static str; N],
        meaning: &'static str,
    ) -> Labelled<Gauge, N> {
        self.labelled((named, Sort::Gauge), labels, meaning, Gauge::default)
    }

    /// A measure that goes up and down.
    pub(super) fn measures<const N: usize>(
        &mut self,
        named: Named,
        labels: [&'static str; N],
        meaning: &'static str,
    ) -> Labelled<Measure, N> {
        self.labelled((named, Sort::Gauge), labels, meaning, Measure::default)
    }

    /// How large what was observed was; `make` knows the buckets.
    pub(super) fn histograms<const N: usize>(
        &mut self,
        named: Named,
        labels: [&'static str; N],
        meaning: &'static str,
        make: fn() -> Histogram,
    ) -> Labelled<Histogram, N> {
        self.labelled((named, Sort::Histogram), labels, meaning, make)
    }

    /// One without labels.
    pub(super) fn alone<M>(&mut self, (named, sort): (Named, Sort), meaning: &'static str, metric: M) -> M
    where
        M: EncodeMetric + Clone + fmt::Debug + Send + Sync + 'static,
    {
        self.enter((named, sort), &[], meaning, metric.clone());
        metric
    }

    /// Every metric, in the order in which it was made.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// All that was measured, as OpenMetrics.
    pub(super) fn text(&self) -> String {
        let mut written = String::new();
        // Writing into memory does not fail.
        let _ = text::encode(&mut written, &self.registry);
        written
    }

    fn labelled<M, const N: usize>(
        &mut self,
        named: (Named, Sort),
        labels: [&'static str; N],
        meaning: &'static str,
        make: fn() -> M,
    ) -> Labelled<M, N>
    where
        M: EncodeMetric + TypedMetric + Clone + fmt::Debug + Send + Sync + 'static,
    {
        let series = Series::new_with_constructor(make);
        self.enter(named, &labels, meaning, series.clone());
        Labelled { labels, series }
    }

    /// The registry puts the unit, and `_total` behind a counter's name, to the name by itself.
    fn enter<M>(
        &mut self,
        ((name, unit), sort): (Named, Sort),
        labels: &[&'static str],
        meaning: &'static str,
        metric: M,
    ) where
        M: EncodeMetric + fmt::Debug + Send + Sync + 'static,
    {
        self.rows.push(Row { name, sort, unit, labels: labels.to_vec(), meaning });
        let stem = if sort == Sort::Counter { name.strip_suffix("_total").unwrap_or(name) } else { name };
        match stem.strip_suffix(unit).and_then(|stem| stem.strip_suffix('_')) {
            Some(stem) => {
                self.registry.register_with_unit(stem, meaning, Unit::Other(unit.to_owned()), metric);
            }
            None => self.registry.register(stem, meaning, metric),
        }
    }
}

/// A gauge of a number that is not whole.
pub(super) type Measure = Gauge<f64, std::sync::atomic::AtomicU64>;

/// Counts of the like of what a request takes: from a millisecond to ten seconds.
pub(super) fn seconds() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
}

/// From one to the most that one commit takes.
pub(super) fn batch() -> Histogram {
    Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
}
