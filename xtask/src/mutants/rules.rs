//! The rules that are broken, each by one replacement in one file.

/// Which oracle has to notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Oracle {
    /// Answers, against Node.
    Values,
    /// What is accepted and result types, against tsc.
    Types,
    /// Input, against zod.
    Zod,
}

impl Oracle {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Values, Self::Types, Self::Zod];

    /// Its word in the table.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Values => "values",
            Self::Types => "types",
            Self::Zod => "zod",
        }
    }

    /// The runs that CI makes, which must be enough.
    pub(super) const fn runs(self) -> &'static [&'static str] {
        match self {
            Self::Values => crate::random::VALUES,
            Self::Types => crate::random::TYPES,
            Self::Zod => crate::random::ZOD,
        }
    }
}

/// One rule and how it is broken.
pub(super) struct Rule {
    /// Its name in the table.
    pub(super) name: &'static str,
    /// Who has to notice.
    pub(super) oracle: Oracle,
    /// Where it stands.
    pub(super) file: &'static str,
    /// The text, once in the file.
    find: &'static str,
    /// What stands there instead.
    replace: &'static str,
}

impl Rule {
    /// The file's text with the rule broken.
    ///
    /// # Errors
    ///
    /// If the text to replace does not stand there exactly once.
    pub(super) fn apply(&self, text: &str) -> Result<String, String> {
        match text.matches(self.find).count() {
            1 => Ok(text.replacen(self.find, self.replace, 1)),
            count => {
                Err(format!("{}: `{}` stands {count} times in {}", self.name, self.find, self.file))
            }
        }
    }
}

