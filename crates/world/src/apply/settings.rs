//! Live settings.

use context::change_setting;
use kernel::{Problem, Setting, SettingKind};
use serde_json::Value;

use super::Apply;
use crate::plan::Difference;

impl Apply<'_> {
    pub(super) async fn settings(&mut self) -> Result<(), Problem> {
        for (key, value) in &self.world.settings {
            let pointer = format!("/settings/{}", key.replace('~', "~0").replace('/', "~1"));
            let setting = find(key).ok_or_else(|| {
                Problem::invalid(&pointer, format!("there is no live setting {key}"))
            })?;
            let text = text(value).map_err(|what| Problem::invalid(&pointer, what))?;
            self.setting(setting, text, &pointer).await?;
        }
        Ok(())
    }

    async fn setting(
        &mut self,
        setting: &'static Setting,
        text: String,
        pointer: &str,
    ) -> Result<(), Problem> {
        let former = self.tx.state().settings.text(setting).to_owned();
        if former == text {
            self.plan.compare("settings", setting.key, Vec::new());
            return Ok(());
        }
        change_setting::run(self.tx, setting, Some(text.clone()), pointer).await?;
        let shown = |text: String| if setting.secret { "(secret)".to_owned() } else { text };
        let difference = Difference {
            field: "value".into(),
            before: Some(shown(former)),
            after: Some(shown(text)),
        };
        self.plan.compare("settings", setting.key, vec![difference]);
        Ok(())
    }
}

/// The live settings that are declared anywhere.
pub(crate) fn live() -> impl Iterator<Item = &'static Setting> {
    let all = [web::SETTINGS, signin::SETTINGS, tokens::SETTINGS, crate::SETTINGS];
    all.into_iter().flatten().copied().filter(|setting| setting.kind == SettingKind::Live)
}

fn find(key: &str) -> Option<&'static Setting> {
    live().find(|setting| setting.key == key)
}

/// The value as text; whether the setting can have it is asked when it is changed.
fn text(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err("must be a text, a whole number, true or false"),
    }
}
