//! The fuzzing corpus through the fuzzer's own checks: what once was found stays found.

#[path = "../../../fuzz/checks/syntax.rs"]
mod checks;

use std::path::Path;

#[test]
fn every_input_of_the_corpus_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/syntax");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("is readable").path();
        let data = std::fs::read(&path).expect("is readable");
        if let Err(fault) = std::panic::catch_unwind(|| checks::check(&data)) {
            panic!("{}: {:?}", path.display(), fault.downcast_ref::<String>());
        }
        count += 1;
    }
    assert!(count > 20, "{count} inputs");
}
