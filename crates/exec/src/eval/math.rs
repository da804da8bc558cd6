//! `Math`.
//!
//! Transcendental functions come from the same sources as V8's, to the last digit.

use frontage_json::Value;
use frontage_plan::{Builtin, Number};

use super::convert::Args;
use super::{Exceeded, Thrown, elementary};

/// Calls a function of `Math`.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let x = args.number(0);
    // Of a spread list there may be millions.
    let numbers = || {
        let number = |value: &Value| args.meter.scan(value).map(|()| value.to_number());
        args.values.iter().map(number).collect::<Result<Vec<f64>, Exceeded>>()
    };
    Ok(Value::Number(match function {
        Builtin::MathAbs => x.abs(),
        Builtin::MathCeil => x.ceil(),
        Builtin::MathFloor => x.floor(),
        Builtin::MathRound => round(x),
        Builtin::MathTrunc => x.trunc(),
        Builtin::MathSign => {
            if x == 0.0 || x.is_nan() {
                x
            } else {
                x.signum()
            }
        }
        Builtin::MathMin => numbers()?
            .into_iter()
            .fold(f64::INFINITY, |least, x| extreme(least, x, f64::total_cmp(&x, &least).is_lt())),
        Builtin::MathMax => numbers()?
            .into_iter()
            .fold(f64::NEG_INFINITY, |most, x| extreme(most, x, f64::total_cmp(&x, &most).is_gt())),
        Builtin::MathPow => Number(x).power(args.number(1)),
        Builtin::MathSqrt => x.sqrt(),
        Builtin::MathCbrt => elementary::cbrt(x),
        Builtin::MathHypot => hypot(&numbers()?),
        Builtin::MathLog => elementary::log(x),
        Builtin::MathLog2 => libm::log2(x),
        Builtin::MathLog10 => elementary::log10(x),
        // The nearest number, which V8 names outright.
        _ if x == 1.0 => std::f64::consts::E,
        _ => libm::exp(x),
    }))
}

/// `Math.round`: halves go up.
fn round(x: f64) -> f64 {
    let below = x.floor();
    if x - below >= 0.5 {
        // `-0.5` gives `-0`.
        (below + 1.0).copysign(x)
    } else {
        below
    }
}

/// The one of two that is further out: `NaN` wins, and `0` is more than `-0`.
fn extreme(held: f64, x: f64, is_beyond: bool) -> f64 {
    if held.is_nan() || x.is_nan() {
        f64::NAN
    } else if is_beyond {
        x
    } else {
        held
    }
}

/// The length of a vector, summed as V8 does: scaled, with the error carried along.
fn hypot(numbers: &[f64]) -> f64 {
    if numbers.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if numbers.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let most = numbers.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if most == 0.0 {
        return 0.0;
    }
    let (mut sum, mut error) = (0.0, 0.0);
    for x in numbers {
        let scaled = x.abs() / most;
        let summand = scaled * scaled - error;
        let next = sum + summand;
        error = (next - sum) - summand;
        sum = next;
    }
    sum.sqrt() * most
}
