//! SHA-256, HMAC-SHA256 and the comparison that tells nothing by its time, over parts.

use aws_lc_rs::{constant_time, digest, hmac};

/// SHA-256 over the parts, one after the other. The caller makes the borders unambiguous.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    to_32(context.finish().as_ref())
}

/// HMAC-SHA256 (RFC 2104) over the parts, one after the other. The caller makes the borders unambiguous.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    to_32(context.sign().as_ref())
}

/// Whether both are the same, in a time that depends on their lengths alone.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

fn to_32(bytes: &[u8]) -> [u8; 32] {
    match bytes.try_into() {
        Ok(bytes) => bytes,
        Err(_) => unreachable!("INVARIANT: SHA-256 gives 32 bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn sha256_of_abc() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&sha256(&[b"a", b"", b"bc"])), expected);
    }

    #[test]
    fn hmac_of_rfc_4231() {
        // RFC 4231, section 4.3.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"])), expected);
    }

    #[test]
    fn other_lengths_are_not_the_same() {
        assert!(same(b"ab", b"ab"));
        assert!(!same(b"ab", b"abc"));
        assert!(!same(b"ab", b"ac"));
    }
}
