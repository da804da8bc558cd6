//! What the requests of one thread share: the session of kind `dev`, upstream connections.
//!
//! In:    what all threads share.
//! Out:   the clients for a generation of the plan.
//! Never: an upstream connection of another thread.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use frontage_exec::{Clients, Deadlines, Settings as UpstreamSettings, Value, parse_any};

use crate::handles::Handles;
use crate::settings::Auth;
use crate::shared::{Generation, Shared};

/// What the requests of one thread share.
pub(crate) struct Worker {
    /// What all threads share.
    pub(crate) shared: Arc<Shared>,
    /// Its histograms at hand.
    pub(crate) handles: Handles,
    /// When its requests are given up.
    pub(crate) deadlines: Deadlines,
    /// The fixed session, if there is one.
    pub(crate) session: Option<Value>,
    clients: RefCell<(Arc<Vec<UpstreamSettings>>, Rc<Clients>)>,
}

impl Worker {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let session = match &shared.settings.auth {
            Auth::None => None,
            // It was checked before the threads started.
            Auth::Dev { session } => parse_any(session.as_bytes()).ok(),
        };
        let upstreams = Arc::clone(&shared.current.load().upstreams);
        let clients = Rc::new(Clients::new(upstreams.iter().cloned()));
        Self {
            shared: Arc::clone(shared),
            handles: Handles::new(),
            deadlines: Deadlines::new(),
            session,
            clients: RefCell::new((upstreams, clients)),
        }
    }

    /// The clients for requests of this generation; connections outlive a swap of the plan.
    pub(crate) fn clients(&self, generation: &Generation) -> Rc<Clients> {
        let mut slot = self.clients.borrow_mut();
        if !Arc::ptr_eq(&slot.0, &generation.upstreams) {
            let clients = Clients::new(generation.upstreams.iter().cloned());
            *slot = (Arc::clone(&generation.upstreams), Rc::new(clients));
        }
        Rc::clone(&slot.1)
    }
}
