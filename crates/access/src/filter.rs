//! `POST /api/v1/access/filter`

use std::{collections::BTreeMap, str::FromStr};

use kernel::{PermissionName, Problem, Revision};
use policy::{
    Filter, FilterRefused, Form, Rows,
    condition::sql::{Column, ColumnName, ColumnType, Columns, Dialect, Parameter},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    ask::{Ask, PrincipalInput, Standing},
    decide,
};

/// Most columns of one question.
const MAX_COLUMNS: usize = 100;
/// Highest number of a first parameter: SQLite has 32,766.
const MAX_FIRST: usize = 10_000;

/// Which rows of a table may this principal see?
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterInput {
    /// Who; absent: the caller. Asking about anyone else needs `access:inspect` at `$global`.
    pub principal: Option<PrincipalInput>,
    /// What.
    #[schema(value_type = Option<String>, example = "contract.view")]
    pub permission: Option<PermissionName>,
    /// Further names of the same thing.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<PermissionName>,
    /// `postgresql` or `sqlite`.
    #[schema(value_type = String, example = "postgresql")]
    pub dialect: Dialect,
    /// The column with the label of the row's node; NULL where there is no such node.
    #[schema(example = "n.label")]
    pub label: String,
    /// The column with the id of the row's node; a row where it is NULL is at `$global`. Absent: the label says all.
    #[schema(example = "c.node_id")]
    pub node: Option<String>,
    /// What conditions read as `resource.<name>`: a column, or an object with its `name` and `type`. Other names are
    /// unknown: an allow that reads one does not apply, a deny does.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnInput>,
    /// The number of the first parameter; absent: 1.
    #[schema(minimum = 1, maximum = 10000)]
    pub first_parameter: Option<usize>,
    /// About how many rows the table has, for the choice of the form; absent: a million.
    pub table_rows: Option<u64>,
    /// `probe` or `test`, to have it in this form; absent: the server chooses.
    #[schema(value_type = Option<String>)]
    pub form: Option<Form>,
    /// `action.<name>` in conditions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub action: Map<String, Value>,
    /// `context.<name>` in conditions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
}

/// A column.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ColumnInput {
    /// Its name, `table.column`: each value is taken as found.
    Name(String),
    /// Its name, and what it holds.
    Typed(TypedColumn),
}

/// A column, and what it holds.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypedColumn {
    /// `table.column` or `schema.table.column`.
    #[schema(example = "c.status")]
    pub name: String,
    /// `text`, `integer`, `number`, `decimal`, `boolean`, `timestamp`, `uuid` or `json`.
    #[schema(value_type = String, example = "text")]
    pub r#type: ColumnType,
}

/// The predicate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FilterAnswer {
    /// SQL for a `WHERE`: true for exactly the rows that are allowed.
    pub sql: String,
    /// The parameters: text, or a number that is bound as a double.
    #[schema(value_type = Vec<Object>)]
    pub params: Vec<Parameter>,
    /// How the labels are tested: `all`, `none`, `probe` or `test`.
    #[schema(value_type = String, example = "test")]
    pub form: Form,
    /// At how many nodes a row may be allowed; exactly, if no condition reads a column.
    pub nodes: usize,
    /// The revision of the world that it is of. It holds for labels of this revision.
    #[schema(value_type = u64)]
    pub revision: Revision,
}

