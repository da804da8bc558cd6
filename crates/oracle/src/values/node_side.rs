//! Runs the same files in Node.
//!
//! In:    a workspace's folder; requests with the answers of upstreams.
//! Out:   what Node answers, and the calls it makes.
//! Never: a process for each run: one lives as long as the oracle.

use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Map, Value, json};

use super::answered::{Answered, canonical};
use crate::generate::answer::{Asked, Fate, Mood};
use crate::generate::contract::Contract;
use crate::generate::input::Request;

/// A Node process.
pub(crate) struct NodeSide {
    child: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl NodeSide {
    /// Starts Node.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub(crate) fn start(root: &Path) -> Result<Self, String> {
        let node = root.join("node_modules/.bin/node");
        // It stands where `frontage` can be found from.
        let script = root.join("packages/frontage/oracle-driver.mjs");
        let script =
            if script.exists() { script } else { root.join("crates/oracle/src/values/driver.mjs") };
        let mut child = Command::new(node)
            .arg("--no-warnings")
            .arg(script)
            .current_dir(root)
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|e| format!("cannot start node: {e}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("node has no pipes".into());
        };
        Ok(Self { child, input: BufWriter::new(input), output: BufReader::new(output) })
    }

    fn say(&mut self, line: &Value) -> Result<(), String> {
        writeln!(self.input, "{line}")
            .and_then(|()| self.input.flush())
            .map_err(|e| format!("node is gone: {e}"))
    }

    fn hear(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).map_err(|e| format!("node is gone: {e}"))?;
        if read == 0 {
            return Err("node ended".into());
        }
        serde_json::from_str(&line).map_err(|e| format!("node said {line:?}: {e}"))
    }

    /// Opens a workspace.
    ///
    /// # Errors
    ///
    /// What Node says against it.
    pub(crate) fn open(&mut self, folder: &Path) -> Result<(), String> {
        self.say(&json!({ "open": true, "folder": folder }))?;
        let heard = self.hear()?;
        match heard["opened"].as_bool() {
            Some(true) => Ok(()),
            _ => Err(heard["fault"].as_str().unwrap_or("node does not open it").to_owned()),
        }
    }

    /// Sends a run; [`Self::take`] takes what comes of it.
    ///
    /// # Errors
    ///
    /// If Node is gone.
    pub(crate) fn send(
        &mut self,
        contract: &Contract,
        request: &Request,
        mood: Mood,
        known: &[Asked],
    ) -> Result<(), String> {
        let mut answers = Map::new();
        for asked in known {
            let key = json!([asked.upstream, asked.method, asked.url, asked.headers, asked.body]);
            answers.entry(key.to_string()).or_insert_with(|| answer(contract, mood, asked));
        }
        let mut headers: Map<String, Value> = request
            .headers
            .iter()
            .map(|(name, value)| ((*name).into(), value.as_str().into()))
            .collect();
        headers.insert("x-request-id".into(), "r1".into());
        let body = if request.body.is_empty() { Value::Null } else { request.body.as_str().into() };
        let mut own = json!({ "method": request.method, "url": request.url, "headers": headers });
        if !body.is_null() {
            own["body"] = body;
        }
        let line = json!({ "run": 0, "request": own, "answers": answers });
        writeln!(self.input, "{line}").map_err(|e| format!("node is gone: {e}"))
    }

    /// What came of the run that was sent first.
    ///
    /// # Errors
    ///
    /// If Node is gone.
    pub(crate) fn take(&mut self, contract: &Contract, mood: Mood) -> Result<Answered, String> {
        self.input.flush().map_err(|e| format!("node is gone: {e}"))?;
        loop {
            let heard = self.hear()?;
            if let Some(call) = asked(&heard["ask"]) {
                self.say(&json!({ "answer": answer(contract, mood, &call) }))?;
                continue;
            }
            let mut headers = Vec::new();
            for (name, value) in heard["headers"].as_object().into_iter().flatten() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                headers.push((name.to_lowercase(), text));
            }
            let calls = heard["calls"].as_array().into_iter().flatten().filter_map(asked).collect();
            return Ok(Answered {
                status: heard["status"].as_u64().and_then(|s| u16::try_from(s).ok()).unwrap_or(0),
                headers,
                body: decoded(heard["body"].as_str().unwrap_or_default()),
                calls,
                started: Vec::new(),
                order: heard["order"].as_array().into_iter().flatten().filter_map(asked).collect(),
                internal: heard["internal"].as_str().map(str::to_owned),
            });
        }
    }
}

impl Drop for NodeSide {
    fn drop(&mut self) {
        // It ends with its input, too; nothing is lost by ending it now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(contract: &Contract, mood: Mood, asked: &Asked) -> Value {
    let due = mood.due_ms(contract, asked);
    match mood.fate(contract, asked) {
        Fate::Hang => json!({ "due": due, "hang": true }),
        Fate::Close => json!({ "due": due, "close": true }),
        Fate::Answer { status, headers, body } => {
            let headers: Map<String, Value> =
                headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            json!({ "due": due, "status": status, "headers": headers, "body": encoded(&body) })
        }
    }
}

fn asked(call: &Value) -> Option<Asked> {
    let part = |index: usize| call.get(index).and_then(Value::as_str).map(str::to_owned);
    Some(Asked {
        upstream: part(0)?,
        method: part(1)?,
        url: part(2)?,
        headers: part(3)?,
        body: canonical(&part(4)?),
    })
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64, so that any bytes pass through JSON.
fn encoded(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 63;
            out.push(if digit > group.len() { '=' } else { char::from(DIGITS[index as usize]) });
        }
    }
    out
}

fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes() {
        let Some(digit) = DIGITS.iter().position(|own| *own == byte) else { break };
        bits = bits << 6 | u32::try_from(digit).unwrap_or(0);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 255) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_bytes_pass() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", b"\xff\x00\x80\x7f", b"{\"a\": 1}"] {
            assert_eq!(super::decoded(&super::encoded(bytes)), bytes);
        }
        assert_eq!(super::encoded(b"ab"), "YWI=");
    }
}
