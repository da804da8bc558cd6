//! Lowering of hand-made checked routes, as printed plans.

mod build;
mod calls;
mod functions;
mod invariants;
mod made;
mod projections;
mod sources;
