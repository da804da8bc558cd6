//! Issues that a schema's own functions add: `ctx.addIssue(…)`.

use frontage_json::{Text, Value};
use frontage_plan::Name;

use super::issue::{About, Issue, PathKey, Then};
use crate::eval::Thrown;

/// What `ctx.addIssue` was given, as an issue.
///
/// - `said`: the words of the schema that the function is a check of.
/// - `then`: what it means for later checks, unless it says so itself.
pub(super) fn issue(given: &Value, said: Option<&Name>, then: Then) -> Result<Issue, Thrown> {
    let words = |own: &Text| {
        let own = (!own.is_empty()).then(|| own.to_string());
        own.or_else(|| said.map(ToString::to_string))
    };
    let about = About::Value("Invalid input".into());
    let given = given.decoded();
    let Value::Object(object) = &given else {
        let text = given.to_text()?;
        let (said, code) = (words(&text), Text::from_static("custom"));
        return Ok(Issue { steps: Vec::new(), code, said, about, then: Then::Lengths });
    };
    let member = |name: &str| object.get(name).map(Value::decoded).unwrap_or(Value::Undefined);
    let code = match member("code") {
        Value::Text(text) => text,
        _ => Text::from_static("custom"),
    };
    let said = match member("message") {
        Value::Text(text) => words(&text),
        _ => words(&Text::EMPTY),
    };
    let mut steps = Vec::new();
    if let Value::Array(path) = member("path") {
        for step in path.iter().rev() {
            steps.push(match step.decoded() {
                Value::Number(number) if number >= 0.0 && number.fract() == 0.0 =>
                {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a whole number; casts saturate"
                    )]
                    PathKey::Index(number as usize)
                }
                other => PathKey::Name(other.to_text()?),
            });
        }
    }
    let then = match (member("fatal").truthy(), member("continue")) {
        (true, _) | (false, Value::Bool(false)) => Then::Stop,
        (false, Value::Bool(true)) => Then::Continue,
        _ => then,
    };
    Ok(Issue { steps, code, said, about, then })
}
