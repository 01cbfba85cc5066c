//! Uploads by the whole engine, against a real account service and a real S3 server, with proxies between them that break
//! things.

mod bounded;
mod bucket;
mod connection;
mod crash;
mod detours;
mod faults;
mod metered;
mod once;
mod order;
mod people;
mod plain;
mod refusals;
mod replacing;
mod services_faults;
mod stage;
mod store_faults;
