//! Codes that are sent: six digits, good for two minutes and once. They go where one of them was confirmed.

use jiff::SignedDuration;
use kernel::{Entropy, Problem};
use mail::{Letter, Text};
use protocol::totp::DIGITS;
use secrecy::{ExposeSecret, SecretString};

use super::{
    challenge::{Asked, Beginning, Sent},
    factor::PAUSE,
    store::{
        UseUp,
        factors::{self, NewCode},
    },
};
use crate::settings::after;

/// How long a code is good.
const LIFE: SignedDuration = SignedDuration::from_secs(120);
/// How many answers one code takes.
const MOST_TRIES: i64 = 5;

/// By what codes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    Mail,
    Sms,
}

/// Sends a code, unless one was sent a moment ago: that one is good still.
pub(super) async fn begin(at: Beginning<'_>, carrier: Carrier) -> Result<Sent, Problem> {
    let Some(factor) = at.factors.first() else {
        return Err(Problem::internal("a code without a factor"));
    };
    let hint = factor.hint(at.signin);
    let Some(to) = factor.secret(at.signin) else { return Ok(Sent::code(false, hint, 0)) };
    let now = at.tx.ctx().now();
    let code = random_code(at.tx.ctx().system().entropy());
    let new = NewCode {
        hash: at.signin.seals.code_hash(factor.id, code.expose_secret()),
        expires_at: after(now, LIFE),
        now,
        not_since: now.checked_sub(PAUSE).map_err(Problem::internal)?,
    };
    if !factors::save_code(at.tx.as_ref(), factor.id, &new).await? {
        return Ok(Sent::code(false, hint, factor.wait(now).unwrap_or(1)));
    }
    let to = String::from_utf8(to.to_vec()).map_err(Problem::internal)?;
    match carrier {
        Carrier::Mail => at.signin.outbox.put(at.tx, &letter(&at, to, &code)).await?,
        Carrier::Sms => at.signin.outbox.put_text(at.tx, &text(&at, to, &code)).await?,
    }
    Ok(Sent::code(true, hint, PAUSE.unsigned_abs().as_secs()))
}

/// Whether it is the code that was sent last to one of these.
pub(super) async fn judge(asked: Asked<'_>) -> Result<Option<UseUp>, Problem> {
    let now = asked.ctx.system().now();
    let single = asked.ctx.system().database().single();
    for factor in &asked.factors {
        if !factors::count_code_try(&single, factor.id, MOST_TRIES, now).await? {
            continue;
        }
        let stored = factors::code_hash(&single, factor.id, now).await?;
        let shown = asked.signin.seals.code_hash(factor.id, asked.code.expose_secret());
        // Both are tags under a key that nobody else has: how many bytes agree tells nothing of the code.
        if stored == Some(shown) {
            return Ok(Some(factors::use_code(factor.id, &shown, now)));
        }
    }
    Ok(None)
}

/// Six digits, each code as likely as any other.
fn random_code(entropy: &dyn Entropy) -> SecretString {
    // What is left of 2^64 makes the first codes more likely by less than one in 10^13.
    let number = u64::from_be_bytes(entropy.bytes::<8>()) % 1_000_000;
    format!("{number:0DIGITS$}").into()
}

fn letter(at: &Beginning<'_>, to: String, code: &SecretString) -> Letter {
    let text = format!(
        "The code for {name} at\n{server}\nis {code}\n\nIt is good for two minutes. Give it to nobody.\n\n\
         If you are not signing in at this moment, somebody knows your password: change it.\n",
        name = at.user.username,
        server = at.signin.writer.public_address,
        code = code.expose_secret(),
    );
    Letter {
        kind: "sign_in.code",
        user: at.user.id,
        to,
        subject: "Your code".to_owned(),
        text: text.into(),
        good_until: after(at.tx.ctx().now(), LIFE),
    }
}

/// Short, and with the host behind `@`, so that phones offer the code to that site alone.
fn text(at: &Beginning<'_>, to: String, code: &SecretString) -> Text {
    let server = &at.signin.writer.public_address;
    let host = server.split_once("://").map_or(server.as_str(), |(_, host)| host);
    let code = code.expose_secret();
    Text {
        kind: "sign_in.code",
        user: at.user.id,
        to,
        text: format!("{code} is your code. Give it to nobody.\n\n@{host} #{code}").into(),
        good_until: after(at.tx.ctx().now(), LIFE),
    }
}

#[cfg(test)]
mod tests {
    use testkit::SeededEntropy;

    use super::*;

    #[test]
    fn codes_have_six_digits() {
        let entropy = SeededEntropy::new(1);
        for _ in 0..1000 {
            let code = random_code(&entropy);
            let code = code.expose_secret();
            assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
    }
}
