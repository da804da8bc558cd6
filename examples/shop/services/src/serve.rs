//! Starts the services and stops them.
//!
//! In:    [`Options`].
//! Out:   [`Running`]: four listeners over one store. Stopping finishes the
//!        requests that are being answered, for [`PATIENCE`] at most.

use crate::App;
use crate::catalog::{self, Rankings};
use crate::delay::{Delays, delay};
use crate::options::{Options, Service};
use crate::orders;
use crate::problem::Problem;
use crate::request::BODY_LIMIT;
use crate::seed::{SeedError, ensure};
use crate::stock;
use crate::store::Store;
use crate::users;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware;
use axum::serve::ListenerExt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long requests may take to finish once the services stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the services do not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no database.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The database cannot be opened.
    #[error("{}: {cause}", file.display())]
    Store {
        /// The database.
        file: PathBuf,
        /// What SQLite says.
        cause: rusqlite::Error,
    },
    /// An address cannot be listened on.
    #[error("{service}: cannot listen on {address}: {cause}")]
    Listen {
        /// Whose listener.
        service: Service,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: io::Error,
    },
    /// A task of this program died.
    #[error("seeding was interrupted")]
    Interrupted,
}

/// The running services.
pub struct Running {
    addresses: [SocketAddr; 4],
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<io::Result<()>>>,
}

/// Seeds the database if it is missing and starts all services.
///
/// - `progress`: is told what takes a moment.
///
/// # Errors
///
/// [`StartError`]; then no service listens.
pub async fn start(
    options: &Options,
    mut progress: impl FnMut(&str) + Send + 'static,
) -> Result<Running, StartError> {
    // Ports first: seeding for nothing would be a pity.
    let mut listeners = Vec::new();
    for (service, address) in Service::ALL.into_iter().zip(options.listen) {
        let listener = TcpListener::bind(address).await;
        listeners.push((
            service,
            listener.map_err(|cause| StartError::Listen { service, address, cause })?,
        ));
    }
    let (data, reset) = (options.data.clone(), options.reset);
    let opening = tokio::task::spawn_blocking(move || {
        let file = ensure(&data, reset, &mut progress)?;
        let readers = available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        Store::open(&file, readers).map_err(|cause| StartError::Store { file, cause })
    });
    let store = opening.await.map_err(|_| StartError::Interrupted)??;
    let app = Arc::new(App { store: Arc::new(store), rankings: Rankings::default() });

    let (stop, stopped) = watch::channel(false);
    let mut addresses = options.listen;
    let mut tasks = Vec::new();
    for (index, (service, listener)) in listeners.into_iter().enumerate() {
        addresses[index] = listener.local_addr().unwrap_or(addresses[index]);
        let router = router(service, &options.delays, Arc::clone(&app));
        let mut stopped = stopped.clone();
        let listener = listener.tap_io(|stream| {
            // Small answers must not wait for more; without it they do, harmlessly.
            let _ = stream.set_nodelay(true);
        });
        tasks.push(tokio::spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(async move {
                    // An error means that `Running` is gone: stop as well.
                    let _ = stopped.wait_for(|stop| *stop).await;
                })
                .await
        }));
    }
    Ok(Running { addresses, stop, tasks })
}

impl Running {
    /// Where a service listens.
    pub fn address(&self, service: Service) -> SocketAddr {
        self.addresses[service as usize]
    }

    /// Finishes the current requests and stops.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let tasks = self.tasks;
        let all = async {
            for task in tasks {
                let _ = task.await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }
}

fn router(service: Service, delays: &[(String, Duration)], app: Arc<App>) -> Router {
    let mut routes = match service {
        Service::Users => users::routes(),
        Service::Orders => orders::routes(),
        Service::Catalog => catalog::routes(),
        Service::Stock => stock::routes(),
    };
    if let Some(delays) = Delays::of(service, delays) {
        routes = routes.route_layer(middleware::from_fn_with_state(Arc::new(delays), delay));
    }
    routes
        .fallback(|uri: Uri| async move { Problem::not_found("resource", uri.path()) })
        .method_not_allowed_fallback(|method: Method| async move {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
                .detail(format!("{method} is not possible here."))
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(app)
}
