//! Public keys as JSON (RFC 7517). The types have no room for a private part, so none can slip out.

use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The document at `jwks_uri` (RFC 7517, section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys that verify, the signing one first.
    pub keys: Vec<PublicJwk>,
}

/// A public key for verifying signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicJwk {
    /// What makes the key.
    #[serde(flatten)]
    pub parameters: PublicParameters,
    /// The one algorithm it is used with.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// The thumbprint of the parameters.
    pub kid: String,
}

/// The public parameters of a key; numbers in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum PublicParameters {
    /// A point on a curve (RFC 7518, section 6.2.1).
    #[serde(rename = "EC")]
    Ec {
        /// `P-256`.
        crv: String,
        /// 32 bytes.
        x: String,
        /// 32 bytes.
        y: String,
    },
    /// An Edwards curve (RFC 8037, section 2).
    #[serde(rename = "OKP")]
    Okp {
        /// `Ed25519`.
        crv: String,
        /// 32 bytes.
        x: String,
    },
    /// RSA (RFC 7518, section 6.3.1).
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
}

impl PublicParameters {
    /// The thumbprint (RFC 7638): SHA-256 over the required members in the order of their names, in base64url.
    pub fn thumbprint(&self) -> String {
        // JSON strings with quotes, though base64url needs none escaped: a member may hold anything when it was read.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let text = match self {
            Self::Ec { crv, x, y } => format!(
                r#"{{"crv":{},"kty":"EC","x":{},"y":{}}}"#,
                quoted(crv),
                quoted(x),
                quoted(y)
            ),
            Self::Okp { crv, x } => {
                format!(r#"{{"crv":{},"kty":"OKP","x":{}}}"#, quoted(crv), quoted(x))
            }
            Self::Rsa { n, e } => {
                format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, quoted(e), quoted(n))
            }
        };
        URL_SAFE_NO_PAD.encode(sha256(&[text.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprint_of_rfc_7638() {
        // RFC 7638, section 3.1.
        let key: PublicParameters = serde_json::from_str(
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
        )
        .unwrap();
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn thumbprint_of_rfc_8037() {
        // RFC 8037, appendix A.3.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned();
        let key = PublicParameters::Okp { crv: "Ed25519".to_owned(), x };
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
