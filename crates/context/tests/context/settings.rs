use context::{Change, settings};
use kernel::{Setting, SettingKind, setting::SettingForm};
use testkit::{Backend, on_both};

use crate::world::{World, done};

const LENGTH: Setting = Setting {
    key: "test.length",
    kind: SettingKind::Live,
    form: SettingForm::Number { min: 1, max: 64 },
    default: "8",
    help: "A length.",
    secret: false,
};

on_both! {
    async fn a_setting_counts_from_the_commit_on(backend: Backend) {
        let world = World::new(backend).await;
        let number = || world.system.state().settings.number(&LENGTH).unwrap();
        assert_eq!(number(), 8);
        for (value, expected) in [(Some("12"), 12), (Some("14"), 14), (None, 8)] {
            let mut tx = world.operator().begin().await.unwrap();
            settings::store(tx.as_ref(), LENGTH.key, value).await.unwrap();
            tx.record(Change::SettingSaved { key: LENGTH.key.into(), value: value.map(str::to_owned) }).unwrap();
            done(tx).await;
            assert_eq!(number(), expected);
            let stored = settings::load(&world.system.database().single()).await.unwrap();
            assert_eq!(stored, value.map(|value| (LENGTH.key.to_owned(), value.to_owned())).into_iter().collect::<Vec<_>>());
        }
    }
}
