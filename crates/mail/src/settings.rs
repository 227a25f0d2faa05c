//! The settings of mail and of texts to phones. They are the operator's, from file, environment or flag: whoever could say while the server runs
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

/// The gateway to phones.
pub const SMS_URL: Setting = start(
    "sms.url",
    SettingForm::Text,
    "",
    "Where texts to phones are posted, https://sms.example.com/send; empty: none are sent.",
);
/// The header with its secret.
pub const SMS_HEADER: Setting = start(
    "sms.header",
    SettingForm::Text,
    "",
    "The header in which sms.url is shown sms.secret, authorization; empty: none.",
);
/// The secret.
pub const SMS_SECRET: Setting = Setting {
    secret: true,
    ..start(
        "sms.secret",
        SettingForm::Text,
        "",
        "What stands in the header sms.header, Bearer 1234.",
    )
};
/// What the body is.
pub const SMS_FORM: Setting = start(
    "sms.form",
    SettingForm::Choice(&["json", "form"]),
    "json",
    "What sms.body is: json, or form (application/x-www-form-urlencoded).",
);
/// The body.
pub const SMS_BODY: Setting = start(
    "sms.body",
    SettingForm::Text,
    r#"{"to":"{to}","text":"{text}"}"#,
    "What is posted to sms.url: {to} stands for the number, {text} for the text.",
);
/// Whether it may be a machine of one's own.
pub const SMS_PRIVATE: Setting = start(
    "sms.private",
    SettingForm::Truth,
    "false",
    "Whether sms.url may be http, and an address that is not public.",
);

/// All of them.
pub const SETTINGS: &[&Setting] = &[
    &HOST,
    &PORT,
    &TLS,
    &CA,
    &USER,
    &PASSWORD,
    &FROM,
    &SMS_URL,
    &SMS_HEADER,
    &SMS_SECRET,
    &SMS_FORM,
    &SMS_BODY,
    &SMS_PRIVATE,
];

const fn start(
    key: &'static str,
    form: SettingForm,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key, kind: SettingKind::Start, form, default, help, secret: false }
}
