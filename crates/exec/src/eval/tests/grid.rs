//! Random cases: every function with arguments drawn from grids of odd values.
//!
//! `FRONTAGE_GRID=5000` asks for that many of each function instead of the usual few hundred,
//! `FRONTAGE_SEED=7` for others.

use super::odd::{
    COUNTS, DATE_TEXTS, DIGITS, ENCODED, KEYS, NUMBERS, NUMERICS, PARTS, PIECES, PLACES,
    REPLACEMENTS,
};
use frontage_plan::{ArrayItem, BinaryOp, Builtin as B, Constant, Expr, Number};

/// What an argument is drawn from.
#[derive(Clone, Copy)]
enum Kind {
    /// A string of odd pieces.
    Text,
    /// A short string that is likely to stand in others.
    Piece,
    /// A replacement with `$` patterns.
    Replacement,
    /// A text that may be a number.
    Numeric,
    /// A text that may be a date.
    DateText,
    /// Percent-encoded, more or less.
    Encoded,
    Number,
    /// A position: whole, fractional, negative, `NaN`, far away.
    Place,
    /// A small count.
    Count,
    /// A radix, a number of digits.
    Digits,
    /// A part of a date.
    Part,
    List,
    Nested,
    Pairs,
    Object,
    Key,
    Any,
    Date,
}

use Kind as K;

