//! The pages of `docs/errors`: what stands under "Refused" is refused with the page's code, and
//! what stands under "Write instead" is read without it.

mod support;

use std::path::Path;

use frontage_contract::codes;
use frontage_diagnostic::Code;

const CODES: &[Code] = &[
    codes::BROKEN_TEXT,
    codes::NOT_A_CONTRACT,
    codes::UNSUPPORTED_CONTRACT,
    codes::LIMIT,
    codes::DANGLING_REFERENCE,
    codes::REMOTE_REFERENCE,
    codes::REFERENCE_CIRCLE,
    codes::UNREADABLE_FILE,
    codes::MALFORMED_SCHEMA,
    codes::MALFORMED_OPERATION,
    codes::DUPLICATE_OPERATION,
    codes::PATH_PARAMETER,
    codes::ARGUMENT_CLASH,
    codes::ALL_OF_CIRCLE,
    codes::IGNORED_KEYWORD,
    codes::DUPLICATE_KEY,
];

#[test]
fn the_examples_of_every_page_are_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for code in CODES {
        let path = folder.join(format!("{code}.md"));
        let page = std::fs::read_to_string(&path).expect("every code has its page");
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        let blocks: Vec<&str> = page.split("```yaml\n").skip(1).collect();
        let [refused, instead] = blocks[..] else { panic!("{code}: two examples") };
        for (block, expected) in [(refused, true), (instead, false)] {
            let text = block.split("```").next().unwrap_or("");
            let printed = support::print_files(&[("contract.yaml", text)]);
            assert_eq!(printed.contains(&code.to_string()), expected, "{code}\n{printed}");
        }
    }
}
