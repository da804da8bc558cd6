//! The npm package `frontage`, which route modules import and which runs them in Node.
//!
//! It is part of this program, so that both always fit each other and a workspace needs no registry
//! for it.

/// The text of the package's `index.d.ts`.
#[must_use]
pub fn frontage_types() -> &'static str {
    include_str!("../../../packages/frontage/index.d.ts")
}

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../packages/frontage/", $path)))),*]
    };
}

/// The package's files, each with its path.
#[must_use]
pub fn package_files() -> &'static [(&'static str, &'static str)] {
    files![
        "README.md",
        "bin/frontage-node.js",
        "index.d.ts",
        "index.js",
        "node.d.ts",
        "package.json",
        "src/backend.js",
        "src/call.js",
        "src/clock.js",
        "src/config.js",
        "src/files.js",
        "src/fill.js",
        "src/glue.js",
        "src/input.js",
        "src/main.js",
        "src/metrics.js",
        "src/node.js",
        "src/passthrough.js",
        "src/problem.js",
        "src/reply.js",
        "src/router.js",
        "src/server.js",
        "src/shape.js",
        "src/shared.js",
        "src/transport.js",
        "src/version.js",
        "upstreams.js",
    ]
}
