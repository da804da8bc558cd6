//! The command line of `shop-services`.

use crate::delay::OPERATIONS;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How the program is called.
pub const USAGE: &str = "\
The shop's services: users, orders, catalog and stock over one SQLite file.

Usage: shop-services [OPTIONS]

      --data DIR        folder of the database [default: ./.data]
      --reset           seed a new database
      --users ADDR      listener of the users service [default: 127.0.0.1:4001]
      --orders ADDR     listener of the orders service [default: 127.0.0.1:4002]
      --catalog ADDR    listener of the catalog service [default: 127.0.0.1:4003]
      --stock ADDR      listener of the stock service [default: 127.0.0.1:4004]
      --delay LIST      slow down services or operations: catalog=20ms,recommend=60ms
  -h, --help            this text";

/// One of the four services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Accounts.
    Users,
    /// Orders.
    Orders,
    /// Products and reviews.
    Catalog,
    /// Warehouses.
    Stock,
}

impl Service {
    /// All services, in the order of their ports.
    pub const ALL: [Self; 4] = [Self::Users, Self::Orders, Self::Catalog, Self::Stock];

    /// The service's name, as contracts and options spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Orders => "orders",
            Self::Catalog => "catalog",
            Self::Stock => "stock",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What to serve, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder of the database; it is created.
    pub data: PathBuf,
    /// Seed a new database even if there is one.
    pub reset: bool,
    /// Where each service listens, as [`Service::ALL`] orders them; port 0 takes a free one.
    pub listen: [SocketAddr; 4],
    /// How long services, or single operations by `operationId`, wait before they answer.
    pub delays: Vec<(String, Duration)>,
}

impl Default for Options {
    fn default() -> Self {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            data: PathBuf::from("./.data"),
            reset: false,
            listen: [local(4001), local(4002), local(4003), local(4004)],
            delays: Vec::new(),
        }
    }
}

/// Why the command line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// `--help`: not a mistake.
    #[error("{USAGE}")]
    Help,
    /// An argument that is no option.
    #[error("unknown argument `{0}`")]
    Unknown(String),
    /// An option without its value.
    #[error("`{0}` needs a value")]
    NoValue(String),
    /// A value that does not fit its option.
    #[error("`{value}` is no value for `{option}`: {why}")]
    Value {
        /// The option.
        option: String,
        /// What was given.
        value: String,
        /// What is expected.
        why: String,
    },
}

impl Options {
    /// Reads the arguments after the program's name: `--name value` or `--name=value`.
    ///
    /// # Errors
    ///
    /// [`UsageError`] about the first argument that does not fit.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, UsageError> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            let service = Service::ALL
                .iter()
                .position(|service| name.strip_prefix("--") == Some(service.name()));
            match (name.as_str(), service) {
                ("-h" | "--help", _) => return Err(UsageError::Help),
                ("--reset", _) if inline.is_none() => options.reset = true,
                ("--data" | "--delay", _) | (_, Some(_)) => {
                    let value = inline
                        .or_else(|| arguments.next())
                        .ok_or(UsageError::NoValue(name.clone()))?;
                    options.set(&name, service, value)?;
                }
                _ => return Err(UsageError::Unknown(name)),
            }
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, service: Option<usize>, value: String) -> Result<(), UsageError> {
        let wrong =
            |why: String| UsageError::Value { option: name.to_owned(), value: value.clone(), why };
        match service {
            Some(index) => {
                self.listen[index] = value
                    .parse()
                    .map_err(|_| wrong("expected an address such as 127.0.0.1:4001".into()))?;
            }
            None if name == "--delay" => self.delays.extend(delays(&value).map_err(wrong)?),
            None => self.data = PathBuf::from(value),
        }
        Ok(())
    }
}

/// Reads `catalog=20ms,recommend=1s`.
fn delays(list: &str) -> Result<Vec<(String, Duration)>, String> {
    list.split(',')
        .map(|item| {
            let (name, time) = item.split_once('=').ok_or("expected NAME=TIME,...")?;
            let known = Service::ALL.iter().any(|service| service.name() == name)
                || OPERATIONS.iter().any(|operation| operation.id == name);
            if !known {
                return Err(format!("`{name}` is neither a service nor an operation"));
            }
            let time = match (time.strip_suffix("ms"), time.strip_suffix('s')) {
                (Some(ms), _) => ms.parse().map(Duration::from_millis),
                (None, Some(s)) => s.parse().map(Duration::from_secs),
                (None, None) => return Err(format!("`{time}` is no time such as 20ms or 1s")),
            };
            Ok((name.to_owned(), time.map_err(|error| error.to_string())?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Options, UsageError};
    use std::time::Duration;

    fn parse(line: &str) -> Result<Options, UsageError> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read() {
        let options =
            parse("--data /tmp/x --stock=127.0.0.1:0 --reset --delay catalog=20ms,recommend=1s");
        let options = options.expect("good options");
        assert_eq!(options.data.to_str(), Some("/tmp/x"));
        assert_eq!(
            (options.reset, options.listen[3].port(), options.listen[0].port()),
            (true, 0, 4001)
        );
        let times: Vec<(&str, Duration)> =
            options.delays.iter().map(|(name, time)| (name.as_str(), *time)).collect();
        assert_eq!(
            times,
            [("catalog", Duration::from_millis(20)), ("recommend", Duration::from_secs(1))]
        );
    }

    #[test]
    fn wrong_options_are_named() {
        for (line, expected) in [
            ("--port 1", "unknown argument `--port`"),
            ("--data", "`--data` needs a value"),
            (
                "--users 4001",
                "`4001` is no value for `--users`: expected an address such as 127.0.0.1:4001",
            ),
            (
                "--delay catalogue=1s",
                "`catalogue=1s` is no value for `--delay`: `catalogue` is neither a service nor an operation",
            ),
            (
                "--delay catalog=1h",
                "`catalog=1h` is no value for `--delay`: `1h` is no time such as 20ms or 1s",
            ),
            ("--reset=yes", "unknown argument `--reset`"),
        ] {
            assert_eq!(parse(line).expect_err("a mistake").to_string(), expected, "{line}");
        }
    }
}
