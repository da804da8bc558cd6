//! The clients of a plan's upstreams, for one thread.

use std::collections::HashMap;

use frontage_plan::{Name, Plan};
use frontage_upstream::{Client, Deadlines, Settings};

/// One client for each upstream, by name. It belongs to one thread, and to its `LocalSet`.
#[derive(Default)]
pub struct Clients {
    by_name: HashMap<Name, Client>,
}

impl Clients {
    /// Clients without connections yet.
    #[must_use]
    pub fn new(settings: impl IntoIterator<Item = Settings>) -> Self {
        let deadlines = Deadlines::new();
        let client = |settings: Settings| {
            (Name::clone(&settings.name), Client::sharing(settings, deadlines.clone()))
        };
        let by_name = settings.into_iter().map(client).collect();
        Self { by_name }
    }

    /// Names of the plan's upstreams that have no client: their calls would all fail.
    #[must_use]
    pub fn missing(&self, plan: &Plan) -> Vec<Name> {
        let names = plan.upstreams.iter().map(|upstream| &upstream.name);
        names.filter(|name| !self.by_name.contains_key(*name)).cloned().collect()
    }

    pub(crate) fn get(&self, upstream: &str) -> Option<&Client> {
        self.by_name.get(upstream)
    }
}

impl std::fmt::Debug for Clients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}
