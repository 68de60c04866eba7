//! A content-warning and tag metadata linter for fiction.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod checks;
pub mod collect;
pub mod engine;
pub mod formats;
pub mod model;
pub mod report;
pub mod rules;
