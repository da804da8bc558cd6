//! JSON from an address.

use std::time::Duration;

use frontage_upstream::{Address, Client, Request, Settings};

/// Time for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The JSON that a `GET` is answered with.
///
/// # Errors
///
/// Why there is none.
pub(crate) fn fetch(host: &str, target: &str) -> Result<Vec<u8>, String> {
    let address = Address::parse(host).map_err(|e| e.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let client = Client::new(Settings::new("command", vec![address]));
        let request = Request {
            method: http::Method::GET,
            path_and_query: target.to_owned(),
            headers: vec![
                (http::header::ACCEPT, http::HeaderValue::from_static("application/json")),
                (http::header::USER_AGENT, http::HeaderValue::from_static("frontage")),
            ],
            body: None,
            safe: true,
            started: tokio::time::Instant::now(),
            deadline: tokio::time::Instant::now() + PATIENCE,
        };
        let answer = client.call(request).await.map_err(|e| e.to_string())?;
        if answer.status.is_success() {
            Ok(answer.body.to_vec())
        } else {
            Err(format!("answered {}", answer.status))
        }
    })
}
