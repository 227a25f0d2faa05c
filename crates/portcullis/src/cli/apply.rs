//! `portcullis apply -f FILE`

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use http::Method;
use world::{apply_world::Applied, parse::Form, variables};

use super::{connection::Connection, failure::Failed, output::Output, progress};

/// A world file to apply.
#[derive(Debug, Args)]
pub struct Apply {
    /// The file, YAML or JSON; - for standard input. Several are one.
    #[arg(short, long = "file", required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only tell what would change; what-if tells who gains and loses by it.
    #[arg(long)]
    pub plan: bool,
    /// Delete what the sections and roots that the file names have beside it.
    #[arg(long)]
    pub prune: bool,
}

/// Applies world files, or prints what that would change.
pub async fn run(
    connection: &Connection,
    arguments: &Apply,
    output: Output,
) -> Result<ExitCode, Failed> {
    let file = read_all(&arguments.files)?;
    let Apply { plan, prune, .. } = arguments;
    let path = format!("/api/v1/world?plan={plan}&prune={prune}");
    let asked = connection.call(Method::POST, &path, Some(file.into()));
    let answer = progress::watch("applying the world file", asked).await?;
    let applied: Applied = answer.json().await?;
    output.show(&applied, || text(&applied, *plan))?;
    Ok(ExitCode::SUCCESS)
}

fn text(applied: &Applied, is_plan: bool) -> String {
    let done = match (applied.applied, is_plan) {
        (true, _) => format!("Applied; the revision is {}.", applied.revision),
        (false, true) => "Only a plan: nothing was changed.".to_owned(),
        (false, false) => "Nothing to change.".to_owned(),
    };
    format!("{}\n{done}", applied.plan)
}

/// All files as JSON documents, with the passwords that the environment holds. They are parsed here, so that an error
/// names the line in the file.
fn read_all(files: &[PathBuf]) -> Result<Vec<u8>, Failed> {
    let mut all = Vec::new();
    for file in files {
        let bytes = read(file)?;
        let form = form(file, &bytes);
        let json = variables::resolve(&bytes, form, |name| std::env::var(name).ok())
            .map_err(|problem| Failed::from(problem).in_file(file))?;
        all.extend(json);
    }
    Ok(all)
}

pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failed> {
    let failed = |error| Failed::new(format!("{}: {error}", file.display()));
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(failed)
}

/// JSON by its name, or where there is none, by its first character.
pub(super) fn form(file: &Path, bytes: &[u8]) -> Form {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let by_name = file.extension().is_some_and(|extension| extension == "json");
    let by_content = file == Path::new("-") && first == Some(&b'{');
    if by_name || by_content { Form::Json } else { Form::Yaml }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_found() {
        assert_eq!(form(Path::new("a.json"), b""), Form::Json);
        assert_eq!(form(Path::new("a.yaml"), b"{a: 1}"), Form::Yaml);
        assert_eq!(form(Path::new("-"), b" {\"a\": 1}"), Form::Json);
        assert_eq!(form(Path::new("-"), b"a: 1"), Form::Yaml);
    }
}
