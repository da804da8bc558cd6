//! What `frontage dev` shows in open pages: errors, and that they should reload.
//!
//! In:    the text of an error, or nothing; changes of files.
//! Out:   a script for pages; a stream of events (`text/event-stream`) for each page.
//! Never: more listeners or events than the bound; in production nothing of this exists.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use frontage_exec::Problem;
use http::{HeaderValue, StatusCode, header};
use http_body::{Body, Frame};
use tokio::sync::broadcast;

use crate::body::{BoxError, Content};
use crate::json_text::push_string;
use crate::problem::{passing, problem};
use crate::reply::Reply;

/// Where the script and the events are.
pub(crate) const PREFIX: &str = "/_frontage/";

/// What every page's head gets.
pub(crate) const SCRIPT_TAG: &str = "<script src=\"/_frontage/dev.js\" defer></script>";

const SCRIPT: &str = include_str!("dev.js");

/// Pages that listen at once.
const LISTENERS: usize = 64;

/// Events that a slow page may be behind.
const BEHIND: usize = 16;

/// What open pages are told.
#[derive(Debug)]
pub(crate) struct Dev {
    events: broadcast::Sender<Bytes>,
    overlay: Mutex<Option<String>>,
}

impl Dev {
    /// Nothing to tell.
    pub(crate) fn new() -> Self {
        Self { events: broadcast::channel(BEHIND).0, overlay: Mutex::new(None) }
    }

    /// Shows this error in every open page, or takes it away.
    pub(crate) fn set_overlay(&self, text: Option<String>) {
        let event = state(text.as_deref());
        *self.overlay.lock().unwrap_or_else(PoisonError::into_inner) = text;
        // Nobody may be listening.
        let _ = self.events.send(event);
    }

    /// Reloads every open page.
    pub(crate) fn reload_pages(&self) {
        let _ = self.events.send(event("reload", None));
    }

    /// Ends every stream: the server stops. Pages come back by themselves.
    pub(crate) fn end(&self) {
        let _ = self.events.send(Bytes::new());
    }

    /// Answers a path below [`PREFIX`].
    pub(crate) fn answer(&self, name: &str) -> Result<Reply, Problem> {
        match name {
            "dev.js" => {
                let mut reply =
                    Reply::text(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT);
                reply.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
                Ok(reply)
            }
            "events" => {
                if self.events.receiver_count() >= LISTENERS {
                    let status = StatusCode::SERVICE_UNAVAILABLE;
                    return Err(passing(status, "too_many_pages", "too many open pages", 5));
                }
                let receiver = self.events.subscribe();
                let overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
                let first = state(overlay.as_deref());
                drop(overlay);
                let mut reply = Reply::new(StatusCode::OK);
                reply.untouched = true;
                reply
                    .headers
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
                reply.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                reply.content = Content::Stream(Box::pin(Events::new(first, receiver)));
                Ok(reply)
            }
            _ => Err(problem(StatusCode::NOT_FOUND, "not_found", "")),
        }
    }
}

fn state(overlay: Option<&str>) -> Bytes {
    match overlay {
        Some(text) => event("error", Some(text)),
        None => event("ok", None),
    }
}

fn event(kind: &str, text: Option<&str>) -> Bytes {
    let mut out = format!("data: {{\"kind\":\"{kind}\"");
    if let Some(text) = text {
        out.push_str(",\"text\":");
        push_string(&mut out, text);
    }
    out.push_str("}\n\n");
    out.into()
}

type Next = Pin<Box<dyn Future<Output = (Option<Bytes>, broadcast::Receiver<Bytes>)>>>;

/// One page's events.
struct Events {
    first: Option<Bytes>,
    next: Next,
}

impl Events {
    fn new(first: Bytes, receiver: broadcast::Receiver<Bytes>) -> Self {
        Self { first: Some(first), next: Box::pin(next(receiver)) }
    }
}

async fn next(
    mut receiver: broadcast::Receiver<Bytes>,
) -> (Option<Bytes>, broadcast::Receiver<Bytes>) {
    // A page that fell behind is ended; it comes back and learns the newest state.
    let event = receiver.recv().await.ok().filter(|event| !event.is_empty());
    (event, receiver)
}

impl Body for Events {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let (event, receiver) = std::task::ready!(self.next.as_mut().poll(cx));
        self.next = Box::pin(next(receiver));
        Poll::Ready(event.map(|event| Ok(Frame::data(event))))
    }
}
