//! Uploads by the whole engine, against a real account service and a real S3 server, with proxies between them that break
//! things.

mod crash;
mod faults;
mod people;
mod plain;
mod stage;
