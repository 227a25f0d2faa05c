//! The public half of a key: it verifies, with one algorithm.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;

use super::{
    algorithm::Algorithm,
    jwk::{PublicJwk, PublicParameters},
    refused::KeyRefused,
};

/// The exponent of all our RSA keys, 65537.
const RSA_EXPONENT: &str = "AQAB";
/// RSA keys of 2048 to 4096 bits, in bytes.
const RSA_SIZES: std::ops::RangeInclusive<usize> = 256..=512;

/// A public key that verifies signatures of one algorithm.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    jwk: PublicJwk,
    decoding: DecodingKey,
}

impl VerifyingKey {
    /// Takes a public key as [`VerifyingKey::jwk`] gave it. The key must be a point of its curve, or a modulus of 2048
    /// to 4096 bits; `alg`, `use` and `kid` must be those that follow from it.
    pub fn from_jwk(jwk: &PublicJwk) -> Result<Self, KeyRefused> {
        let key = Self::new(jwk.parameters.clone())?;
        if key.jwk != *jwk {
            return Err(KeyRefused::Contradictory);
        }
        Ok(key)
    }

    pub(super) fn new(parameters: PublicParameters) -> Result<Self, KeyRefused> {
        let (algorithm, decoding) = match &parameters {
            PublicParameters::Ec { crv, x, y } if crv == "P-256" => {
                let point = [&[4][..], &coordinate(x)?, &coordinate(y)?].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
                    .map_err(|_| KeyRefused::Malformed)?;
                (Algorithm::Es256, DecodingKey::from_ec_der(&point))
            }
            PublicParameters::Okp { crv, x } if crv == "Ed25519" => {
                let x = coordinate(x)?;
                ParsedPublicKey::new(&ED25519, x).map_err(|_| KeyRefused::Malformed)?;
                (Algorithm::EdDsa, DecodingKey::from_ed_der(&x))
            }
            PublicParameters::Rsa { n, e } if e == RSA_EXPONENT => {
                (Algorithm::Rs256, rsa(&bytes(n)?, &bytes(e)?)?)
            }
            _ => return Err(KeyRefused::Malformed),
        };
        let jwk = PublicJwk {
            kid: parameters.thumbprint(),
            parameters,
            alg: algorithm.name().to_owned(),
            usage: "sig".to_owned(),
        };
        Ok(Self { algorithm, jwk, decoding })
    }

    /// Its algorithm, the only one.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its name: the thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.jwk.kid
    }

    /// The key as public JSON.
    pub fn jwk(&self) -> &PublicJwk {
        &self.jwk
    }

    /// Whether the signature, in base64url, is by this key over these bytes (RFC 7515, section 5.2, step 8). False for
    /// base64url that is not canonical.
    pub fn verifies(&self, signing_input: &[u8], signature: &str) -> bool {
        jsonwebtoken::crypto::verify(
            signature,
            signing_input,
            &self.decoding,
            self.algorithm.library(),
        )
        .unwrap_or(false)
    }
}

fn rsa(n: &[u8], e: &[u8]) -> Result<DecodingKey, KeyRefused> {
    let plain = RSA_SIZES.contains(&n.len()) && n.first().is_some_and(|byte| *byte != 0);
    let components = RsaPublicKeyComponents { n, e };
    if !plain || components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).is_err() {
        return Err(KeyRefused::Malformed);
    }
    Ok(DecodingKey::from_rsa_raw_components(n, e))
}

fn coordinate(text: &str) -> Result<[u8; 32], KeyRefused> {
    bytes(text)?.try_into().map_err(|_| KeyRefused::Malformed)
}

fn bytes(text: &str) -> Result<Vec<u8>, KeyRefused> {
    // 4096 bits are 683 characters.
    if text.len() > 700 {
        return Err(KeyRefused::Malformed);
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyRefused::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix A.3.
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    const INPUT: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn ec(x: &str, y: &str) -> PublicParameters {
        PublicParameters::Ec { crv: "P-256".to_owned(), x: x.to_owned(), y: y.to_owned() }
    }

    fn okp(x: &str) -> PublicParameters {
        PublicParameters::Okp { crv: "Ed25519".to_owned(), x: x.to_owned() }
    }

    #[test]
    fn es256_of_rfc_7515() {
        let key = VerifyingKey::new(ec(X, Y)).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Es256);
        assert!(key.verifies(INPUT.as_bytes(), SIGNATURE));
        assert!(!key.verifies(&INPUT.as_bytes()[1..], SIGNATURE));
        // The last character carries four bits that must be zero.
        assert!(!key.verifies(INPUT.as_bytes(), &SIGNATURE.replace("NU1Q", "NU1R")));
        assert!(!key.verifies(INPUT.as_bytes(), &format!("{SIGNATURE}==")));
        assert!(!key.verifies(INPUT.as_bytes(), ""));
    }

    #[test]
    fn eddsa_of_rfc_8037() {
        // RFC 8037, appendix A.4.
        let key = VerifyingKey::new(okp("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).unwrap();
        let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(key.algorithm(), Algorithm::EdDsa);
        assert!(key.verifies(input.as_bytes(), signature));
        assert!(!key.verifies(INPUT.as_bytes(), signature));
    }

    #[test]
    fn a_signature_of_zeros_is_wrong() {
        // CVE-2022-21449.
        let zeros = URL_SAFE_NO_PAD.encode([0; 64]);
        assert!(!VerifyingKey::new(ec(X, Y)).unwrap().verifies(INPUT.as_bytes(), &zeros));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for wrong in [
            ec(Y, X),
            ec(X, ""),
            ec(&format!("{X}A"), Y),
            ec("", ""),
            PublicParameters::Ec { crv: "P-384".to_owned(), x: X.to_owned(), y: Y.to_owned() },
            PublicParameters::Ec { crv: "p-256".to_owned(), x: X.to_owned(), y: Y.to_owned() },
            PublicParameters::Okp { crv: "X25519".to_owned(), x: X.to_owned() },
            okp(&X[1..]),
            PublicParameters::Rsa { n: "A".repeat(800), e: "AQAB".to_owned() },
            PublicParameters::Rsa { n: X.to_owned(), e: "AQAB".to_owned() },
            PublicParameters::Rsa { n: format!("_{}", "_".repeat(341)), e: "Aw".to_owned() },
        ] {
            assert_eq!(
                VerifyingKey::new(wrong.clone()).unwrap_err(),
                KeyRefused::Malformed,
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn what_is_said_about_a_key_must_agree_with_it() {
        let right = VerifyingKey::new(ec(X, Y)).unwrap().jwk().clone();
        assert_eq!(VerifyingKey::from_jwk(&right).unwrap().kid(), right.kid);
        let change = |change: fn(&mut PublicJwk)| {
            let mut jwk = right.clone();
            change(&mut jwk);
            VerifyingKey::from_jwk(&jwk).unwrap_err()
        };
        assert_eq!(change(|jwk| jwk.alg = "HS256".to_owned()), KeyRefused::Contradictory);
        assert_eq!(change(|jwk| jwk.usage = "enc".to_owned()), KeyRefused::Contradictory);
        assert_eq!(change(|jwk| jwk.kid = "1".to_owned()), KeyRefused::Contradictory);
    }
}
