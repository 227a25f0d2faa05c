//! `password: {env: NAME}`: found by the command line, in the environment of whoever calls it. A server refuses such a
//! password: its own environment is no business of its callers.

use kernel::Problem;

use crate::{
    file::{Document, Password, Variable},
    parse::{Form, each},
};

/// The file as JSON documents, with the passwords that the environment holds. Errors have pointer and line.
pub fn resolve(
    bytes: &[u8],
    form: Form,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<u8>, Problem> {
    let mut json = Vec::with_capacity(bytes.len());
    let mut failed = None;
    each(bytes, form, |mut document| {
        let written = fill(&mut document, &variable)
            .and_then(|()| serde_json::to_writer(&mut json, &document).map_err(Problem::internal));
        json.push(b'\n');
        if let Err(problem) = written {
            failed.get_or_insert(problem);
        }
    })?;
    failed.map_or(Ok(json), Err)
}

fn fill(document: &mut Document, variable: impl Fn(&str) -> Option<String>) -> Result<(), Problem> {
    for (index, user) in document.users.iter_mut().flatten().enumerate() {
        let Some(Password::Variable(Variable { env })) = &user.password else { continue };
        let Some(value) = variable(env) else {
            let detail = format!("the variable {env} is not set");
            return Err(Problem::invalid(format!("/users/{index}/password/env"), detail));
        };
        user.password = Some(Password::Plain(value));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    const FILE: &str = "users: [{realm: a, username: b, password: {env: SECRET}}]\n---\nnodes: [{path: /x, external_ids: {n: '007'}}]\n";

    #[test]
    fn a_variable_becomes_a_password() {
        let find = |name: &str| (name == "SECRET").then(|| "hunter2".to_owned());
        let json = resolve(FILE.as_bytes(), Form::Yaml, find).unwrap();
        let world = parse(&json, Form::Json).unwrap();
        let password = world.users.list[0].says.password.clone();
        assert_eq!(password, Some(Password::Plain("hunter2".into())));
        assert_eq!(world.nodes.list[0].says.external_ids.as_ref().unwrap()["n"], "007");
    }

    #[test]
    fn a_missing_variable_is_named() {
        let problem = resolve(FILE.as_bytes(), Form::Yaml, |_| None).unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/users/0/password/env");
        assert!(problem.errors()[0].detail.contains("SECRET"));
    }
}
