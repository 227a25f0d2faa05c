//! Finding the entry for a request. The most specific path decides, whatever the order of the entries: from left to
//! right a literal segment counts more than a captured one, and that more than `**`. Only then the method is looked at:
//! a method that is not listed there is not passed on to a less specific path.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::{
    method::MethodName,
    path::RequestPath,
    pattern::Piece,
    table::{Route, RouteTable},
};

/// Why no entry is for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMatch {
    /// No path matches.
    #[error("no entry has this path")]
    Path,
    /// The path's entries have other methods.
    #[error("the entries of this path have other methods")]
    Method,
    /// In another spelling (upper and lower case, compatibility characters, dots and spaces at the end of a segment) it
    /// is the path of a more specific entry. An application that does not tell them apart would serve that one.
    #[error("in another spelling this is the path of another entry")]
    Spelling,
}

/// An entry that is for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match<'a> {
    /// The entry.
    pub route: &'a Route,
    path: &'a RequestPath,
}

impl<'a> Match<'a> {
    /// The captured segment of this name.
    pub fn captured(&self, name: &str) -> Option<&'a str> {
        let position = self.route.path.position(name)?;
        self.path.segments().get(position).map(String::as_str)
    }
}

/// A table that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    table: RouteTable,
    exact: Branch,
    folded: Branch,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Branch {
    literals: BTreeMap<String, Branch>,
    captured: Option<Box<Branch>>,
    /// Entries, by number, that end here.
    end: Vec<usize>,
    /// Entries that end here with `**`.
    rest: Vec<usize>,
}

impl Matcher {
    /// Compiles a table.
    pub fn new(table: RouteTable) -> Self {
        let (mut exact, mut folded) = (Branch::default(), Branch::default());
        for (number, route) in table.routes.iter().enumerate() {
            exact.insert(route, number, str::to_owned);
            folded.insert(route, number, fold);
        }
        Self { table, exact, folded }
    }

    /// The table.
    pub fn table(&self) -> &RouteTable {
        &self.table
    }

    /// The entry for a request.
    pub fn find<'a>(
        &'a self,
        method: &MethodName,
        path: &'a RequestPath,
    ) -> Result<Match<'a>, NoMatch> {
        let numbers = self.exact.find(path.segments()).ok_or(NoMatch::Path)?;
        let folded: Vec<String> = path.segments().iter().map(|segment| fold(segment)).collect();
        let alike = self.folded.find(&folded).unwrap_or_default();
        if !numbers.iter().all(|number| alike.contains(number)) {
            return Err(NoMatch::Spelling);
        }
        let routes = || numbers.iter().filter_map(|number| self.table.routes.get(*number));
        let listing = |name: &str| routes().find(|r| r.methods.iter().any(|m| m.as_str() == name));
        let route = listing(method.as_str())
            // HEAD is GET without the body (RFC 9110, section 9.3.2).
            .or_else(|| if method.as_str() == "HEAD" { listing("GET") } else { None })
            .or_else(|| routes().find(|route| route.methods.is_empty()));
        route.map(|route| Match { route, path }).ok_or(NoMatch::Method)
    }
}

impl Branch {
    fn insert(&mut self, route: &Route, number: usize, spell: fn(&str) -> String) {
        let mut at = self;
        for piece in route.path.pieces() {
            at = match piece {
                Piece::Literal(text) => at.literals.entry(spell(text)).or_default(),
                Piece::Capture(_) => at.captured.get_or_insert_default(),
            };
        }
        if route.path.is_open() { at.rest.push(number) } else { at.end.push(number) }
    }

    /// The entries of the most specific path. Each branch is visited at most once.
    fn find(&self, segments: &[String]) -> Option<&[usize]> {
        let some =
            |numbers| Some(numbers).filter(|n: &&Vec<usize>| !n.is_empty()).map(Vec::as_slice);
        let Some((first, others)) = segments.split_first() else {
            return some(&self.end).or_else(|| some(&self.rest));
        };
        let literal = self.literals.get(first).and_then(|branch| branch.find(others));
        literal
            .or_else(|| self.captured.as_ref().and_then(|branch| branch.find(others)))
            .or_else(|| some(&self.rest))
    }
}