/// Every rule that is broken.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "nullish-takes-null-only",
        oracle: Oracle::Values,
        file: "crates/exec/src/eval/expr.rs",
        find: "LogicalOp::Nullish => !left.is_nullish(),",
        replace: "LogicalOp::Nullish => !matches!(left, Value::Null),",
    },
    Rule {
        name: "made-though-looked-at",
        oracle: Oracle::Values,
        file: "crates/compile/src/lower/making.rs",
        find: "            && demand == wanted",
        replace: "            && demand != Demand::default()",
    },
    Rule {
        name: "made-null-for-missing",
        oracle: Oracle::Values,
        file: "crates/json/src/project/made.rs",
        find: "Piece::Missing => return false,",
        replace: "Piece::Missing => out.extend_from_slice(b\"null\"),",
    },
    Rule {
        name: "bulk-failure-is-final",
        oracle: Oracle::Values,
        file: "crates/exec/src/run/calls.rs",
        find: "(_, Ok(answer)) if is_overload(answer.status) => {",
        replace: "(_, Ok(answer)) if is_overload(answer.status) || answer.status != 0 => {",
    },
    Rule {
        name: "bulk-missing-is-drift",
        oracle: Oracle::Values,
        file: "crates/exec/src/run/calls.rs",
        find: "Part::Missing => entry.bring(Brought::NotThere),",
        replace: "Part::Missing => entry.bring(Brought::Item(bytes::Bytes::new())),",
    },
    Rule {
        name: "sort-unstable",
        oracle: Oracle::Values,
        file: "crates/exec/src/eval/sort.rs",
        find: "if compare(&slice[next], &slice[middle])? == Ordering::Less {",
        replace: "if compare(&slice[next], &slice[middle])? != Ordering::Greater {",
    },
    Rule {
        name: "null-on-ignored",
        oracle: Oracle::Values,
        file: "crates/exec/src/run/answer.rs",
        find: "    if call.null_on.contains(&status) {",
        replace: "    if call.null_on.contains(&status) && status != 404 {",
    },
    Rule {
        name: "missing-member-no-drift",
        oracle: Oracle::Values,
        file: "crates/json/src/project.rs",
        find: ".find(|(i, field)| field.required && !seen.has(*i));",
        replace: ".find(|(i, field)| field.required && !seen.has(*i) && fields.len() > 9);",
    },
    Rule {
        name: "no-number-is-less",
        oracle: Oracle::Values,
        file: "crates/exec/src/eval/operator.rs",
        find: "Some(Ordering::Less | Ordering::Equal)",
        replace: "Some(Ordering::Less | Ordering::Equal) | None",
    },
    Rule {
        name: "promise-all-in-time",
        oracle: Oracle::Values,
        file: "crates/exec/src/run/region.rs",
        find: "results[*place] = match (gather, outcome) {",
        replace: "let at = results.iter().position(Value::is_undefined).unwrap_or(*place);
            results[at] = match (gather, outcome) {",
    },
    Rule {
        name: "chain-past-undefined",
        oracle: Oracle::Values,
        file: "crates/exec/src/eval/expr.rs",
        find: "            if object.is_nullish() {",
        replace: "            if matches!(object, Value::Null) {",
    },
    Rule {
        name: "default-for-null",
        oracle: Oracle::Values,
        file: "crates/compile/src/lower/function.rs",
        find: "                    BinaryOp::Equal,",
        replace: "                    BinaryOp::LooseEqual,",
    },
    Rule {
        name: "to-fixed-rounds-to-even",
        oracle: Oracle::Values,
        file: "crates/exec/src/eval/number.rs",
        find: "let is_between = fraction_bits(size) as usize == places + 1;",
        replace: "let is_between = false;",
    },
    Rule {
        name: "integer-names-last",
        oracle: Oracle::Values,
        file: "crates/json/src/value/object.rs",
        find: "indexed.chain(&self.named).map(",
        replace: "self.named.iter().chain(indexed).map(",
    },
    Rule {
        name: "index-always-there",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/shape.rs",
        find: "Some(self.types.or_undefined(index.value))",
        replace: "Some(index.value)",
    },
    Rule {
        name: "optional-fits-required",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/relation.rs",
        find: "if own.optional && !wanted.optional && rule",
        replace: "if own.optional && !wanted.optional && wanted.name.len() > 12 && rule",
    },
    Rule {
        name: "compared-though-apart",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/relation.rs",
        find: "|| self.relate(b, a, Rule::Compare, &mut Vec::new())",
        replace: "|| self.relate(b, a, Rule::Compare, &mut Vec::new()) || a != b",
    },
    Rule {
        name: "compared-one-way-only",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/relation.rs",
        find: "|| self.relate(b, a, Rule::Compare, &mut Vec::new())",
        replace: "|| self.relate(a, b, Rule::Compare, &mut Vec::new())",
    },
    Rule {
        name: "in-narrows-the-other-way",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/part.rs",
        find: "Some(optional) => has || optional,",
        replace: "Some(optional) => has && !optional,",
    },
    Rule {
        name: "excess-members-pass",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/assign.rs",
        find: "        if variants.is_empty() {",
        replace: "        if variants.len() < 2 {",
    },
    Rule {
        name: "keys-that-stay-say-nothing",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/flow.rs",
        find: "(root, None) => Some(Step::At(root)),",
        replace: "(_, None) => None,",
    },
    Rule {
        name: "typeof-keeps-numbers",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/part.rs",
        find: "            if (own == name) == equal {",
        replace: "            if (own == name) == equal || own == \"number\" {",
    },
    Rule {
        name: "nullish-stays",
        oracle: Oracle::Types,
        file: "crates/compile/src/check/expr.rs",
        find: "                    self.subtype_union(&[present, second.ty])\n",
        replace: "                    self.subtype_union(&[first.ty, second.ty])\n",
    },
    Rule {
        name: "length-in-bytes",
        oracle: Oracle::Zod,
        file: "crates/exec/src/validate/checks.rs",
        find: "text.chars().count() as f64",
        replace: "text.len() as f64",
    },
    Rule {
        name: "issue-at-the-first",
        oracle: Oracle::Zod,
        file: "crates/exec/src/validate/container.rs",
        find: "let result = self.fresh(item, element.clone())?;\n            payload.issues.append(result.issues, &PathKey::Index(index));",
        replace: "let result = self.fresh(item, element.clone())?;\n            payload.issues.append(result.issues, &PathKey::Index(0));",
    },
    Rule {
        name: "strict-lets-keys-pass",
        oracle: Oracle::Zod,
        file: "crates/exec/src/validate/container.rs",
        find: "Others::Strict => unknown.push(name.clone()),",
        replace: "Others::Strict => {}",
    },
];
