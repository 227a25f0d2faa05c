//! Numbers of fixed size as digits of base 62 (`0-9A-Za-z`), of fixed width, most significant first.

use zeroize::{Zeroize, Zeroizing};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends `bytes`, read as one big-endian number, as exactly `width` digits. The width must be enough for the number.
pub(super) fn encode(bytes: &[u8], width: usize, text: &mut String) {
    let mut number = Zeroizing::new(bytes.to_vec());
    let mut digits = Zeroizing::new(vec![0_u8; width]);
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::from(divide_by_62(&mut number))];
    }
    debug_assert!(number.iter().all(|byte| *byte == 0), "the width is too small");
    text.extend(digits.iter().map(|digit| char::from(*digit)));
}

/// Reads the digits as a number of `N` bytes. None for a strange character and for a number that is too large; so with
/// a fixed number of digits every number has one spelling.
pub(super) fn decode<const N: usize>(digits: &[u8]) -> Option<Zeroizing<[u8; N]>> {
    let mut number = Zeroizing::new([0_u8; N]);
    for digit in digits {
        let mut carry = u32::from(value_of(*digit)?);
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte) * 62;
            [_, _, _, *byte] = carry.to_be_bytes();
            carry >>= 8;
        }
        if carry != 0 {
            number.zeroize();
            return None;
        }
    }
    Some(number)
}

/// Divides the big-endian number in place and gives the remainder.
fn divide_by_62(number: &mut [u8]) -> u8 {
    let mut rest = 0_u16;
    for byte in number {
        let dividend = (rest << 8) | u16::from(*byte);
        // The rest is under 62, so the quotient is under 256.
        [_, *byte] = (dividend / 62).to_be_bytes();
        rest = dividend % 62;
    }
    let [_, rest] = rest.to_be_bytes();
    rest
}

fn value_of(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'Z' => Some(digit - b'A' + 10),
        b'a'..=b'z' => Some(digit - b'a' + 36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], width: usize) -> String {
        let mut text = String::new();
        encode(bytes, width, &mut text);
        text
    }

    #[test]
    fn known_numbers() {
        assert_eq!(text(&[0, 0, 0, 0], 6), "000000");
        assert_eq!(text(&61_u32.to_be_bytes(), 6), "00000z");
        assert_eq!(text(&62_u32.to_be_bytes(), 6), "000010");
        assert_eq!(text(&u32::MAX.to_be_bytes(), 6), "4gfFC3");
        assert_eq!(*decode::<4>(b"4gfFC3").unwrap(), [255; 4]);
    }

    #[test]
    fn the_widths_hold_the_largest_numbers() {
        assert_eq!(*decode::<16>(text(&[255; 16], 22).as_bytes()).unwrap(), [255; 16]);
        assert_eq!(*decode::<32>(text(&[255; 32], 43).as_bytes()).unwrap(), [255; 32]);
    }

    #[test]
    fn too_large_and_strange_are_refused() {
        assert!(decode::<4>(b"4gfFC4").is_none());
        assert!(decode::<4>(b"zzzzzz").is_none());
        assert!(decode::<4>(b"00000-").is_none());
        assert!(decode::<4>(b"0000 0").is_none());
    }
}
