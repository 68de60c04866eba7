//! A content-warning and tag metadata linter for fiction.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

/// The version of forewarn.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub mod checks;
#[cfg(feature = "cli")]
pub mod cli;
pub mod collect;
pub mod config;
pub mod docs;
pub mod engine;
#[cfg(feature = "fit")]
pub mod fit;
pub mod fix;
pub mod formats;
pub mod model;
mod packs;
pub mod profile;
pub mod report;
pub mod rules;
#[cfg(test)]
mod schemas;
pub mod selftest;
pub mod suggest;
pub mod suppress;
