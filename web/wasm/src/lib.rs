//! What the page asks of forewarn: bytes in, JSON out.
//!
//! [`Desk`] has all of it as safe Rust. [`exports`] are the three functions that JavaScript calls; nothing else here is unsafe.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod ask;
mod choices;
mod desk;
#[allow(unsafe_code)]
pub mod exports;
mod reply;
mod shown;
mod told;

pub use ask::Ask;
pub use desk::Desk;
