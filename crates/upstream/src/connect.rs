//! One new connection: TCP, TLS where the address says so, HTTP/1.1 or HTTP/2.

use std::sync::Arc;
use std::time::Duration;

use hyper::client::conn::http2;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::spawn_local;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::body::RequestBody;
use crate::link::Link;
use crate::settings::{Address, Scheme, Settings, Stream};
use crate::{CallError, tls};

/// How much of an answer may be on its way unread. A connection takes as much of all its streams
/// together, so that one whose client reads slowly holds up no other.
const STREAM_WINDOW: u32 = 256 << 10;

/// Streams that were given up and are remembered, so that what still comes of them is no fault.
const GIVEN_UP: usize = 1024;

/// The largest head of an answer.
const HEAD: u32 = 64 << 10;

/// How often a peer that owes answers is asked whether it is still there, and how long it may take to
/// say so. Calls that share a connection must not all wait for one that is dead.
const PING_EVERY: Duration = Duration::from_secs(5);
const PING_ANSWER: Duration = Duration::from_secs(5);

/// What a connection can take.
pub(crate) enum Opened {
    /// One request at a time.
    Own(Box<Link>),
    /// Many at once.
    Shared(http2::SendRequest<RequestBody>),
}

/// Opens a connection. Over HTTP/2 its reading and writing is a task of the thread's `LocalSet`,
/// which ends when the peer closes or the returned sender is dropped.
///
/// # Errors
///
/// [`CallError::Connect`] and [`CallError::Tls`]: nothing was sent.
pub(crate) async fn connect(settings: &Settings, address: &Address) -> Result<Opened, CallError> {
    let failed = |cause: String| CallError::Connect {
        upstream: settings.name.to_string(),
        address: address.to_string(),
        cause,
    };
    match timeout(settings.connect_timeout, open(settings, address, &failed)).await {
        Ok(result) => result,
        Err(_) => Err(failed(format!("not within {} ms", settings.connect_timeout.as_millis()))),
    }
}

async fn open(
    settings: &Settings,
    address: &Address,
    failed: &impl Fn(String) -> CallError,
) -> Result<Opened, CallError> {
    let always = settings.http2 == Some(true);
    if let Some(dial) = &settings.dial {
        let stream = dial().map_err(|error| failed(error.to_string()))?;
        return spoken(stream, always, settings, failed).await;
    }
    let stream = TcpStream::connect((&*address.host, address.port))
        .await
        .map_err(|error| failed(error.to_string()))?;
    // Requests are written at once; waiting for more to send only costs time.
    stream.set_nodelay(true).map_err(|error| failed(error.to_string()))?;
    match address.scheme {
        Scheme::Http => spoken(Box::new(stream), always, settings, failed).await,
        Scheme::Https => {
            let refused = |cause: String| CallError::Tls {
                upstream: settings.name.to_string(),
                address: address.to_string(),
                cause,
            };
            let name = ServerName::try_from(address.host.clone())
                .map_err(|error| refused(error.to_string()))?;
            let config = settings.tls.clone().unwrap_or_else(tls::system_roots);
            let stream = TlsConnector::from(offering(&config, settings.http2))
                .connect(name, stream)
                .await
                .map_err(|error| refused(error.to_string()))?;
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            if always && !http2 {
                return Err(refused("it does not speak HTTP/2".into()));
            }
            spoken(Box::new(stream), http2, settings, failed).await
        }
    }
}

/// The same trust, offering the protocols that may be spoken.
fn offering(config: &ClientConfig, http2: Option<bool>) -> Arc<ClientConfig> {
    let mut own = config.clone();
    own.alpn_protocols = match http2 {
        None => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        Some(true) => vec![b"h2".to_vec()],
        Some(false) => vec![b"http/1.1".to_vec()],
    };
    Arc::new(own)
}

/// As much as all streams of a connection may hold; at most what HTTP/2 has a number for.
fn connection_window(settings: &Settings) -> u32 {
    let streams = u32::try_from(settings.max_connections).unwrap_or(u32::MAX);
    STREAM_WINDOW.saturating_mul(streams).min((1 << 31) - 1)
}

/// A connection by what is spoken on it.
async fn spoken(
    io: Box<dyn Stream>,
    http2: bool,
    settings: &Settings,
    failed: &impl Fn(String) -> CallError,
) -> Result<Opened, CallError> {
    if !http2 {
        return Ok(Opened::Own(Box::new(Link::new(io))));
    }
    let (sender, connection) = http2::Builder::new(OnThisThread)
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(connection_window(settings))
        .max_concurrent_reset_streams(GIVEN_UP)
        .max_local_error_reset_streams(None)
        .max_header_list_size(HEAD)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_ANSWER)
        .handshake(TokioIo::new(io))
        .await
        .map_err(|error| failed(error.to_string()))?;
    // Whoever waits for an answer is told of an error; an idle connection has nobody to tell.
    spawn_local(async move {
        let _ = connection.await;
    });
    Ok(Opened::Shared(sender))
}

/// Tasks of an HTTP/2 connection belong to the thread's `LocalSet`, as the connection does.
#[derive(Clone, Copy)]
struct OnThisThread;

impl<F> hyper::rt::Executor<F> for OnThisThread
where
    F: Future<Output: 'static> + 'static,
{
    fn execute(&self, task: F) {
        spawn_local(task);
    }
}
