//! Settings at the start: flag over environment over file over default. Each is declared once, in the crate that uses
//! it; this module collects the declarations and the values, and refuses what nobody declared.

use std::{collections::BTreeMap, fmt, path::Path};

use kernel::{Setting, SettingForm, SettingKind};

mod file;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// `portcullis.toml`.
    File,
    /// `PORTCULLIS_*`, `APP_KEY`, `INIT_ROOT_*`.
    Environment,
    /// A flag of the command line.
    Flag,
}

/// Why the start is refused: one clear line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingRefused(pub String);

macro_rules! start_settings {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $default:literal, $secret:literal, $help:literal;)*) => {
        $($(#[$doc])* pub const $name: Setting = Setting {
            key: $key, kind: SettingKind::Start, form: SettingForm::Text, default: $default, help: $help, secret: $secret,
        };)*
        /// The settings of the program itself.
        pub const START: &[&Setting] = &[$(&$name),*];
    };
}

start_settings! {
    /// The data directory.
    DATA = "data", "./portcullis-data", false,
        "The data directory: database, keys, control socket. Made with mode 0700 when it is not there.";
    /// The database.
    DATABASE = "database", "", true,
        "The address of a PostgreSQL database, postgres://user:password@host/name; empty: SQLite in the data directory.";
    /// Where to listen.
    BIND = "bind", "127.0.0.1:8080", false,
        "Address and port to listen on. Another address than loopback needs TLS or trusted_proxies.";
    /// Where Envoy asks.
    EXT_AUTHZ_BIND = "ext_authz_bind", "", false,
        "Address and port where Envoy may ask by gRPC (ext_authz); empty: nowhere. Answers trusted_proxies alone.";
    /// The certificate.
    TLS_CERTIFICATE = "tls_certificate", "", false, "A PEM file with the certificate chain; empty: no TLS.";
    /// Its key.
    TLS_KEY = "tls_key", "", false, "A PEM file with the private key of tls_certificate.";
    /// The address that users see.
    PUBLIC_ADDRESS = "public_address", "", false,
        "The address that users see, https://id.example.com; empty: http(s) at the bind address. Never taken from a request.";
    /// Proxies in front.
    TRUSTED_PROXIES = "trusted_proxies", "", false,
        "Addresses or networks (CIDR), separated by commas, whose word on the client counts: X-Forwarded-For, and what they ask about its requests.";
    /// The key of keys.
    APP_KEY = "app_key", "", true,
        "The key that wraps all other keys, at least 32 random bytes (variable APP_KEY too). SQLite: made at the first start when absent. Changing it ends every session.";
    /// What to log.
    LOG = "log", "info", false, "What to log: error, warn, info, debug, trace, or a filter such as info,sqlx::query=debug.";
    /// How to log.
    LOG_FORMAT = "log_format", "text", false, "The form of the log: text or json.";
    /// Where to log.
    LOG_DIRECTORY = "log_directory", "", false,
        "A directory for the logs request, system and sql, a file for each day; empty: standard error.";
    /// The first user's name.
    INIT_ROOT_USERNAME = "init_root_username", "", false,
        "The user name of the first superuser, made at the first start (variable INIT_ROOT_USERNAME too).";
    /// The first user's password.
    INIT_ROOT_PASSWORD = "init_root_password", "", true,
        "The password of the first superuser (variable INIT_ROOT_PASSWORD too).";
    /// The first user's e-mail address.
    INIT_ROOT_EMAIL = "init_root_email", "", false,
        "The e-mail address of the first superuser (variable INIT_ROOT_EMAIL too).";
}

/// What the hash of a password costs.
pub const PASSWORD_HASH_COST: Setting = Setting {
    key: "password_hash_cost",
    kind: SettingKind::Start,
    form: SettingForm::Text,
    default: "m=19456,t=2,p=1",
    help: "What the hash of a password costs: Argon2id with m KiB of memory, t passes, p lanes; `portcullis calibrate` proposes one. The same on all servers. Older hashes are made anew at the next sign-in.",
    secret: false,
};

/// How old memory may be on PostgreSQL.
pub const MAX_LAG: Setting = Setting {
    key: "max_lag_milliseconds",
    kind: SettingKind::Start,
    form: SettingForm::Number { min: 300, max: 60_000 },
    default: "900",
    help: "PostgreSQL: a server that has not seen the head of the database for so many milliseconds (300 to 60000) answers 503 until it has.",
    secret: false,
};

/// Variables that count without the prefix `PORTCULLIS_`, as NocoBase has them.
const BARE_VARIABLES: &[&Setting] =
    &[&APP_KEY, &INIT_ROOT_USERNAME, &INIT_ROOT_PASSWORD, &INIT_ROOT_EMAIL];

