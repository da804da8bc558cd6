//! One new connection: TCP, TLS where the address says so, HTTP/1.1.

use std::sync::Arc;

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::spawn_local;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::body::RequestBody;
use crate::settings::{Address, Scheme, Settings};
use crate::{CallError, tls};

/// Opens a connection. Its reading and writing is a task of the thread's `LocalSet`, which ends
/// when the peer closes or the returned sender is dropped.
///
/// # Errors
///
/// [`CallError::Connect`] and [`CallError::Tls`]: nothing was sent.
pub(crate) async fn connect(
    settings: &Settings,
    address: &Address,
) -> Result<SendRequest<RequestBody>, CallError> {
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
) -> Result<SendRequest<RequestBody>, CallError> {
    if let Some(dial) = &settings.dial {
        let stream = dial().map_err(|error| failed(error.to_string()))?;
        return handshake(TokioIo::new(stream)).await.map_err(|e| failed(e.to_string()));
    }
    let stream = TcpStream::connect((&*address.host, address.port))
        .await
        .map_err(|error| failed(error.to_string()))?;
    // Requests are written at once; waiting for more to send only costs time.
    stream.set_nodelay(true).map_err(|error| failed(error.to_string()))?;
    match address.scheme {
        Scheme::Http => handshake(TokioIo::new(stream)).await.map_err(|e| failed(e.to_string())),
        Scheme::Https => {
            let refused = |cause: String| CallError::Tls {
                upstream: settings.name.to_string(),
                address: address.to_string(),
                cause,
            };
            let name = ServerName::try_from(address.host.clone())
                .map_err(|error| refused(error.to_string()))?;
            let config = settings.tls.clone().unwrap_or_else(tls::system_roots);
            let stream = TlsConnector::from(Arc::clone(&config))
                .connect(name, stream)
                .await
                .map_err(|error| refused(error.to_string()))?;
            handshake(TokioIo::new(stream)).await.map_err(|e| failed(e.to_string()))
        }
    }
}

async fn handshake<T>(io: T) -> hyper::Result<SendRequest<RequestBody>>
where
    T: hyper::rt::Read + hyper::rt::Write + Unpin + 'static,
{
    let (sender, connection) = http1::handshake(io).await?;
    spawn_local(async move {
        // Whoever waits for an answer is told of the error; an idle connection has nobody to tell.
        let _ = connection.await;
    });
    Ok(sender)
}
