//! TOML packs to a rule set.

pub mod pack;