/// All settings that are declared anywhere.
pub fn declared() -> Vec<&'static Setting> {
    [
        START,
        &[&MAX_LAG, &PASSWORD_HASH_COST],
        crate::changes::SETTINGS,
        context::SETTINGS,
        web::SETTINGS,
        mail::SETTINGS,
        signin::SETTINGS,
        tokens::SETTINGS,
        people::SETTINGS,
        world::SETTINGS,
        users_file::SETTINGS,
    ]
    .concat()
}

/// The values at the start.
#[derive(Clone, Default)]
pub struct Values(BTreeMap<&'static str, (String, Origin)>);

impl fmt::Debug for Values {
    /// Names alone: values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Values {
    /// Reads all sources. `flags` are keys of settings with their text; `variable` looks one up in the environment.
    pub fn read(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
        flags: &BTreeMap<String, String>,
    ) -> Result<Self, SettingRefused> {
        let settings = declared();
        let in_file = file.map(file::read).transpose()?.unwrap_or_default();
        if let Some(unknown) = in_file.keys().find(|key| settings.iter().all(|s| s.key != *key)) {
            return Err(SettingRefused(format!(
                "{}: there is no setting {unknown}; see `portcullis settings`",
                file.unwrap_or(Path::new("portcullis.toml")).display()
            )));
        }
        let mut values = BTreeMap::new();
        for setting in settings {
            let bare = BARE_VARIABLES.iter().any(|s| s.key == setting.key);
            let from_variable = variable(&setting.variable())
                .or_else(|| bare.then(|| variable(&setting.key.to_uppercase())).flatten());
            let found = flags
                .get(setting.key)
                .map(|text| (text.clone(), Origin::Flag))
                .or_else(|| from_variable.map(|text| (text, Origin::Environment)))
                .or_else(|| in_file.get(setting.key).map(|text| (text.clone(), Origin::File)));
            if let Some(found) = found {
                let refuse = |error| SettingRefused(format!("{}: {error}", setting.key));
                setting.check(&found.0).map_err(refuse)?;
                values.insert(setting.key, found);
            }
        }
        Ok(Self(values))
    }

    /// Values for a test or an embedded use.
    pub fn from_flags(flags: &[(&str, &str)]) -> Result<Self, SettingRefused> {
        let flags =
            flags.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        Self::read(None, |_| None, &flags)
    }

    /// The value in force at the start, as text.
    pub fn text<'a>(&'a self, setting: &'a Setting) -> &'a str {
        self.0.get(setting.key).map_or(setting.default, |(text, _)| text)
    }

    /// The value if it is not empty.
    pub fn given<'a>(&'a self, setting: &'a Setting) -> Option<&'a str> {
        Some(self.text(setting)).filter(|text| !text.is_empty())
    }

    /// Where the value comes from.
    pub fn origin(&self, setting: &Setting) -> Origin {
        self.0.get(setting.key).map_or(Origin::Default, |(_, origin)| *origin)
    }

    /// Live settings that file, environment or flag say: they cannot be changed while running.
    pub fn pinned(&self) -> BTreeMap<String, String> {
        declared()
            .into_iter()
            .filter(|setting| setting.kind == SettingKind::Live)
            .filter_map(|setting| {
                Some((setting.key.to_owned(), self.0.get(setting.key)?.0.clone()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("portcullis.toml");
        std::fs::write(&file, "bind = \"127.0.0.1:1\"\nlog = \"warn\"\ndata = \"/tmp/a\"\n")
            .unwrap();
        let variable = |name: &str| {
            (name == "PORTCULLIS_BIND" || name == "PORTCULLIS_DATA").then(|| "env".into())
        };
        let values = Values::read(Some(&file), variable, &flags(&[("data", "flag")])).unwrap();
        assert_eq!((values.text(&DATA), values.origin(&DATA)), ("flag", Origin::Flag));
        assert_eq!((values.text(&BIND), values.origin(&BIND)), ("env", Origin::Environment));
        assert_eq!((values.text(&LOG), values.origin(&LOG)), ("warn", Origin::File));
        assert_eq!(values.origin(&LOG_FORMAT), Origin::Default);
    }

    #[test]
    fn some_variables_count_without_the_prefix() {
        let values =
            Values::read(None, |name| (name == "APP_KEY").then(|| "k".into()), &flags(&[]))
                .unwrap();
        assert_eq!(values.given(&APP_KEY), Some("k"));
    }

    #[test]
    fn an_unknown_setting_in_the_file_stops_the_start() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("portcullis.toml");
        std::fs::write(&file, "[session]\nidel_minutes = 3\n").unwrap();
        let refused = Values::read(Some(&file), |_| None, &flags(&[])).unwrap_err();
        assert!(refused.0.contains("session.idel_minutes"), "{refused}");
    }

    #[test]
    fn keys_are_unique() {
        let mut keys: Vec<_> = declared().iter().map(|s| s.key).collect();
        keys.sort_unstable();
        let count = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
