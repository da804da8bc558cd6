//! The command line.

use std::path::{Path, PathBuf};

/// What is printed after a mistake.
pub(crate) const USAGE: &str = "\
cargo xtask oracle [--types | --zod] [--runs N] [--seed S] [--only RUN-SEED] [--json]
                    [--cases FOLDER]

  --runs N         how many runs (500)
  --seed S         from which the seeds of all runs follow (today's day)
  --only RUN-SEED  one run alone, as a failure names it
  --json           one JSON object at the end instead of a table
  --cases FOLDER   with --types: these cases instead of the project's, each with its verdict";

/// Which program is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Oracle {
    /// Node: what a route answers.
    Values,
    /// tsc: what is accepted, and result types.
    Types,
    /// zod: what input is accepted, and as what.
    Zod,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Which program is asked.
    pub(crate) oracle: Oracle,
    /// How many runs.
    pub(crate) runs: u64,
    /// From which the seeds of all runs follow.
    pub(crate) seed: u64,
    /// One run alone.
    pub(crate) only: Option<u64>,
    /// One JSON object instead of a table.
    pub(crate) json: bool,
    /// Cases to compare instead of the project's.
    pub(crate) cases: Option<PathBuf>,
    /// The checkout.
    pub(crate) root: PathBuf,
}

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub(crate) fn read(arguments: &[String]) -> Result<Self, String> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.ancestors().nth(2).unwrap_or(here).to_owned();
        let mut options = Self {
            oracle: Oracle::Values,
            runs: 500,
            seed: today(),
            only: None,
            json: false,
            cases: None,
            root,
        };
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let mut number = || {
                let text = words.next().ok_or(format!("`{word}` needs a number"))?;
                text.parse::<u64>().map_err(|_| format!("`{word} {text}`: not a whole number"))
            };
            match word {
                "--types" => options.oracle = Oracle::Types,
                "--zod" => options.oracle = Oracle::Zod,
                "--runs" => options.runs = number()?,
                "--seed" => options.seed = number()?,
                "--only" => options.only = Some(number()?),
                "--json" => options.json = true,
                "--cases" => {
                    let folder = words.next().ok_or("`--cases` needs a folder")?;
                    options.cases = Some(folder.into());
                }
                other => return Err(format!("`{other}` is not an option")),
            }
        }
        Ok(options)
    }
}

/// Days since 1970: other programs each day, the same all day long.
fn today() -> u64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400)
}

#[cfg(test)]
mod tests {
    use super::{Options, Oracle};

    fn read(words: &str) -> Result<Options, String> {
        Options::read(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_mistakes_are_named() {
        let options = read("--types --runs 7 --seed 3 --json");
        let found = options.map(|o| (o.oracle, o.runs, o.seed, o.only, o.json));
        assert_eq!(found, Ok((Oracle::Types, 7, 3, None, true)));
        assert_eq!(read("--only 9").map(|o| o.only), Ok(Some(9)));
        assert_eq!(read("--runs x").err().as_deref(), Some("`--runs x`: not a whole number"));
        assert_eq!(read("--runs").err().as_deref(), Some("`--runs` needs a number"));
        assert_eq!(read("--fast").err().as_deref(), Some("`--fast` is not an option"));
    }
}
