//! What this crate promises, tried from outside.
//!
//! The files in `fixtures/` show one scene in every coding that the product should know; `fixtures/make.sh` made them.
//! Real photographs are looked for where `IMAGE_MANAGER_PHOTOS` says, or beside the workspace.

mod beside_vips;
mod broken;
mod files;
mod formats;
mod likeness;
mod limits;
mod metadata;
mod mutations;
mod odd;
mod orientation;
mod photographs;
mod raws;
mod renditions;
mod sniffing;
mod svgs;
mod tiffs;
