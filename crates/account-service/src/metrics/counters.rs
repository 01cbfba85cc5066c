//! The numbers that Prometheus can read, in the OpenMetrics text format.

use account_api::ErrorCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::error::{Error, Result};
use crate::storage::Database;

/// Upper bounds of how long requests take, in seconds.
const BOUNDS: [f64; 13] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];

/// A route's pattern, never a path: paths hold links' tokens, and would make a series for every picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConnectionState {
    state: &'static str,
}

/// The numbers of one service.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answer, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    errors: Family<Code, Counter>,
    streams: Gauge,
    pictures: Counter,
    bytes: Counter,
    connections: Family<ConnectionState, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("account_service"),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            in_flight: Gauge::default(),
            errors: Family::default(),
            streams: Gauge::default(),
            pictures: Counter::default(),
            bytes: Counter::default(),
            connections: Family::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("build", "The version that runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("http_requests", "Requests that were answered", self.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "How long requests took until their answer began",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register("http_requests_in_flight", "Requests that are being worked on", self.in_flight.clone());
        registry.register("errors", "Requests that were answered with an error, by its code", self.errors.clone());
        registry.register("change_streams", "Clients that listen for changes", self.streams.clone());
        registry.register("pictures_verified", "Pictures that were confirmed since the start", self.pictures.clone());
        registry.register_with_unit(
            "pictures_verified",
            "Bytes of the pictures that were confirmed since the start",
            Unit::Bytes,
            self.bytes.clone(),
        );
        registry.register("database_connections", "Connections to the database", self.connections.clone());
        self
    }

    /// A request was answered.
    pub fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let (method, route) = (method.to_owned(), route.to_owned());
        self.durations.get_or_create(&Route { method: method.clone(), route: route.clone() }).observe(seconds);
        self.requests.get_or_create(&Answer { method, route, status }).inc();
    }

    /// A request was answered with an error of this code.
    pub fn failed(&self, code: ErrorCode) {
        self.errors.get_or_create(&Code { code: code.as_str() }).inc();
    }

    /// A picture was confirmed.
    pub fn verified(&self, bytes: i64) {
        self.pictures.inc();
        self.bytes.inc_by(bytes.try_into().unwrap_or_default());
    }

    /// A request is worked on until this is dropped.
    pub fn in_flight(&self) -> Raised {
        Raised::new(&self.in_flight)
    }

    /// A client listens until this is dropped.
    pub fn stream(&self) -> Raised {
        Raised::new(&self.streams)
    }

    /// All of them, as text.
    pub(super) fn text(&self, database: &Database) -> Result<String> {
        let (open, idle) = database.connections();
        for (state, count) in [("idle", idle), ("busy", open.saturating_sub(idle))] {
            self.connections.get_or_create(&ConnectionState { state }).set(count.try_into().unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(Error::internal)?;
        Ok(text)
    }
}

/// Counts one until it is dropped.
pub struct Raised(Gauge);

impl Raised {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Raised {
    fn drop(&mut self) {
        self.0.dec();
    }
}
