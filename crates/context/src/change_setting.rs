//! Changing a live setting: one operation for the settings' routes and for world files.

use kernel::{NodeId, PermissionName, Problem, Setting};

use crate::{Action, Change, Event, EventKind, Resource, Writing, action::parse, settings};

/// Reading or changing the settings of a section: `settings:<section>` at `$global`.
#[derive(Debug)]
pub struct ChangeSettings;

/// A section of the settings.
#[derive(Debug, Clone)]
pub struct Section(pub String);

impl Resource for Section {
    fn node(&self) -> NodeId {
        NodeId::GLOBAL
    }
}

impl Action for ChangeSettings {
    type Resource = Section;
    const PERMISSION: &'static str = "settings:<section>";

    fn permission(section: &Section) -> Result<PermissionName, Problem> {
        parse(&format!("settings:{}", section.0))
    }
}

/// Gives a live setting a value, or without one its default again. `pointer` is where the value stands in the input.
/// False: it had that value already.
pub async fn run(
    tx: &mut Writing,
    setting: &'static Setting,
    value: Option<String>,
    pointer: &str,
) -> Result<bool, Problem> {
    let section = tx.permit::<ChangeSettings>(Section(setting.section().to_owned()))?;
    if tx.state().settings.is_pinned(setting) {
        return Err(Problem::conflict(format!(
            "{} is said by file, environment or flag of the server, and changes there.",
            setting.key
        )));
    }
    let former = tx.state().settings.text(setting).to_owned();
    if value.as_deref().unwrap_or(setting.default) == former {
        return Ok(false);
    }
    if let Some(value) = &value {
        setting.check(value).map_err(|error| Problem::invalid(pointer, error))?;
    }
    settings::store(tx.as_ref(), setting.key, value.as_deref()).await?;
    let shown = |text: &str| if setting.secret { "(secret)".to_owned() } else { text.to_owned() };
    let event = Event::new(EventKind::ConfigChange, "setting.change")
        .about("setting", setting.key, NodeId::GLOBAL)
        .with("section", section.0.as_str())
        .with("before", shown(&former))
        .with("after", shown(value.as_deref().unwrap_or(setting.default)));
    tx.audit(event);
    tx.record(Change::SettingSaved { key: setting.key.to_owned(), value })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permission_names_the_section() {
        let permission = ChangeSettings::permission(&Section("session".into())).unwrap();
        assert_eq!(permission.as_str(), "settings:session");
    }
}
