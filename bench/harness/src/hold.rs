//! Connections that do nothing, once each of them has had an answer; and clients that read slowly.
//!
//! In:    a port, a request, how many of them.
//! Out:   a line when all of them stand; they stand until standard input ends.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::ask;

/// Opens the connections and keeps them.
///
/// # Errors
///
/// If one cannot be opened, or has no answer.
pub(crate) fn run(port: u16, count: usize, request: &str) -> Result<(), String> {
    let mut held = Vec::with_capacity(count);
    for number in 0..count {
        let fault = |what: &str| format!("connection {number} of {count}: {what}");
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|e| fault(&e.to_string()))?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(|e| e.to_string())?;
        let mut stream = stream;
        let answer = ask::on(&mut stream, request).map_err(|e| fault(&e))?;
        if answer.status != 200 {
            return Err(fault(&format!("status {}", answer.status)));
        }
        held.push(stream);
    }
    println!("{}", held.len());
    let _ = std::io::stdout().flush();
    let mut rest = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut rest);
    Ok(())
}

/// How long a slow client waits between two sips.
const PAUSE: Duration = Duration::from_secs(1);
/// What it takes at once, in bytes.
const SIP: usize = 16;
/// What its socket takes unasked, in bytes; the least that the kernel gives.
const WINDOW: usize = 4096;
/// Its largest segment, as of a poor line. Loopback's own are so large that the kernel takes an
/// answer of 54 KB whole, and the server keeps nothing.
const SEGMENT: u32 = 536;

/// Asks on many connections and reads the answers a few bytes at a time.
///
/// # Errors
///
/// If one cannot be opened, or no answer begins on it.
pub(crate) fn sip(port: u16, count: usize, request: &str) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("sip: {e}"))?;
    let ended = runtime.spawn_blocking(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().read_to_end(&mut rest);
    });
    let result = tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut sips = Vec::with_capacity(count);
        for number in 0..count {
            let fault = |what: String| format!("client {number} of {count}: {what}");
            let open = async {
                let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
                socket.set_recv_buffer_size(WINDOW)?;
                socket.set_tcp_mss(SEGMENT)?;
                // Loopback: it stands, or is refused, at once.
                socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into())?;
                socket.set_nonblocking(true)?;
                let mut stream = tokio::net::TcpStream::from_std(socket.into())?;
                stream.write_all(request.as_bytes()).await?;
                let mut first = [0; SIP];
                stream.read_exact(&mut first).await?;
                Ok::<_, std::io::Error>(stream)
            };
            let mut stream = tokio::time::timeout(Duration::from_secs(20), open)
                .await
                .map_err(|_| fault("no answer".to_owned()))?
                .map_err(|e| fault(e.to_string()))?;
            sips.push(tokio::task::spawn_local(async move {
                let mut some = [0; SIP];
                loop {
                    tokio::time::sleep(PAUSE).await;
                    if !matches!(stream.read(&mut some).await, Ok(1..)) {
                        return;
                    }
                }
            }));
        }
        println!("{}", sips.len());
        let _ = std::io::stdout().flush();
        let _ = ended.await;
        Ok(())
    });
    // What reads standard input would be waited for, and that ends with whoever waits for us.
    runtime.shutdown_background();
    result
}
