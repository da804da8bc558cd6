//! Deadlines against tokio's own `timeout_at`, on a clock that is moved by hand.

use std::time::Duration;

use frontage_upstream::{Deadlines, Passed};
use proptest::prelude::*;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, sleep_until, timeout_at};

/// One that starts after so many milliseconds, takes so many, and may take so many.
type Work = (u64, u64, u64);

fn on_a_paused_clock<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, work)
}

/// What came of each, and when.
async fn outcomes(all: &[Work], own: bool) -> Vec<(bool, Duration)> {
    let start = Instant::now();
    let deadlines = Deadlines::new();
    let mut running = Vec::new();
    for &(begins, takes, may_take) in all {
        let deadlines = deadlines.clone();
        running.push(spawn_local(async move {
            let begins = start + Duration::from_millis(begins);
            sleep_until(begins).await;
            let work = sleep_until(begins + Duration::from_millis(takes));
            let deadline = begins + Duration::from_millis(may_take);
            let done = match own {
                true => deadlines.within(deadline, work).await.is_ok(),
                false => timeout_at(deadline, work).await.is_ok(),
            };
            (done, start.elapsed())
        }));
    }
    let mut out = Vec::new();
    for one in running {
        out.push(one.await.expect("no panic"));
    }
    out
}

proptest! {
    #[test]
    fn what_is_given_up_is_given_up_when_tokio_does(
        all in prop::collection::vec((0..3000_u64, 0..3000_u64, 0..3000_u64), 0..40)
    ) {
        // Where both end at once, either may be first.
        let all: Vec<Work> = all.into_iter().filter(|work| work.1 != work.2).collect();
        let ours = on_a_paused_clock(outcomes(&all, true));
        prop_assert_eq!(ours, on_a_paused_clock(outcomes(&all, false)));
    }
}

#[test]
fn a_deadline_that_has_passed_lets_through_what_is_done() {
    on_a_paused_clock(async {
        let (deadlines, now) = (Deadlines::new(), Instant::now());
        assert_eq!(deadlines.within(now, async { 1 }).await, Ok(1));
        assert_eq!(deadlines.within(now, std::future::pending::<()>()).await, Err(Passed));
    });
}

#[test]
fn the_timer_of_a_runtime_that_ended_is_started_anew() {
    let deadlines = Deadlines::new();
    for _ in 0..2 {
        on_a_paused_clock(async {
            // Nobody waits for it to its end.
            let far = Instant::now() + Duration::from_secs(60);
            let own = deadlines.clone();
            drop(spawn_local(async move { own.within(far, std::future::pending::<()>()).await }));
            tokio::task::yield_now().await;
            let near = Instant::now() + Duration::from_millis(5);
            let passed = deadlines.within(near, std::future::pending::<()>()).await;
            assert_eq!(passed, Err(Passed));
            assert_eq!(Instant::now(), near);
        });
    }
}