/// Functions with their arguments; those after the number given may be left out or `undefined`.
const FUNCTIONS: &[(B, usize, &[Kind])] = &[
    (B::StringSlice, 1, &[K::Text, K::Place, K::Place]),
    (B::StringSubstring, 2, &[K::Text, K::Place, K::Place]),
    (B::StringSplit, 2, &[K::Text, K::Piece, K::Count]),
    (B::StringTrim, 1, &[K::Text]),
    (B::StringTrimStart, 1, &[K::Text]),
    (B::StringTrimEnd, 1, &[K::Text]),
    (B::StringPadStart, 2, &[K::Text, K::Count, K::Piece]),
    (B::StringPadEnd, 2, &[K::Text, K::Count, K::Piece]),
    (B::StringStartsWith, 2, &[K::Text, K::Piece, K::Place]),
    (B::StringEndsWith, 2, &[K::Text, K::Piece, K::Place]),
    (B::StringIncludes, 2, &[K::Text, K::Piece, K::Place]),
    (B::StringIndexOf, 2, &[K::Text, K::Piece, K::Place]),
    (B::StringLastIndexOf, 2, &[K::Text, K::Piece, K::Place]),
    (B::StringReplace, 3, &[K::Text, K::Piece, K::Replacement]),
    (B::StringReplaceAll, 3, &[K::Text, K::Piece, K::Replacement]),
    (B::StringToUpperCase, 1, &[K::Text]),
    (B::StringToLowerCase, 1, &[K::Text]),
    (B::StringAt, 2, &[K::Text, K::Place]),
    (B::StringCharAt, 2, &[K::Text, K::Place]),
    (B::StringCharCodeAt, 2, &[K::Text, K::Place]),
    (B::StringCodePointAt, 2, &[K::Text, K::Place]),
    (B::StringRepeat, 2, &[K::Text, K::Count]),
    (B::StringConcat, 1, &[K::Text, K::Any, K::Any]),
    (B::EncodeUriComponent, 1, &[K::Text]),
    (B::DecodeUriComponent, 1, &[K::Encoded]),
    (B::ToStringOf, 1, &[K::Any]),
    (B::ToStringOf, 1, &[K::Number]),
    (B::ToNumber, 1, &[K::Numeric]),
    (B::ToNumber, 1, &[K::Any]),
    (B::ToBoolean, 1, &[K::Any]),
    (B::ParseInt, 1, &[K::Numeric, K::Digits]),
    (B::ParseFloat, 1, &[K::Numeric]),
    (B::NumberToFixed, 1, &[K::Number, K::Digits]),
    (B::NumberToPrecision, 1, &[K::Number, K::Digits]),
    (B::NumberToString, 1, &[K::Number, K::Digits]),
    (B::NumberIsInteger, 1, &[K::Any]),
    (B::NumberIsFinite, 1, &[K::Number]),
    (B::NumberIsNaN, 1, &[K::Any]),
    (B::NumberIsSafeInteger, 1, &[K::Number]),
    (B::MathAbs, 1, &[K::Number]),
    (B::MathCeil, 1, &[K::Number]),
    (B::MathFloor, 1, &[K::Number]),
    (B::MathRound, 1, &[K::Number]),
    (B::MathTrunc, 1, &[K::Number]),
    (B::MathSign, 1, &[K::Number]),
    (B::MathSqrt, 1, &[K::Number]),
    (B::MathCbrt, 1, &[K::Number]),
    (B::MathLog, 1, &[K::Number]),
    (B::MathLog2, 1, &[K::Number]),
    (B::MathLog10, 1, &[K::Number]),
    (B::MathExp, 1, &[K::Number]),
    (B::MathMin, 0, &[K::Number, K::Number, K::Number]),
    (B::MathMax, 0, &[K::Number, K::Number, K::Number]),
    (B::MathHypot, 0, &[K::Number, K::Number]),
    (B::MathPow, 2, &[K::Number, K::Number]),
    (B::ArraySlice, 1, &[K::List, K::Place, K::Place]),
    (B::ArrayConcat, 1, &[K::List, K::Any, K::List]),
    (B::ArrayFlat, 1, &[K::Nested, K::Place]),
    (B::ArrayIncludes, 2, &[K::List, K::Any, K::Place]),
    (B::ArrayIndexOf, 2, &[K::List, K::Any, K::Place]),
    (B::ArrayLastIndexOf, 2, &[K::List, K::Any, K::Place]),
    (B::ArrayJoin, 1, &[K::Nested, K::Piece]),
    (B::ArrayAt, 2, &[K::List, K::Place]),
    (B::ArrayToSorted, 1, &[K::List]),
    (B::ArrayToReversed, 1, &[K::List]),
    (B::ArrayKeys, 1, &[K::List]),
    (B::ArrayEntries, 1, &[K::List]),
    (B::ArrayWith, 3, &[K::List, K::Place, K::Any]),
    (B::ArrayFrom, 1, &[K::Text]),
    (B::ArrayFrom, 1, &[K::List]),
    (B::ArrayIsArray, 1, &[K::Any]),
    (B::ObjectKeys, 1, &[K::Object]),
    (B::ObjectValues, 1, &[K::Object]),
    (B::ObjectEntries, 1, &[K::Object]),
    (B::ObjectEntries, 1, &[K::Text]),
    (B::ObjectFromEntries, 1, &[K::Pairs]),
    (B::ObjectHasOwn, 2, &[K::Object, K::Key]),
    (B::MapNew, 1, &[K::Pairs]),
    (B::SetNew, 1, &[K::List]),
    (B::SetNew, 1, &[K::Text]),
    (B::JsonStringify, 1, &[K::Nested]),
    (B::JsonStringify, 1, &[K::Object]),
    (B::JsonStringify, 1, &[K::Any]),
    (B::DateNew, 1, &[K::Number]),
    (B::DateNew, 1, &[K::DateText]),
    (B::DateParse, 1, &[K::DateText]),
    (B::DateUtc, 1, &[K::Part, K::Part, K::Part, K::Part, K::Part, K::Part, K::Part]),
    (B::DateToIsoString, 1, &[K::Date]),
    (B::DateToJson, 1, &[K::Date]),
    (B::DateGetTime, 1, &[K::Date]),
    (B::DateGetFullYear, 1, &[K::Date]),
    (B::DateGetMonth, 1, &[K::Date]),
    (B::DateGetDate, 1, &[K::Date]),
    (B::DateGetDay, 1, &[K::Date]),
    (B::DateGetHours, 1, &[K::Date]),
    (B::DateGetMinutes, 1, &[K::Date]),
    (B::DateGetSeconds, 1, &[K::Date]),
    (B::DateGetMilliseconds, 1, &[K::Date]),
    (B::ToStringOf, 1, &[K::Date]),
];

