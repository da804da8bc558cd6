//! URL templates: styles as OpenAPI tables them, and values that try to break out.

use frontage_plan::{Location, Method, Operation, Parameter, PathPiece, Style, UpstreamId};
use frontage_upstream::{Argument, FillError, fill, fill_form};

fn operation(location: Location, style: Style, explode: bool) -> Operation {
    let mut path = vec![PathPiece::Text("/x".into())];
    if location == Location::Path {
        path = vec![
            PathPiece::Text("/x/".into()),
            PathPiece::Parameter(0),
            PathPiece::Text("/y".into()),
        ];
    }
    Operation {
        upstream: UpstreamId(0),
        name: "op".into(),
        method: Method::Get,
        path,
        parameters: vec![Parameter {
            name: "color".into(),
            location,
            style,
            explode,
            required: false,
        }],
        body: None,
        safe: true,
    }
}

fn text(value: &str) -> Argument {
    Argument::Text(value.into())
}

fn list() -> Argument {
    Argument::List(["blue", "black", "brown"].map(str::to_owned).into())
}

fn map() -> Argument {
    Argument::Map([("R", "100"), ("G", "200")].map(|(k, v)| (k.to_owned(), v.to_owned())).into())
}

/// OpenAPI 3.1, "Style Examples".
#[test]
fn styles_write_what_the_standard_tables() {
    use Location::{Path, Query};
    use Style::{DeepObject, Form, Label, Matrix, PipeDelimited, Simple, SpaceDelimited};
    let cases = [
        (Path, Simple, false, text("blue"), "/x/blue/y"),
        (Path, Simple, false, list(), "/x/blue,black,brown/y"),
        (Path, Simple, true, list(), "/x/blue,black,brown/y"),
        (Path, Simple, false, map(), "/x/R,100,G,200/y"),
        (Path, Simple, true, map(), "/x/R=100,G=200/y"),
        (Path, Label, false, text("blue"), "/x/.blue/y"),
        (Path, Label, false, list(), "/x/.blue,black,brown/y"),
        (Path, Label, true, list(), "/x/.blue.black.brown/y"),
        (Path, Label, false, map(), "/x/.R,100,G,200/y"),
        (Path, Label, true, map(), "/x/.R=100.G=200/y"),
        (Path, Matrix, false, text("blue"), "/x/;color=blue/y"),
        (Path, Matrix, false, list(), "/x/;color=blue,black,brown/y"),
        (Path, Matrix, true, list(), "/x/;color=blue;color=black;color=brown/y"),
        (Path, Matrix, false, map(), "/x/;color=R,100,G,200/y"),
        (Path, Matrix, true, map(), "/x/;R=100;G=200/y"),
        (Query, Form, true, text("blue"), "/x?color=blue"),
        (Query, Form, true, text(""), "/x?color="),
        (Query, Form, false, list(), "/x?color=blue,black,brown"),
        (Query, Form, true, list(), "/x?color=blue&color=black&color=brown"),
        (Query, Form, false, map(), "/x?color=R,100,G,200"),
        (Query, Form, true, map(), "/x?R=100&G=200"),
        (Query, SpaceDelimited, false, list(), "/x?color=blue%20black%20brown"),
        (Query, PipeDelimited, false, list(), "/x?color=blue%7Cblack%7Cbrown"),
        (Query, DeepObject, true, map(), "/x?color%5BR%5D=100&color%5BG%5D=200"),
        (Query, Form, true, Argument::List(vec![]), "/x"),
    ];
    for (location, style, explode, value, expected) in cases {
        let operation = operation(location, style, explode);
        let filled = fill(&operation, &[(0, value.clone())]).map(|f| f.path_and_query);
        assert_eq!(filled.as_deref(), Ok(expected), "{style:?} {explode} {value:?}");
    }
}

#[test]
fn a_path_value_stays_one_segment() {
    let operation = operation(Location::Path, Style::Simple, false);
    let cases = [
        ("@evil", Ok("/x/%40evil/y")),
        ("../../admin", Ok("/x/..%2F..%2Fadmin/y")),
        ("7/x", Ok("/x/7%2Fx/y")),
        ("a%2fb", Ok("/x/a%252fb/y")),
        ("?q", Ok("/x/%3Fq/y")),
        ("#f", Ok("/x/%23f/y")),
        ("\r\nHost: evil", Ok("/x/%0D%0AHost%3A%20evil/y")),
        ("\\", Ok("/x/%5C/y")),
        (";a=b", Ok("/x/%3Ba%3Db/y")),
        ("\0", Ok("/x/%00/y")),
        ("...", Ok("/x/.../y")),
        ("é", Ok("/x/%C3%A9/y")),
        (".", Err(FillError::Segment("color".into()))),
        ("..", Err(FillError::Segment("color".into()))),
        ("", Err(FillError::Segment("color".into()))),
    ];
    for (value, expected) in cases {
        let filled = fill(&operation, &[(0, text(value))]).map(|f| f.path_and_query);
        assert_eq!(filled, expected.map(str::to_owned), "{value:?}");
    }
}

#[test]
fn dots_from_several_values_or_a_label_make_no_dot_segment() {
    let label = operation(Location::Path, Style::Label, false);
    assert_eq!(fill(&label, &[(0, text("."))]), Err(FillError::Segment("color".into())));
    let mut two = operation(Location::Path, Style::Simple, false);
    two.path = vec![PathPiece::Text("/".into()), PathPiece::Parameter(0), PathPiece::Parameter(0)];
    assert_eq!(fill(&two, &[(0, text("."))]), Err(FillError::Segment("color".into())));
    assert_eq!(fill(&two, &[(0, text("a"))]).map(|f| f.path_and_query), Ok("/aa".into()));
}

#[test]
fn query_values_stay_one_pair_and_headers_one_line() {
    let query = operation(Location::Query, Style::Form, true);
    let filled = fill(&query, &[(0, text("a&b=c#d+e f"))]).map(|f| f.path_and_query);
    assert_eq!(filled, Ok("/x?color=a%26b%3Dc%23d%2Be%20f".into()));

    let header = operation(Location::Header, Style::Simple, false);
    let filled = fill(&header, &[(0, list())]).unwrap();
    assert_eq!(filled.headers[0].1, "blue,black,brown");
    for bad in ["a\r\nb: c", "a\nb", "a\0b"] {
        let error = fill(&header, &[(0, text(bad))]).unwrap_err();
        assert_eq!(error, FillError::Header("color".into()), "{bad:?}");
    }
    let mut host = operation(Location::Header, Style::Simple, false);
    host.parameters[0].name = "Host".into();
    assert!(fill(&host, &[(0, text("evil"))]).is_err());

    let cookie = operation(Location::Cookie, Style::Form, false);
    let filled = fill(&cookie, &[(0, text("a; b=c"))]).unwrap();
    assert_eq!(filled.headers[0].1, "color=a%3B%20b%3Dc");
}

#[test]
fn a_required_parameter_must_have_a_value() {
    let mut query = operation(Location::Query, Style::Form, true);
    assert_eq!(fill(&query, &[]).map(|f| f.path_and_query), Ok("/x".into()));
    query.parameters[0].required = true;
    assert_eq!(fill(&query, &[]), Err(FillError::Missing("color".into())));
}

#[test]
fn forms_repeat_keys_of_lists() {
    let members = [("a".to_owned(), text("1 &2")), ("b".to_owned(), list())];
    assert_eq!(fill_form(&members), "a=1%20%262&b=blue&b=black&b=brown");
}
