//! An upstream that a test writes by hand, byte by byte.

use std::sync::{Arc, Mutex};

use frontage_upstream::{Address, Client, Settings, Stream};
use tokio::io::DuplexStream;

/// A client whose one connection is a pipe in memory, and the pipe's other end.
///
/// - `room`: bytes that it holds in each direction.
pub(crate) fn dialled(room: usize) -> (Client, DuplexStream) {
    let (near, far) = tokio::io::duplex(room);
    let mut settings = Settings::new("a", vec![Address::parse("http://a").unwrap()]);
    let near = Arc::new(Mutex::new(Some(near)));
    settings.dial = Some(Arc::new(move || {
        let near = near.lock().unwrap().take().ok_or(std::io::ErrorKind::NotConnected)?;
        Ok(Box::new(near) as Box<dyn Stream>)
    }));
    (Client::new(settings), far)
}