/// Numbers from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % bound
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn number(&mut self) -> f64 {
        match self.below(4) {
            // Any double, some with few digits.
            0 => f64::from_bits(self.0),
            1 => {
                let scale = 10_f64.powi(i32::try_from(self.below(12)).unwrap_or(0) - 4);
                let whole = f64::from(u32::try_from(self.below(2_000_001)).unwrap_or(0));
                (whole - 1_000_000.0) / scale
            }
            _ => self.of(NUMBERS),
        }
    }

    fn text(&mut self, pieces: usize) -> Expr {
        let mut parts = Vec::new();
        for _ in 0..=self.below(pieces) {
            parts.push(self.piece());
        }
        let first = parts.remove(0);
        parts
            .into_iter()
            .fold(first, |left, right| Expr::Binary(BinaryOp::Add, Box::new(left), Box::new(right)))
    }

    fn piece(&mut self) -> Expr {
        match self.below(12) {
            // Half of a pair.
            0 => {
                let at = number(f64::from(u8::try_from(self.below(2)).unwrap_or(0)));
                Expr::Call(B::StringCharAt, vec![Expr::string("\u{1F600}"), at])
            }
            _ => Expr::string(self.of(PIECES)),
        }
    }

    fn list(&mut self, depth: usize) -> Expr {
        let length = self.below(6);
        let item = |random: &mut Self| {
            if depth > 0 && random.below(3) == 0 {
                random.list(depth - 1)
            } else {
                random.any(depth)
            }
        };
        Expr::Array((0..length).map(|_| ArrayItem::Item(item(self))).collect())
    }

    fn object(&mut self) -> Expr {
        let members = (0..self.below(6)).map(|_| {
            let key = match self.below(3) {
                0 => self.text(2),
                _ => Expr::string(self.of(KEYS)),
            };
            let value = self.any(1);
            frontage_plan::ObjectItem::Property(frontage_plan::Key::Computed(key), value)
        });
        Expr::Object(members.collect())
    }

    fn date(&mut self) -> Expr {
        let time = match self.below(3) {
            0 => Expr::string(self.of(DATE_TEXTS)),
            1 => {
                let ms = f64::from(u32::try_from(self.below(4_000_000_000)).unwrap_or(0));
                number((ms - 2e9) * self.of(&[1.0, 1000.0, 1_000_000.0, 4_000_000.0]))
            }
            _ => number(self.number()),
        };
        Expr::Call(B::DateNew, vec![time])
    }

    fn any(&mut self, depth: usize) -> Expr {
        match self.below(12) {
            0 => Expr::UNDEFINED,
            1 => Expr::Constant(Constant::Null),
            2 => Expr::Constant(Constant::Bool(self.below(2) == 0)),
            3..=5 => number(self.number()),
            6 if depth > 0 => self.list(depth - 1),
            7 if depth > 0 => self.object(),
            8 if depth > 0 => self.date(),
            9 => Expr::string(self.of(NUMERICS)),
            _ => self.text(3),
        }
    }

    fn draw(&mut self, kind: Kind) -> Expr {
        match kind {
            K::Text => self.text(6),
            K::Piece => self.text(2),
            K::Replacement => match self.below(8) {
                0 => self.piece(),
                _ => Expr::string(self.of(REPLACEMENTS)),
            },
            K::Numeric => match self.below(3) {
                0 => Expr::string(&format!("{}", self.number())),
                _ => Expr::string(self.of(NUMERICS)),
            },
            K::DateText => match self.below(3) {
                0 => {
                    let (year, month) = (self.below(10_000), self.below(13));
                    let (day, hour, minute) = (self.below(33), self.below(25), self.below(61));
                    let zone = self.of(&["", "Z", "+01:30", "-08:00"]);
                    Expr::string(&format!(
                        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}{zone}"
                    ))
                }
                _ => Expr::string(self.of(DATE_TEXTS)),
            },
            K::Encoded => {
                let parts: String = (0..=self.below(4)).map(|_| self.of(ENCODED)).collect();
                Expr::string(&parts)
            }
            K::Number => number(self.number()),
            K::Place => number(self.of(PLACES)),
            K::Count => number(self.of(COUNTS)),
            K::Digits => number(self.of(DIGITS)),
            K::Part => number(self.of(PARTS)),
            K::List => self.list(1),
            K::Nested => self.list(3),
            K::Pairs => {
                let pairs = (0..self.below(6)).map(|_| {
                    let pair = vec![ArrayItem::Item(self.any(0)), ArrayItem::Item(self.any(1))];
                    ArrayItem::Item(Expr::Array(pair))
                });
                Expr::Array(pairs.collect())
            }
            K::Object => self.object(),
            K::Key => Expr::string(self.of(KEYS)),
            K::Any => self.any(2),
            K::Date => self.date(),
        }
    }
}

