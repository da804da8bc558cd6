//! One client's connection: HTTP/1.1 or HTTP/2, its deadlines and its end.
//!
//! In:    an accepted socket; a service that answers requests.
//! Out:   the connection is served until it ends, is told to stop, or breaks a deadline.
//! Never: a timer per request. One timer per connection is only moved when a deadline comes
//!        nearer, which a request that is answered at once never causes. Buffers of a connection
//!        that has nothing to do: after a moment only its socket is left (`talk`).

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::activity::Activity;
use crate::body::AnswerBody;
use crate::settings::Limits;
use crate::talk::{Protocols, Talk};

/// How far a connection is with ending because the server stops.
#[derive(Debug, Clone, Copy)]
enum Stopping {
    No,
    Told,
    Passed,
}

/// How long a stopping server waits for the first byte of a connection that it has accepted.
const FIRST_BYTE: Duration = Duration::from_millis(100);

/// Serves one connection to its end.
///
/// - `stop`: becomes true when the server stops; running requests are finished.
/// - `answer`: gives each request its answer.
pub(crate) async fn serve<A, F>(
    stream: TcpStream,
    protocols: &Protocols,
    limits: &Limits,
    mut stop: watch::Receiver<bool>,
    answer: A,
) where
    A: Fn(Rc<Activity>, Request<Incoming>) -> F,
    F: Future<Output = Result<Response<AnswerBody>, Infallible>> + 'static,
{
    let activity = Rc::new(Activity::new());
    let service = || hyper::service::service_fn(|request| answer(Rc::clone(&activity), request));
    let mut talk = Talk::new(stream, Rc::clone(&activity));
    let mut sleep = pin!(tokio::time::sleep_until(activity.deadline(limits)));
    let mut told = pin!(stop.wait_for(|stop| *stop));
    let mut stopping = Stopping::No;
    poll_fn(|cx| {
        if matches!(stopping, Stopping::No) && told.as_mut().poll(cx).is_ready() {
            stopping = Stopping::Told;
            // A connection that was just accepted may have a request on its way.
            activity.expect_first_byte(Instant::now() + FIRST_BYTE);
        }
        let waits = activity.awaits_first_byte();
        if matches!(stopping, Stopping::Told) && !waits {
            stopping = Stopping::Passed;
            talk.end();
        }
        // Errors are the client's: garbage, a reset, a flood. hyper has answered what it could.
        if talk.poll(cx, protocols, &service).is_ready() {
            return Poll::Ready(());
        }
        if matches!(stopping, Stopping::Told) && !activity.is_untouched() {
            // The first bytes came just now.
            stopping = Stopping::Passed;
            talk.end();
            if talk.poll(cx, protocols, &service).is_ready() {
                return Poll::Ready(());
            }
        }
        loop {
            let deadline = activity.deadline(limits);
            let rest = activity.rests_at(limits).filter(|_| talk.is_loud());
            let next = rest.map_or(deadline, |rest| rest.min(deadline));
            if next < sleep.deadline() {
                sleep.as_mut().reset(next);
            }
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            activity.give_up_stalled(limits);
            if deadline <= Instant::now() {
                return Poll::Ready(());
            }
            if rest.is_some_and(|rest| rest <= Instant::now()) {
                talk.rest();
                if talk.poll(cx, protocols, &service).is_ready() {
                    return Poll::Ready(());
                }
                continue;
            }
            sleep.as_mut().reset(next);
        }
    })
    .await;
}
