//! Clients of upstreams: pools of connections, TLS, deadlines, limits, URL templates.
//!
//! In:    [`Settings`] of one upstream; requests whose path was built by [`fill`].
//! Out:   whole answers ([`Client::call`]) or streamed ones ([`Client::stream`]).
//! Never: a redirect followed, a partial answer, an unbounded buffer or queue, a status of our own
//!        listener; JSON is not looked at here.
//!
//! A [`Client`] belongs to one thread and must be used inside a `tokio::task::LocalSet`: timers and
//! HTTP/2 connections are tasks of that set.
//!
//! Start at [`Client`].

mod body;
mod client;
mod coming;
mod connect;
mod deadlines;
mod error;
mod fill;
mod hop;
mod link;
mod pool;
mod sender;
mod settings;
mod stream;
mod tls;
mod wire;

pub use body::BoxError;
pub use client::{Answer, Client, Fields, Request};
pub use deadlines::{Deadlines, Passed, Within};
pub use error::{CallError, Reason};
pub use fill::{Argument, FillError, Filled, fill, fill_form};
pub use hop::remove_hop_by_hop;
pub use settings::{Address, AddressError, Dial, Scheme, Settings, Stream};
pub use stream::{StreamBody, StreamRequest};
