//! Where a picture was taken.

use super::ifd::{Ifd, tag};

/// Latitude and longitude in degrees; north and east are positive.
pub(super) fn position(place: &Ifd) -> Option<(f64, f64)> {
    let latitude = degrees(place, tag::LATITUDE, tag::LATITUDE_REF, "S")?;
    let longitude = degrees(place, tag::LONGITUDE, tag::LONGITUDE_REF, "W")?;
    let possible = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    // Exactly 0, 0 is what cameras write while they don't know.
    (possible && (latitude, longitude) != (0.0, 0.0)).then_some((latitude, longitude))
}

fn degrees(place: &Ifd, value: u16, reference: u16, negative: &str) -> Option<f64> {
    let parts = place.fractions(value, 3);
    let degrees = parts.iter().zip([1.0, 60.0, 3600.0]).map(|(part, unit)| part / unit).sum::<f64>();
    if parts.is_empty() || !degrees.is_finite() {
        return None;
    }
    let sign = if place.text(reference).is_some_and(|text| text.eq_ignore_ascii_case(negative)) { -1.0 } else { 1.0 };
    Some(degrees * sign)
}
