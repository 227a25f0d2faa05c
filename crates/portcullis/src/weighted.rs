//! Headers that say what a client wants, and how much (RFC 9110, section 12.4.2).

/// The values of such a header with their weights, 0 for what is not wanted. Those of which the weight cannot be read are
/// left out.
pub(crate) fn weighted(header: &str) -> impl Iterator<Item = (&str, f32)> {
    header.split(',').filter_map(|one| {
        let mut parts = one.split(';').map(str::trim);
        let value = parts.next()?;
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        Some((value, weight.map_or(Some(1.0), |weight| weight.parse().ok())?))
    })
}
