//! Connections that do nothing, once each of them has had an answer.
//!
//! In:    a port, a request, how many connections.
//! Out:   a line when all of them stand; they stand until standard input ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

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
        let (status, _) = ask::on(&mut stream, request).map_err(|e| fault(&e))?;
        if status != 200 {
            return Err(fault(&format!("status {status}")));
        }
        held.push(stream);
    }
    println!("{}", held.len());
    let _ = std::io::stdout().flush();
    let mut rest = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut rest);
    Ok(())
}
