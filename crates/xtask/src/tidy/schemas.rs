//! No two types of one name in the API's document: the second would silently stand for the first.

use std::collections::BTreeMap;

use super::Finding;
use crate::tokens::{self, Kind, Token};
use crate::workspace::Workspace;

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for (_, file) in workspace.files() {
        for name in described(&tokens::cut(&file.text)) {
            let here = format!("{}:{}", file.path, name.line);
            let there = first.entry(name.text.to_owned()).or_insert_with(|| here.clone());
            if *there != here {
                let message =
                    format!("{}: the API has a schema of that name, of {there}", name.text);
                found.push(Finding::new(&file.path, name.line, message));
            }
        }
    }
    found
}

/// The names of the structs and enums that derive `ToSchema`.
fn described<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut names = Vec::new();
    let (mut in_derive, mut derives) = (false, false);
    for pair in tokens.windows(2) {
        let [token, next] = pair else { continue };
        in_derive = token.is("derive") || (in_derive && !token.is("]"));
        derives |= in_derive && token.is("ToSchema");
        if (token.is("struct") || token.is("enum")) && next.kind == Kind::Name {
            if derives {
                names.push(*next);
            }
            derives = false;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::one;

    #[test]
    fn two_schemas_of_one_name_are_found() {
        let workspace = one(
            "x",
            &[
                (
                    "src/a.rs",
                    "#[derive(Debug, ToSchema)]\n#[serde(deny)]\npub struct Page { a: u8 }",
                ),
                ("src/b.rs", "struct Page;\n#[derive(ToSchema, Debug)]\nenum Other {}"),
                (
                    "src/c.rs",
                    "use utoipa::{ToSchema, openapi};\nstruct Other;\n#[derive(ToSchema)]\npub(crate) struct Page;",
                ),
            ],
        );
        let found: Vec<_> = check(&workspace).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "crates/x/src/c.rs:4: Page: the API has a schema of that name, of crates/x/src/a.rs:3"
            ]
        );
    }
}
