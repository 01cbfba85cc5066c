//! The three places a library can live.
