//! What the build script makes of the base language's file: an enum for each group of texts.

use crate::message::Message;
use crate::value::Value;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));
