//! Finds the function of the library that a call names.
//!
//! A method is chosen by the static type; where the value is of the other type that has a method
//! of this name (`includes` of a string or a list), the value decides.

use frontage_json::{Text, Value, Writer};
use frontage_plan::Builtin;

use super::convert::Args;
use super::{Env, Thrown, array, date, keyed, math, number, object, pattern, string, uri};

/// Calls a function of the library.
pub(crate) fn call(function: Builtin, arguments: &[Value], env: &Env) -> Result<Value, Thrown> {
    use Builtin as B;
    let meter = env.meter();
    meter.units(1)?;
    let args = Args { values: arguments, meter };
    let function = by_receiver(function, args.get(0));
    match function {
        B::ArraySlice
        | B::ArrayConcat
        | B::ArrayFlat
        | B::ArrayIncludes
        | B::ArrayIndexOf
        | B::ArrayLastIndexOf
        | B::ArrayJoin
        | B::ArrayAt
        | B::ArrayToSorted
        | B::ArrayToReversed
        | B::ArrayKeys
        | B::ArrayEntries
        | B::ArrayIsArray
        | B::ArrayFrom
        | B::ArrayWith => array::call(function, args),
        B::ObjectKeys
        | B::ObjectValues
        | B::ObjectEntries
        | B::ObjectFromEntries
        | B::ObjectRest
        | B::ObjectHasOwn => object::call(function, args),
        B::StringSlice
        | B::StringSubstring
        | B::StringSplit
        | B::StringTrim
        | B::StringTrimStart
        | B::StringTrimEnd
        | B::StringPadStart
        | B::StringPadEnd
        | B::StringStartsWith
        | B::StringEndsWith
        | B::StringIncludes
        | B::StringIndexOf
        | B::StringLastIndexOf
        | B::StringReplace
        | B::StringReplaceAll
        | B::StringToUpperCase
        | B::StringToLowerCase
        | B::StringAt
        | B::StringCharAt
        | B::StringCharCodeAt
        | B::StringCodePointAt
        | B::StringRepeat
        | B::StringConcat => {
            args.scanned()?;
            let made = string::call(function, args)?;
            meter.scan(&made)?;
            Ok(made)
        }
        B::NumberToFixed
        | B::NumberToString
        | B::NumberToPrecision
        | B::NumberIsInteger
        | B::NumberIsFinite
        | B::NumberIsNaN
        | B::NumberIsSafeInteger
        | B::ParseInt
        | B::ParseFloat => args.scanned().and_then(|()| number::call(function, args)),
        B::MathAbs
        | B::MathCeil
        | B::MathFloor
        | B::MathRound
        | B::MathTrunc
        | B::MathSign
        | B::MathMin
        | B::MathMax
        | B::MathPow
        | B::MathSqrt
        | B::MathCbrt
        | B::MathHypot
        | B::MathLog
        | B::MathLog2
        | B::MathLog10
        | B::MathExp => args.scanned().and_then(|()| math::call(function, args)),
        B::DateNow
        | B::DateNew
        | B::DateParse
        | B::DateUtc
        | B::DateGetTime
        | B::DateToIsoString
        | B::DateToJson
        | B::DateGetFullYear
        | B::DateGetMonth
        | B::DateGetDate
        | B::DateGetDay
        | B::DateGetHours
        | B::DateGetMinutes
        | B::DateGetSeconds
        | B::DateGetMilliseconds => date::call(function, args, env),
        B::MapNew
        | B::MapGet
        | B::MapHas
        | B::MapKeys
        | B::MapValues
        | B::MapEntries
        | B::SetNew
        | B::SetHas
        | B::SetValues => keyed::call(function, args),
        B::EncodeUriComponent => args.scanned().and_then(|()| uri::encode(&args.text(0)?)),
        B::DecodeUriComponent => args.scanned().and_then(|()| uri::decode(&args.text(0)?)),
        B::ToStringOf if arguments.is_empty() => Ok(Value::Text(Text::EMPTY)),
        B::ToStringOf => args.text(0).map(Value::Text),
        B::BooleanToString => {
            let value = args.get(0);
            if value.is_nullish() {
                return Err(Thrown::unreadable(value, "toString"));
            }
            args.text(0).map(Value::Text)
        }
        B::ToNumber if arguments.is_empty() => Ok(Value::Number(0.0)),
        B::ToNumber => args.scanned().map(|()| Value::Number(args.number(0))),
        B::ToBoolean => Ok(Value::Bool(args.get(0).truthy())),
        B::JsonStringify => stringify(args),
        B::RegexTest
        | B::RegexExec
        | B::StringMatch
        | B::StringMatchAll
        | B::StringSearch
        | B::StringSplitRegex
        | B::StringReplaceRegex => args.scanned().and_then(|()| pattern::call(function, args, env)),
        B::AddIssue => {
            env.add_issue(args.get(1).clone());
            Ok(Value::Undefined)
        }
    }
}

/// The function that fits the receiver, where lists and strings share a name.
fn by_receiver(function: Builtin, receiver: &Value) -> Builtin {
    use Builtin as B;
    let is_text = receiver.type_of() == "string";
    let is_list = array::is_list(receiver);
    match function {
        B::ArraySlice if is_text => B::StringSlice,
        B::ArrayConcat if is_text => B::StringConcat,
        B::ArrayIncludes if is_text => B::StringIncludes,
        B::ArrayIndexOf if is_text => B::StringIndexOf,
        B::ArrayLastIndexOf if is_text => B::StringLastIndexOf,
        B::ArrayAt if is_text => B::StringAt,
        B::StringSlice if is_list => B::ArraySlice,
        B::StringConcat if is_list => B::ArrayConcat,
        B::StringIncludes if is_list => B::ArrayIncludes,
        B::StringIndexOf if is_list => B::ArrayIndexOf,
        B::StringLastIndexOf if is_list => B::ArrayLastIndexOf,
        B::StringAt if is_list => B::ArrayAt,
        // `toString` of anything but a number.
        B::NumberToString if receiver.type_of() != "number" => B::BooleanToString,
        B::BooleanToString if receiver.type_of() == "number" => B::NumberToString,
        other => other,
    }
}

fn stringify(args: Args<'_>) -> Result<Value, Thrown> {
    let mut text = Vec::new();
    if !Writer::new(&mut text).respelling().write(args.get(0))? {
        return Ok(Value::Undefined);
    }
    super::bounds::string(text.len())?;
    args.meter.bytes(text.len())?;
    Ok(String::from_utf8(text).map_or(Value::Undefined, Value::text))
}
