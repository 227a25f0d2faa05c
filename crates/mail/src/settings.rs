//! The settings of mail. They are the operator's, from file, environment or flag: whoever could say while the server runs
//! where mail goes would get everybody's links to new passwords.

use kernel::{Setting, SettingForm, SettingKind};

/// The mail server.
pub const HOST: Setting = start(
    "mail.host",
    SettingForm::Text,
    "",
    "The mail server (SMTP) that takes the mail of this server, smtp.example.com; empty: no mail is sent.",
);
/// Its port.
pub const PORT: Setting = start(
    "mail.port",
    SettingForm::Number { min: 0, max: 65_535 },
    "0",
    "The port of mail.host; 0: what is usual for mail.tls, which is 587, 465 or 25.",
);
/// How the connection is protected.
pub const TLS: Setting = start(
    "mail.tls",
    SettingForm::Choice(&["starttls", "implicit", "none"]),
    "starttls",
    "How the connection to mail.host is protected: starttls (asked for, and refused without), implicit (TLS from the first byte), or none, for a mail server on this machine; no password is sent then.",
);
/// Whom to trust beside the usual authorities.
pub const CA: Setting = start(
    "mail.ca",
    SettingForm::Text,
    "",
    "A PEM file with a certificate that mail.host may be signed by, beside the usual authorities.",
);
/// The name to sign in with.
pub const USER: Setting =
    start("mail.user", SettingForm::Text, "", "The user name at mail.host; empty: no sign-in.");
/// Its password.
pub const PASSWORD: Setting = Setting {
    secret: true,
    ..start("mail.password", SettingForm::Text, "", "The password of mail.user.")
};
/// The sender.
pub const FROM: Setting = start(
    "mail.from",
    SettingForm::Text,
    "",
    "The sender of mail, Example <id@example.com>; needed with mail.host.",
);

/// All of them.
pub const SETTINGS: &[&Setting] = &[&HOST, &PORT, &TLS, &CA, &USER, &PASSWORD, &FROM];

const fn start(
    key: &'static str,
    form: SettingForm,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key, kind: SettingKind::Start, form, default, help, secret: false }
}