/// What careless readers take for the same.
fn fold(segment: &str) -> String {
    let lower: String = segment.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    lower.trim_end_matches(|c: char| c == '.' || c.is_whitespace()).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::route::{Access, PathPattern};

    fn route(text: &str) -> Route {
        let (methods, path) = text.rsplit_once(' ').unwrap_or(("", text));
        Route {
            methods: methods.split_whitespace().map(|m| MethodName::parse(m).unwrap()).collect(),
            path: PathPattern::parse(path).unwrap(),
            access: Access::Public,
        }
    }

    fn matcher(routes: &[&str]) -> Matcher {
        let routes = routes.iter().map(|text| route(text)).collect();
        Matcher::new(RouteTable { routes, ..RouteTable::default() })
    }

    fn find(matcher: &Matcher, method: &str, target: &str) -> Result<String, NoMatch> {
        let path = RequestPath::parse(target).unwrap();
        let found = matcher.find(&MethodName::parse(method).unwrap(), &path)?;
        let methods: Vec<_> = found.route.methods.iter().map(MethodName::as_str).collect();
        Ok(format!("{} {}", methods.join(" "), found.route.path).trim().to_owned())
    }

    #[test]
    fn the_most_specific_path_decides() {
        let routes =
            ["/**", "/orders/{id}", "/orders/new", "/orders/{id}/lines/**", "/orders/new/**", "/"];
        for table in [routes.to_vec(), routes.iter().rev().copied().collect()] {
            let table = matcher(&table);
            for (target, expected) in [
                ("/", "/"),
                ("/x", "/**"),
                ("/orders", "/**"),
                ("/orders/7", "/orders/{id}"),
                ("/orders/7/", "/orders/{id}"),
                ("/orders/new", "/orders/new"),
                ("/orders/7/x", "/**"),
                ("/orders/7/lines", "/orders/{id}/lines/**"),
                ("/orders/7/lines/1/2", "/orders/{id}/lines/**"),
                ("/orders/new/lines/1", "/orders/new/**"),
            ] {
                assert_eq!(find(&table, "GET", target).as_deref(), Ok(expected), "{target}");
            }
        }
    }

    #[test]
    fn a_method_is_not_passed_on_to_a_less_specific_path() {
        let table =
            matcher(&["/**", "GET /admin/{id}", "DELETE /admin/{other}", "POST /log", "/log"]);
        assert_eq!(find(&table, "GET", "/admin/7").as_deref(), Ok("GET /admin/{id}"));
        assert_eq!(find(&table, "HEAD", "/admin/7").as_deref(), Ok("GET /admin/{id}"));
        assert_eq!(find(&table, "DELETE", "/admin/7").as_deref(), Ok("DELETE /admin/{other}"));
        assert_eq!(find(&table, "PUT", "/admin/7"), Err(NoMatch::Method));
        assert_eq!(find(&table, "OPTIONS", "/admin/7"), Err(NoMatch::Method));
        assert_eq!(find(&table, "PUT", "/log").as_deref(), Ok("/log"));
        assert_eq!(find(&table, "POST", "/log").as_deref(), Ok("POST /log"));
        assert_eq!(find(&matcher(&["/a"]), "GET", "/b"), Err(NoMatch::Path));
        assert_eq!(find(&matcher(&[]), "GET", "/"), Err(NoMatch::Path));
    }

    #[test]
    fn another_spelling_of_a_guarded_path_is_none() {
        let table = matcher(&["/**", "/admin/**", "/files/{name}", "/files/Secret"]);
        for target in [
            "/ADMIN",
            "/Admin/x",
            "/%EF%BD%81dmin",
            "/admin.",
            "/admin%20",
            "/files/secret",
            "/files/SECRET.",
        ] {
            assert_eq!(find(&table, "GET", target), Err(NoMatch::Spelling), "{target}");
        }
        assert_eq!(find(&table, "GET", "/files/Secret").as_deref(), Ok("/files/Secret"));
        assert_eq!(find(&table, "GET", "/files/Other").as_deref(), Ok("/files/{name}"));
        assert_eq!(find(&table, "GET", "/Public").as_deref(), Ok("/**"));
        let both = matcher(&["/a", "/A"]);
        assert_eq!(find(&both, "GET", "/A").as_deref(), Ok("/A"));
    }

    #[test]
    fn captured_segments_have_names() {
        let table = matcher(&["/a/{x}/b/{y}"]);
        let path = RequestPath::parse("/a/1%202/b/Z").unwrap();
        let found = table.find(&MethodName::parse("GET").unwrap(), &path).unwrap();
        assert_eq!(
            (found.captured("x"), found.captured("y"), found.captured("z")),
            (Some("1 2"), Some("Z"), None)
        );
    }

    /// Whether a pattern matches, said another way.
    fn matches(pattern: &PathPattern, path: &RequestPath) -> bool {
        let (pieces, segments) = (pattern.pieces(), path.segments());
        let fits =
            pieces.len() == segments.len() || (pattern.is_open() && pieces.len() < segments.len());
        fits && pieces
            .iter()
            .zip(segments)
            .all(|(p, s)| matches!(p, Piece::Capture(_)) || *p == Piece::Literal(s.clone()))
    }

    /// The rank of each segment: the smaller, the more specific.
    fn rank(pattern: &PathPattern) -> Vec<u8> {
        let ranks = pattern.pieces().iter().map(|p| u8::from(matches!(p, Piece::Capture(_))));
        ranks.chain(pattern.is_open().then_some(2)).collect()
    }

    proptest! {
        #[test]
        fn it_agrees_with_trying_all(
            patterns in prop::collection::btree_set("(/([ab]|\\{x\\})){0,3}(/\\*\\*)?", 1..8),
            target in "(/[ab]){1,4}",
        ) {
            let patterns: Vec<&str> = patterns.iter().filter(|p| !p.is_empty() && p.matches("{x}").count() < 2).map(String::as_str).collect();
            let table = matcher(&patterns);
            let path = RequestPath::parse(&target).unwrap();
            let best = table.table.routes.iter().map(|r| &r.path).filter(|p| matches(p, &path)).min_by_key(|p| rank(p));
            let found = find(&table, "GET", &target);
            prop_assert_eq!(found.ok(), best.map(ToString::to_string));
        }
    }
}