/// The rows of a table where a principal may do something, as a predicate for SQL.
#[utoipa::path(post, path = "/api/v1/access/filter", tag = "access", operation_id = "filter",
    request_body = FilterInput,
    responses((status = 200, body = FilterAnswer, description = "The predicate"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<FilterInput>,
) -> web::Result<Json<FilterAnswer>> {
    let rows = input.rows()?;
    let ask = input.ask();
    ask.check("")?;
    let (state, found) = decide::find(&ctx, vec![ask]).await?;
    let found = found.first().ok_or_else(|| Problem::internal("a question got lost"))?;
    if found.standing(&ctx, &state, "")? == Standing::Hide {
        return Err(Problem::internal("$global is no secret").into());
    }
    let question = found.question(&ctx);
    let made = state.engine.filter(
        question.principal,
        question.permissions,
        question.context,
        question.now,
        &rows,
    );
    let Filter { sql, parameters, form, nodes } = made.map_err(|refused| too_long(&refused))?;
    Ok(Json(FilterAnswer { sql, params: parameters, form, nodes, revision: state.revision }))
}

impl FilterInput {
    fn ask(self) -> Ask {
        Ask {
            principal: self.principal,
            permission: self.permission,
            permissions: self.permissions,
            action: self.action,
            context: self.context,
            ..Ask::default()
        }
    }

    fn rows(&self) -> Result<Rows, Problem> {
        let first_parameter = self.first_parameter.unwrap_or(1);
        if !(1..=MAX_FIRST).contains(&first_parameter) {
            let detail = format!("must be 1 to {MAX_FIRST}");
            return Err(Problem::invalid("/first_parameter", detail));
        }
        if matches!(self.form, Some(Form::All | Form::None)) {
            return Err(Problem::invalid("/form", "must be 'probe' or 'test'"));
        }
        Ok(Rows {
            dialect: self.dialect,
            first_parameter,
            node: self.node.as_deref().map(|name| column_name(name, "/node")).transpose()?,
            label: column_name(&self.label, "/label")?,
            columns: self.columns()?,
            table_rows: self.table_rows,
            form: self.form,
        })
    }

    fn columns(&self) -> Result<Columns, Problem> {
        if self.columns.len() > MAX_COLUMNS {
            let detail = format!("must be at most {MAX_COLUMNS}");
            return Err(Problem::invalid("/columns", detail));
        }
        let column = |(resource, input): (&String, &ColumnInput)| {
            let (name, holds) = match input {
                ColumnInput::Name(name) => (name, None),
                ColumnInput::Typed(typed) => (&typed.name, Some(typed.r#type)),
            };
            let pointer = format!("/columns/{}", resource.replace('~', "~0").replace('/', "~1"));
            Ok((resource.clone(), Column { name: column_name(name, &pointer)?, holds }))
        };
        self.columns.iter().map(column).collect()
    }
}

fn too_long(refused: &FilterRefused) -> Problem {
    match refused {
        FilterRefused::Many(_) => Problem::invalid("/form", refused),
        FilterRefused::Scattered(_) => {
            Problem::invalid("/permission", format!("{refused}; ask for the nodes, page by page"))
        }
    }
}

fn column_name(text: &str, pointer: &str) -> Result<ColumnName, Problem> {
    ColumnName::from_str(text).map_err(|refused| Problem::invalid(pointer, refused))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(change: impl FnOnce(&mut Value)) -> Result<Rows, Problem> {
        let mut value = json!({"permission": "x", "dialect": "sqlite", "label": "n.label"});
        change(&mut value);
        serde_json::from_value::<FilterInput>(value).unwrap().rows()
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        assert!(input(|_| ()).is_ok());
        let many: Map<String, Value> = (0..101).map(|i| (i.to_string(), json!("c.x"))).collect();
        for (field, value, pointer) in [
            ("label", json!("label"), "/label"),
            ("node", json!("c.node; DROP TABLE c"), "/node"),
            ("columns", json!({"a/b": "c.x", "a~": {"name": "x", "type": "text"}}), "/columns/a~0"),
            ("columns", json!(many), "/columns"),
            ("first_parameter", json!(0), "/first_parameter"),
            ("first_parameter", json!(10_001), "/first_parameter"),
            ("form", json!("all"), "/form"),
        ] {
            let problem = input(|input| input[field] = value).unwrap_err();
            assert_eq!(problem.errors()[0].pointer, pointer);
        }
    }

    #[test]
    fn what_is_too_long_is_said_with_its_size() {
        let problem = too_long(&FilterRefused::Scattered(60_001));
        assert_eq!(problem.kind(), kernel::ProblemKind::Invalid);
        assert_eq!(problem.errors()[0].pointer, "/permission");
        assert!(problem.errors()[0].detail.contains("60001 ranges"), "{problem:?}");
        assert_eq!(too_long(&FilterRefused::Many(60_001)).errors()[0].pointer, "/form");
    }

    #[test]
    fn a_column_has_a_type_or_none() {
        let columns = json!({"a": "c.a", "b": {"name": "c.b", "type": "integer"}});
        let rows = input(|input| input["columns"] = columns).unwrap();
        assert_eq!(rows.columns["a"].holds, None);
        assert_eq!(rows.columns["b"].holds, Some(ColumnType::Integer));
    }
}
