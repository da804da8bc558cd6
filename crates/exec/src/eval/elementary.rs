//! Logarithms and cube roots with the last digit that V8 gives them.
//!
//! In:    any number.
//! Out:   the number that fdlibm's algorithm gives, bit for bit: V8 ships that algorithm, and the
//!        standard does not say which digit is right.
//! Never: a platform's own library, whose last digits differ.
//!
//! # Sources
//!
//! fdlibm 5.3 (Sun Microsystems, 1993), `e_log.c`; FreeBSD's `s_cbrt.c` (Bruce D. Evans) and
//! `e_log10.c`: coefficients and order of operations. Compared with Node on 200,000 numbers.

const TWO_54: f64 = 18_014_398_509_481_984.0;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;

/// Coefficients of the logarithm's remainder.
const LOG: [f64; 7] = [
    0.6666666666666735,
    0.3999999999940942,
    0.2857142874366239,
    0.22222198432149784,
    0.1818357216161805,
    0.15313837699209373,
    0.14798198605116586,
];

/// Coefficients of a polynomial near `1 / cbrt(x)`.
const CBRT: [f64; 5] = [
    1.87595182427177,
    -1.8849797954337717,
    1.6214297201053545,
    -0.758397934778766,
    0.14599619288661245,
];

/// A positive number apart: its words' upper half without the exponent, the exponent, the number
/// made normal.
fn apart(x: f64) -> (i32, i32, f64) {
    let (x, less) = if x < f64::MIN_POSITIVE { (x * TWO_54, 54) } else { (x, 0) };
    let high = (x.to_bits() >> 32) as i32;
    (high & 0x000f_ffff, (high >> 20) - 1023 - less, x)
}

/// The number with another upper half.
fn with_high(x: f64, high: i32) -> f64 {
    f64::from_bits((x.to_bits() & 0xffff_ffff) | (u64::from(high.unsigned_abs()) << 32))
}

/// What logarithms give where there is nothing to compute.
fn special(x: f64) -> Option<f64> {
    if x == 0.0 {
        Some(f64::NEG_INFINITY)
    } else if x < 0.0 || x.is_nan() {
        Some(f64::NAN)
    } else if x.is_infinite() {
        Some(x)
    } else {
        None
    }
}

/// `Math.log`
pub(super) fn log(x: f64) -> f64 {
    if let Some(known) = special(x) {
        return known;
    }
    let (high, exponent, x) = apart(x);
    // The number is brought near 1, or near a half where that is nearer.
    let halved = (high + 0x9_5f64) & 0x10_0000;
    let x = with_high(x, high | (halved ^ 0x3ff0_0000));
    let k = exponent + (halved >> 20);
    let (whole, f) = (f64::from(k), x - 1.0);
    if (0x000f_ffff & (2 + high)) < 3 {
        if f == 0.0 {
            return if k == 0 { 0.0 } else { whole * LN2_HIGH + whole * LN2_LOW };
        }
        let r = f * f * (0.5 - 0.3333333333333333 * f);
        return if k == 0 { f - r } else { whole * LN2_HIGH - ((r - whole * LN2_LOW) - f) };
    }
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (LOG[1] + w * (LOG[3] + w * LOG[5]));
    let odd = z * (LOG[0] + w * (LOG[2] + w * (LOG[4] + w * LOG[6])));
    let r = odd + even;
    if ((high - 0x6_147a) | (0x6_b851 - high)) > 0 {
        let half = 0.5 * f * f;
        if k == 0 {
            f - (half - s * (half + r))
        } else {
            whole * LN2_HIGH - ((half - (s * (half + r) + whole * LN2_LOW)) - f)
        }
    } else if k == 0 {
        f - s * (f - r)
    } else {
        whole * LN2_HIGH - ((s * (f - r) - whole * LN2_LOW) - f)
    }
}

/// `Math.log10`
pub(super) fn log10(x: f64) -> f64 {
    if let Some(known) = special(x) {
        return known;
    }
    if x == 1.0 {
        return 0.0;
    }
    let (high, exponent, x) = apart(x);
    let below = i32::from(exponent < 0);
    let whole = f64::from(exponent + below);
    let x = with_high(x, high | ((0x3ff - below) << 20));
    let low = whole * 3.694239077158931e-13 + std::f64::consts::LOG10_E * log(x);
    low + whole * 0.30102999566361177
}

/// `Math.cbrt`
pub(super) fn cbrt(x: f64) -> f64 {
    if !x.is_finite() || x == 0.0 {
        return x;
    }
    let sign = x.to_bits() & (1 << 63);
    let upper = |x: f64| x.abs().to_bits() >> 32;
    // A third of the exponent is near the root's.
    let first = if upper(x) < 0x0010_0000 {
        upper(x * TWO_54) / 3 + 696_219_795
    } else {
        upper(x) / 3 + 715_094_163
    };
    let t = f64::from_bits(sign | (first << 32));
    let r = (t * t) * (t / x);
    let near = CBRT[0] + r * (CBRT[1] + r * CBRT[2]);
    let t = t * (near + ((r * r) * r) * (CBRT[3] + r * CBRT[4]));
    // Rounded to 23 bits, so that its square is exact; then one step of Newton's.
    let t = f64::from_bits((t.to_bits() + 0x8000_0000) & 0xffff_ffff_c000_0000);
    let r = x / (t * t);
    t + t * ((r - t) / (t + t + r))
}

#[cfg(test)]
mod tests {
    use super::{cbrt, log, log10};

    #[test]
    fn last_digits_are_those_of_v8() {
        for (own, node) in [
            (cbrt(-2.5), -1.3572088082974532),
            (cbrt(27.0), 3.0),
            (log(1.5388460755348206), 0.43103283395801606),
            (log(1.1168029308319092), 0.11047007733476706),
            (log10(914.0), 2.9609461957338317),
            (log10(1000.0), 3.0),
            (log10(5e-324), -323.3062153431158),
        ] {
            assert_eq!(own.to_bits(), f64::to_bits(node), "{own} {node}");
        }
    }
}
