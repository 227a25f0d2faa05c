//! What the lists of this crate share: the scope of what the caller may see, and conditions with their values.

use context::Reading;
use kernel::{NodeId, Problem};
use serde::de::DeserializeOwned;
use store::Value;
use web::page;

use crate::model::{Assign, Inspect, ManageRole};

/// The size of a page that a body asks for.
pub(crate) fn limit(limit: Option<u32>) -> Result<usize, Problem> {
    let detail = format!("must be 1 to {}", page::MAX_LIMIT);
    page::limit(limit).map_err(|_| Problem::invalid("/limit", detail))
}

/// The key of a cursor in a body.
pub(crate) fn cursor<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>, Problem> {
    let detail = "is not one that this question has given";
    page::from_cursor(cursor).map_err(|_| Problem::invalid("/cursor", detail))
}

/// The condition of a list.
#[derive(Debug)]
pub(crate) struct Filter {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Filter {
    /// Roles and permissions whose owner `n` is one at which the caller may inspect or manage them.
    pub(crate) fn of_roles(read: &Reading) -> Result<Self, Problem> {
        let inspect = read.scope::<Inspect>()?.sql("n.label");
        let manage = read.scope::<ManageRole>()?.sql("n.label");
        Ok(Self::new(format!("({inspect} OR {manage})")))
    }

    /// Assignments whose node `n` is one at which the caller may inspect or make them.
    pub(crate) fn of_assignments(read: &Reading) -> Result<Self, Problem> {
        let inspect = read.scope::<Inspect>()?.sql("n.label");
        let assign = read.scope::<Assign>()?.sql("n.label");
        Ok(Self::new(format!("({inspect} OR {assign})")))
    }

    fn new(scope: String) -> Self {
        Self { conditions: vec![scope], values: Vec::new() }
    }

    /// One more condition; each `{}` in it stands for the next value.
    pub(crate) fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        let mut sql = sql.to_owned();
        for value in values {
            self.values.push(value);
            sql = sql.replacen("{}", &format!("${}", self.values.len()), 1);
        }
        self.conditions.push(sql);
    }

    /// Only what is given where this node inherits from, of a role that counts at it; without a node, nothing.
    pub(crate) fn add_reaching(&mut self, read: &Reading, node: Option<NodeId>) {
        let engine = read.engine();
        let above = node.map_or_else(Vec::new, |node| engine.ancestors(node));
        let labels =
            above.into_iter().filter_map(|node| Some(engine.labels(node)?.label.to_string()));
        // Rows and engine are of one revision, so a label means the same node in both. It holds numbers only.
        let labels = labels.collect::<Vec<_>>().join(", ");
        let labels = if labels.is_empty() { "-1".to_owned() } else { labels };
        let owned = crate::store::of_a_role_owned_at(&labels);
        self.conditions.push(format!("n.label IN ({labels}) AND {owned}"));
    }

    /// The condition.
    pub(crate) fn sql(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// Its values.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.values.clone()
    }
}

/// Whether the caller may see the roles and permissions of this owner; if not, the refusal.
pub(crate) fn may_see_roles(read: &Reading, owner: NodeId) -> Result<(), Problem> {
    let manage = context::action::parse("access:role")?;
    if !read.may(&manage, owner) {
        let _inspects = read.permit::<Inspect>(owner)?;
    }
    Ok(())
}

/// Whether the caller may see the assignments at this node; if not, the refusal.
pub(crate) fn may_see_assignments(read: &Reading, node: NodeId) -> Result<(), Problem> {
    let assign = context::action::parse("access:assign")?;
    if !read.may(&assign, node) {
        let _inspects = read.permit::<Inspect>(node)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_across_conditions() {
        let mut filter = Filter::new("1 = 1".to_owned());
        filter.add("a = {}", [1.into()]);
        filter.add("(b, c) > ({}, {})", [2.into(), 3.into()]);
        assert_eq!(filter.sql(), "1 = 1 AND a = $1 AND (b, c) > ($2, $3)");
        assert_eq!(filter.values().len(), 3);
    }
}
