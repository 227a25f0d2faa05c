//! The way to the mail server (RFC 5321), by STARTTLS (RFC 3207) or implicit TLS (RFC 8314).

use std::{fmt, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use uuid::Uuid;

use crate::letter::Contents;

/// How long one command to the mail server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the settings say of the mail server.
#[derive(Debug, Clone, Copy)]
pub struct SmtpSettings<'a> {
    /// `mail.host`.
    pub host: &'a str,
    /// `mail.port`; 0 for what is usual.
    pub port: u16,
    /// `mail.tls`.
    pub tls: &'a str,
    /// The certificate of `mail.ca`, as PEM.
    pub ca: Option<&'a [u8]>,
    /// `mail.user`.
    pub user: Option<&'a str>,
    /// `mail.password`.
    pub password: &'a str,
    /// `mail.from`.
    pub from: &'a str,
}

/// Why there is no way to the mail server: one clear line, that begins with the setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SmtpRefused(String);

/// The mail server, and the sender.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).finish_non_exhaustive()
    }
}

/// Why a letter was not taken. It holds no word of the letter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// Trying again makes no sense.
    #[error("refused for good: {0}")]
    ForGood(String),
    /// It may work later.
    #[error("not taken now: {0}")]
    ForNow(String),
}

impl Smtp {
    /// Checks the settings. Nothing is sent, and nobody is called.
    pub fn new(settings: SmtpSettings<'_>) -> Result<Self, SmtpRefused> {
        let from: Mailbox =
            settings.from.parse().map_err(|error| SmtpRefused(format!("mail.from: {error}")))?;
        let (tls, usual) = match settings.tls {
            "starttls" => (Tls::Required(parameters(&settings)?), 587),
            "implicit" => (Tls::Wrapper(parameters(&settings)?), 465),
            "none" if settings.user.is_some() => {
                let why = "mail.user: no password is sent without TLS; see mail.tls";
                return Err(SmtpRefused(why.to_owned()));
            }
            "none" => (Tls::None, 25),
            other => return Err(SmtpRefused(format!("mail.tls: {other:?} is none of its words"))),
        };
        let port = if settings.port == 0 { usual } else { settings.port };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host)
            .port(port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        let builder = match settings.user {
            Some(user) => {
                builder.credentials(Credentials::new(user.to_owned(), settings.password.to_owned()))
            }
            None => builder,
        };
        Ok(Self { transport: builder.build(), from, host: settings.host.to_owned() })
    }

    /// Hands a letter over. `id` makes it known again if it comes twice.
    pub(crate) async fn send(&self, id: Uuid, contents: &Contents) -> Result<(), SendError> {
        let for_good = |error: &dyn fmt::Display| SendError::ForGood(error.to_string());
        let to: Address = contents.to.parse().map_err(|error| for_good(&error))?;
        let message = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(contents.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(contents.text.clone())
            .map_err(|error| for_good(&error))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(for_good(&error)),
            Err(error) => Err(SendError::ForNow(error.to_string())),
        }
    }
}

fn parameters(settings: &SmtpSettings<'_>) -> Result<TlsParameters, SmtpRefused> {
    let mut builder = TlsParameters::builder(settings.host.to_owned());
    if let Some(pem) = settings.ca {
        // The library takes a file without any for a list of none.
        if !std::str::from_utf8(pem).is_ok_and(|text| text.contains("-----BEGIN CERTIFICATE-----"))
        {
            return Err(SmtpRefused("mail.ca: the file holds no certificate".to_owned()));
        }
        let certificate =
            Certificate::from_pem(pem).map_err(|error| SmtpRefused(format!("mail.ca: {error}")))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| SmtpRefused(format!("mail.tls: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SmtpSettings<'static> {
        SmtpSettings {
            host: "smtp.example.com",
            port: 0,
            tls: "starttls",
            ca: None,
            user: Some("id"),
            password: "secret",
            from: "Example <id@example.com>",
        }
    }

    #[test]
    fn what_cannot_work_is_told_at_the_start() {
        assert!(Smtp::new(settings()).is_ok());
        assert!(Smtp::new(SmtpSettings { tls: "implicit", ..settings() }).is_ok());
        for (wrong, setting) in [
            (SmtpSettings { from: "nobody", ..settings() }, "mail.from"),
            (SmtpSettings { tls: "maybe", ..settings() }, "mail.tls"),
            (SmtpSettings { tls: "none", ..settings() }, "mail.user"),
            (SmtpSettings { ca: Some(b"no certificate"), ..settings() }, "mail.ca"),
        ] {
            let refused = Smtp::new(wrong).unwrap_err().to_string();
            assert!(refused.starts_with(setting), "{refused}");
        }
    }

    #[test]
    fn debug_shows_no_password() {
        assert!(!format!("{:?}", Smtp::new(settings()).unwrap()).contains("secret"));
    }
}
