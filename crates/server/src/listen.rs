//! Opens listening sockets.
//!
//! In:    an address and how many threads serve it.
//! Out:   one socket for each thread; the system spreads connections over them.
//! Never: a share of a port that another program serves, unless it is one of ours that goes.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that wait to be accepted, for each socket.
const BACKLOG: i32 = 1024;

/// Opens `count` sockets on one address; port 0 becomes the same free port for all.
///
/// - `beside`: another process of ours may listen there.
///
/// # Errors
///
/// The system's; [`io::ErrorKind::AddrInUse`] if anyone listens there, this program included.
pub(crate) fn open(
    address: SocketAddr,
    count: usize,
    beside: bool,
) -> io::Result<Vec<TcpListener>> {
    if address.port() != 0 && !beside {
        // Sockets that share a port would silently take half of each other's connections, so the
        // port must first be free for one that does not share.
        let probe = socket(address)?;
        probe.bind(&address.into())?;
        probe.listen(1)?;
    }
    let mut address = address;
    let mut listeners = Vec::with_capacity(count);
    for _ in 0..count.max(1) {
        let socket = socket(address)?;
        socket.set_reuse_port(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from(socket);
        address = listener.local_addr()?;
        listeners.push(listener);
    }
    Ok(listeners)
}

fn socket(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::{Ipv4Addr, SocketAddr};

    use super::open;

    #[test]
    fn a_port_is_shared_by_our_threads_and_nobody_else() {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listeners = open(any, 3, false).unwrap_or_else(|e| panic!("{e}"));
        let ports: Vec<u16> =
            listeners.iter().filter_map(|l| l.local_addr().ok()).map(|a| a.port()).collect();
        assert_eq!(ports.len(), 3);
        assert!(ports.iter().all(|p| *p == ports[0] && *p != 0));
        let same = SocketAddr::from((Ipv4Addr::LOCALHOST, ports[0]));
        let again = open(same, 1, false);
        assert_eq!(again.err().map(|e| e.kind()), Some(io::ErrorKind::AddrInUse));
        // Two processes that take turns.
        assert!(open(same, 1, true).is_ok());
    }
}
