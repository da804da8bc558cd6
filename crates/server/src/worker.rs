//! What the requests of one thread share: the session of kind `dev`, upstream connections.
//!
//! In:    what all threads share.
//! Out:   session and clients for each release.
//! Never: an upstream connection of another thread; anything of a release that is no longer served.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Weak};

use frontage_exec::{Clients, Deadlines, Settings as UpstreamSettings, Value, parse_any};

use crate::generation::Generation;
use crate::handles::Handles;
use crate::legacy::Shadows;
use crate::settings::Auth;
use crate::shared::Shared;

/// What the requests of one thread share.
pub(crate) struct Worker {
    /// What all threads share.
    pub(crate) shared: Arc<Shared>,
    /// Its histograms at hand.
    pub(crate) handles: Handles,
    /// Comparisons with another backend.
    pub(crate) shadows: Shadows,
    /// When its requests are given up.
    pub(crate) deadlines: Deadlines,
    locals: RefCell<Vec<(Weak<Generation>, Rc<Local>)>>,
}

/// What the requests of one thread share that one release answers.
pub(crate) struct Local {
    /// The fixed session, if there is one.
    pub(crate) session: Option<Value>,
    /// Its upstreams' clients; releases with equal settings of upstreams share them.
    pub(crate) clients: Rc<Clients>,
    upstreams: Arc<Vec<UpstreamSettings>>,
}

impl Worker {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            handles: Handles::new(),
            shadows: Shadows::new(),
            deadlines: Deadlines::new(),
            locals: RefCell::default(),
        }
    }

    /// What requests of this release share; connections outlive its plan.
    pub(crate) fn local(&self, generation: &Arc<Generation>) -> Rc<Local> {
        let mut locals = self.locals.borrow_mut();
        let own = |(of, _): &&(Weak<Generation>, _)| of.as_ptr() == Arc::as_ptr(generation);
        if let Some((_, local)) = locals.iter().find(own) {
            return Rc::clone(local);
        }
        let upstreams = Arc::clone(&generation.upstreams);
        let like = locals.iter().find(|(_, local)| Arc::ptr_eq(&local.upstreams, &upstreams));
        let clients = match like {
            Some((_, local)) => Rc::clone(&local.clients),
            None => Rc::new(Clients::new(upstreams.iter().cloned())),
        };
        let session = match &generation.settings.auth {
            Auth::None => None,
            // It was checked before the release was taken up.
            Auth::Dev { session } => parse_any(session.as_bytes()).ok(),
        };
        locals.retain(|(of, _)| of.strong_count() > 0);
        let local = Rc::new(Local { session, clients, upstreams });
        locals.push((Arc::downgrade(generation), Rc::clone(&local)));
        local
    }
}