fn number(value: f64) -> Expr {
    if value.is_nan() {
        let zero = || Box::new(Expr::Constant(Constant::Number(Number(0.0))));
        return Expr::Binary(BinaryOp::Divide, zero(), zero());
    }
    Expr::Constant(Constant::Number(Number(value)))
}

/// Random cases of every function.
pub(super) fn all() -> Vec<Expr> {
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let each: usize = asked("FRONTAGE_GRID").unwrap_or(200);
    let seed: usize = asked("FRONTAGE_SEED").unwrap_or(1);
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (seed as u64 * 0x1_0000_0001));
    let mut out = Vec::new();
    for (function, wanted, kinds) in FUNCTIONS {
        for _ in 0..each {
            let mut arguments = Vec::new();
            for (index, kind) in kinds.iter().enumerate() {
                if index >= *wanted {
                    match random.below(5) {
                        0 => break,
                        1 if !matches!(kind, K::Part | K::Number) => {
                            arguments.push(Expr::UNDEFINED);
                            continue;
                        }
                        _ => {}
                    }
                }
                arguments.push(random.draw(*kind));
            }
            out.push(Expr::Call(*function, arguments));
        }
    }
    let operators = [
        BinaryOp::Add,
        BinaryOp::Less,
        BinaryOp::LessOrEqual,
        BinaryOp::Greater,
        BinaryOp::Equal,
        BinaryOp::Remainder,
        BinaryOp::Exponent,
        BinaryOp::BitXor,
        BinaryOp::ShiftRight,
        BinaryOp::ShiftRightUnsigned,
        BinaryOp::ShiftLeft,
    ];
    for op in operators {
        for _ in 0..each {
            let (left, right) = match random.below(3) {
                0 => (random.text(3), random.text(3)),
                1 => (number(random.number()), number(random.number())),
                _ => (random.any(2), random.any(2)),
            };
            out.push(Expr::Binary(op, Box::new(left), Box::new(right)));
        }
    }
    for _ in 0..each {
        let (text, at) = (random.text(4), random.draw(K::Place));
        out.push(Expr::Index(Box::new(text.clone()), Box::new(at)));
        out.push(text.clone().member("length"));
        out.push(Expr::Array(vec![ArrayItem::Spread(text.clone())]));
        let (object, key) = (random.object(), random.text(2));
        out.push(Expr::Index(Box::new(object), Box::new(key)));
        out.push(Expr::Template(vec![text, random.any(2), random.any(2)]));
    }
    out
}
