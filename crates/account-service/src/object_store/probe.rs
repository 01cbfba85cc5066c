//! Tries everything that the service will ask of a bucket, for real, and explains what fails.
