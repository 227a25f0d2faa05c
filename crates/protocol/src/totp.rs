//! One-time passwords by the clock (RFC 6238): SHA-1, six digits, steps of 30 seconds, which every authenticator app can
//! do. That a code is good once is for the caller to see to: he keeps the last step that was taken.

use std::fmt::{self, Write};

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use kernel::Entropy;
use qrcode::{QrCode, render::svg};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::digest::same;

/// How long a step is, in seconds.
pub const STEP: i64 = 30;
/// How many digits a code has.
pub const DIGITS: usize = 6;
/// How many steps before and after the present one are taken: clocks differ, and people type slowly (RFC 6238,
/// section 5.2).
pub const WINDOW: i64 = 1;
/// As long as the output of the hash (RFC 4226, section 4, R6), in bytes.
const LENGTH: usize = 20;

/// The secret that an authenticator app and the server share. Wiped when dropped.
pub struct TotpSecret(Zeroizing<[u8; LENGTH]>);

impl TotpSecret {
    /// A new one: 160 random bits.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0; LENGTH]);
        entropy.fill(secret.as_mut());
        Self(secret)
    }

    /// One that was kept; none if the length is another.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// To keep it, sealed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// For people who type it: base 32 (RFC 4648) without padding.
    pub fn key(&self) -> SecretString {
        BASE32_NOPAD.encode(self.as_bytes()).into()
    }

    /// What an app reads, mostly as a QR code: `otpauth://totp/issuer:account?secret=..`.
    pub fn uri(&self, issuer: &str, account: &str) -> SecretString {
        let (issuer, account) = (escaped(issuer), escaped(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
            self.key().expose_secret()
        )
        .into()
    }

    /// The step of which this is the code, the latest one of those around this moment. All of them are compared, so that
    /// the time tells nothing.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let present = now.as_second().div_euclid(STEP);
        let mut found = None;
        for step in present - WINDOW..=present + WINDOW {
            if same(self.code(step).as_bytes(), code.as_bytes()) {
                found = Some(step);
            }
        }
        found
    }

    /// The code of a step (RFC 4226, section 5.3).
    fn code(&self, step: i64) -> Zeroizing<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.as_bytes());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
        let four = tag.iter().skip(offset).take(4);
        let number = four.fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
        Zeroizing::new(format!("{:0DIGITS$}", number % 1_000_000))
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

/// A text as a QR code, drawn as SVG; none if it is too long for one.
pub fn qr_code(text: &SecretString) -> Option<SecretString> {
    let code = QrCode::new(text.expose_secret()).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(200, 200).build().into())
}

/// Percent-encoded but for what is unreserved (RFC 3986, section 2.3).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::Seeded;

    fn secret() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn codes_of_rfc_6238() {
        // Appendix B, SHA-1; of eight digits the last six.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(*secret().code(second / STEP), code);
            assert_eq!(secret().step_of(code, at(second)), Some(second / STEP));
        }
    }

    #[test]
    fn codes_of_rfc_4226() {
        // Appendix D.
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922"];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(*secret().code(step), code);
        }
    }

    #[test]
    fn one_step_before_and_after_is_taken_and_no_more() {
        let code = secret().code(100);
        let taken = |second| secret().step_of(&code, at(second)) == Some(100);
        assert!(taken(99 * STEP) && taken(102 * STEP - 1));
        assert!(!taken(99 * STEP - 1) && !taken(102 * STEP));
    }

    #[test]
    fn what_is_no_code_is_none() {
        let code = secret().code(100);
        for wrong in ["", "0", &code[1..], &format!("{}0", *code), &format!(" {}", *code), "é"] {
            assert_eq!(secret().step_of(wrong, at(3000)), None, "{wrong}");
        }
        assert!(TotpSecret::from_bytes(&[0; 19]).is_none());
    }

    #[test]
    fn apps_read_it() {
        let uri = secret().uri("Acme: Staff", "jane@staff");
        assert_eq!(
            uri.expose_secret(),
            "otpauth://totp/Acme%3A%20Staff:jane%40staff?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Acme%3A%20Staff&algorithm=SHA1&digits=6&period=30"
        );
        let drawn = qr_code(&uri).unwrap();
        assert!(drawn.expose_secret().contains("<svg"));
        assert!(qr_code(&"x".repeat(8000).into()).is_none());
    }

    #[test]
    fn debug_shows_nothing_and_two_are_not_alike() {
        assert_eq!(format!("{:?}", secret()), "TotpSecret(..)");
        let entropy = Seeded::new(1);
        let (one, other) = (TotpSecret::generate(&entropy), TotpSecret::generate(&entropy));
        assert_ne!(one.as_bytes(), other.as_bytes());
    }

    proptest! {
        #[test]
        fn no_text_panics(code: String, second in -9_999_999_i64..99_999_999_999) {
            let _ = secret().step_of(&code, at(second));
        }
    }
}
