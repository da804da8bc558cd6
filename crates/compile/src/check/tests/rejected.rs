//! What is refused: the code, and the text that is marked.

use super::support::check_body;

#[test]
fn unknown_field_is_refused() {
    assert_eq!(
        check_body("const u = await users.getUser({ id: \"1\" }); return u.frstName;").faults(),
        ["FR2104 frstName"]
    );
}
