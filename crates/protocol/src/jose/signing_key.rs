//! The private half of a key: it signs, with one algorithm.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{
    algorithm::Algorithm,
    jwk::PublicParameters,
    refused::{KeyRefused, MintRefused},
    verifying_key::VerifyingKey,
};

/// A private key with its public half. `Debug` shows the name and the algorithm only.
pub struct SigningKey {
    pair: Pair,
    pkcs8: Zeroizing<Vec<u8>>,
    public: VerifyingKey,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

impl SigningKey {
    /// Makes a new key with the randomness of the library. RSA takes up to a second.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyRefused> {
        let pair = Pair::generate(algorithm).ok_or(KeyRefused::CannotGenerate)?;
        let pkcs8 = pair.pkcs8().ok_or(KeyRefused::CannotGenerate)?;
        Self::new(pair, pkcs8)
    }

    /// Reads a key of that algorithm in PKCS #8 (RFC 5958), as [`SigningKey::pkcs8`] gave it.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyRefused> {
        // RSA with 4096 bits takes under 2400 bytes.
        if pkcs8.len() > 4096 {
            return Err(KeyRefused::Malformed);
        }
        let pair = match algorithm {
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Pair::Es256)
            }
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::EdDsa),
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8).map(Pair::Rs256),
        };
        Self::new(pair.map_err(|_| KeyRefused::Malformed)?, Zeroizing::new(pkcs8.to_vec()))
    }

    /// The private key in PKCS #8. Seal it before it is stored.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half.
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// Its algorithm, the only one.
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// Its name: the thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        self.public.kid()
    }

    /// The signature over the bytes, as JWS has it (RFC 7518, sections 3.3 and 3.4; RFC 8037, section 3.1).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, MintRefused> {
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Es256(pair) => pair.sign(&random, message).map(|made| made.as_ref().to_vec()),
            Pair::EdDsa(pair) => pair.try_sign(message).map(|made| made.as_ref().to_vec()),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
        };
        signature.map_err(|_| MintRefused::CannotSign)
    }

    fn new(pair: Pair, pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, KeyRefused> {
        let public = VerifyingKey::new(pair.public().ok_or(KeyRefused::Malformed)?)?;
        Ok(Self { pair, pkcs8, public })
    }
}

impl Pair {
    fn generate(algorithm: Algorithm) -> Option<Self> {
        let pair = match algorithm {
            Algorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self::Es256)
            }
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Self::EdDsa),
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa3072).map(Self::Rs256),
        };
        pair.ok()
    }

    fn pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let copy = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
        match self {
            Self::Es256(pair) => pair.to_pkcs8v1().ok().map(|der| copy(der.as_ref())),
            Self::EdDsa(pair) => pair.to_pkcs8().ok().map(|der| copy(der.as_ref())),
            Self::Rs256(pair) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(pair).ok().map(|der| copy(der.as_ref()))
            }
        }
    }

    fn public(&self) -> Option<PublicParameters> {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Some(match self {
            Self::Es256(pair) => {
                // The uncompressed point: 4, x, y (SEC 1, section 2.3.3).
                let (x, y) = pair.public_key().as_ref().strip_prefix(&[4])?.split_at_checked(32)?;
                PublicParameters::Ec { crv: "P-256".to_owned(), x: text(x), y: text(y) }
            }
            Self::EdDsa(pair) => PublicParameters::Okp {
                crv: "Ed25519".to_owned(),
                x: text(pair.public_key().as_ref()),
            },
            Self::Rs256(pair) => PublicParameters::Rsa {
                n: text(pair.public_key().modulus().big_endian_without_leading_zero()),
                e: text(pair.public_key().exponent().big_endian_without_leading_zero()),
            },
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm())
            .field("kid", &self.kid())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_pkcs8_and_fits_its_public_half() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
            let key = SigningKey::generate(algorithm).unwrap();
            let read = SigningKey::from_pkcs8(algorithm, key.pkcs8()).unwrap();
            assert_eq!((read.kid(), read.algorithm()), (key.kid(), algorithm));
            assert_eq!(read.pkcs8(), key.pkcs8());

            let signature = URL_SAFE_NO_PAD.encode(read.sign(b"message").unwrap());
            assert!(key.public().verifies(b"message", &signature), "{algorithm}");
            assert!(!key.public().verifies(b"massage", &signature), "{algorithm}");
            let public = VerifyingKey::from_jwk(key.public().jwk()).unwrap();
            assert!(public.verifies(b"message", &signature), "{algorithm}");
        }
    }

    #[test]
    fn a_key_of_another_algorithm_is_refused() {
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        for algorithm in [Algorithm::EdDsa, Algorithm::Rs256] {
            let refused = SigningKey::from_pkcs8(algorithm, key.pkcs8()).unwrap_err();
            assert_eq!(refused, KeyRefused::Malformed);
        }
        assert!(SigningKey::from_pkcs8(Algorithm::Es256, &key.pkcs8()[1..]).is_err());
        assert!(SigningKey::from_pkcs8(Algorithm::Es256, &[0x30; 5000]).is_err());
    }

    #[test]
    fn two_keys_differ() {
        let [one, two] = [0; 2].map(|_| SigningKey::generate(Algorithm::Es256).unwrap());
        assert_ne!(one.kid(), two.kid());
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let kid = key.kid();
        let shown = format!("{key:?}");
        assert_eq!(shown, format!("SigningKey {{ algorithm: EdDsa, kid: \"{kid}\", .. }}"));
    }
}
