//! The declarations of the npm package `frontage`, which route modules import.

/// The text of the package's `index.d.ts`.
#[must_use]
pub fn frontage_types() -> &'static str {
    include_str!("../../../packages/frontage/index.d.ts")
}
