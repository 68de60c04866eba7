//! The packs that come with forewarn: their files, and what the build made of them.

use crate::rules::PackText;

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The rule sets of the lists of packs that are used most, as the build compiled them; without the feature `compiled` there
/// are none, and packs are linked when they are loaded.
#[cfg(feature = "compiled")]
pub(crate) const COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/compiled"));
#[cfg(not(feature = "compiled"))]
pub(crate) const COMPILED: &[u8] = &[];

/// A hash of the bundled packs and of what links packs.
pub const BUILT_FROM: &str = env!("FOREWARN_BUILT_FROM");

/// The names of the packs that come with forewarn.
pub fn bundled_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|b| b.0)
}

/// A pack that comes with forewarn.
pub fn bundled(name: &str) -> Option<PackText> {
    let (name, files) = BUNDLED.iter().find(|b| b.0 == name)?;
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Some(PackText { name: (*name).to_owned(), files, bundled: true })
}
