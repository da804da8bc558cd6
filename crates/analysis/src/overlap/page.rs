//! The comparison as one page.

use super::Overlap;

/// The page.
#[must_use]
pub fn page(overlap: &Overlap) -> String {
    let _ = overlap;
    String::new()
}
