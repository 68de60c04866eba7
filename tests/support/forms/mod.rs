//! The forms in which people have the work of [`story`](super::story).

pub mod archive;
pub mod documents;
pub mod exports;
pub mod records;
