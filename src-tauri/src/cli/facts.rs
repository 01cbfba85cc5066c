//! What a picture's file states about how it was taken, for people.

use engine::view::{Facts, Film};
use messages::Fact;

/// Labels and values, in order.
pub fn lines(facts: &Facts) -> [(Fact, Option<String>); 6] {
    [
        (Fact::Lens, facts.lens.clone()),
        (Fact::Exposure, exposure(facts)),
        (Fact::Place, place(facts)),
        (Fact::Colours, facts.colour_space.clone()),
        (Fact::Frames, facts.frames.map(|frames| frames.to_string())),
        (Fact::Film, facts.film.and_then(film)),
    ]
}

/// Where it is.
fn film(film: Film) -> Option<String> {
    match film {
        Film::Inside => Some(Fact::FilmInside.to_string()),
        Film::Beside => Some(Fact::FilmBeside.to_string()),
        Film::Other => None,
    }
}

/// `24 mm · f/1.8 · 1/120 s · ISO 64`
fn exposure(facts: &Facts) -> Option<String> {
    let length = match (facts.focal_length_mm, facts.focal_length_35mm) {
        (Some(length), Some(film)) if film != length => {
            Some(messages::Fact::FocalLengths { length: length.to_string(), film: film.to_string() }.to_string())
        }
        (Some(length), _) => Some(format!("{length} mm")),
        (None, film) => film.map(|film| messages::Fact::FocalLengthOnFilm { film: film.to_string() }.to_string()),
    };
    let parts = [
        length,
        facts.f_number.map(|number| format!("f/{}", tenths(number))),
        facts.exposure_seconds.map(|seconds| {
            if seconds < 0.3 { format!("1/{} s", (1.0 / seconds).round()) } else { format!("{} s", tenths(seconds)) }
        }),
        facts.iso.map(|iso| format!("ISO {iso}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// Degrees north and east, and how high.
fn place(facts: &Facts) -> Option<String> {
    let (latitude, longitude) = facts.latitude.zip(facts.longitude)?;
    let altitude = facts.altitude_metres.map_or_else(String::new, |metres| format!(", {} m", metres.round()));
    Some(format!("{latitude}, {longitude}{altitude}"))
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_written_as_photographers_do() {
        let facts = Facts {
            focal_length_mm: Some(5.7),
            focal_length_35mm: Some(26.0),
            f_number: Some(1.79999),
            exposure_seconds: Some(0.00833333),
            iso: Some(64),
            latitude: Some(-33.86),
            longitude: Some(151.2),
            altitude_metres: Some(12.3),
            ..Facts::default()
        };
        assert_eq!(exposure(&facts).unwrap(), "5.7 mm (26 mm on 35-mm film) · f/1.8 · 1/120 s · ISO 64");
        assert_eq!(place(&facts).unwrap(), "-33.86, 151.2, 12 m");
        let long = Facts { exposure_seconds: Some(2.5), focal_length_mm: Some(24.0), ..Facts::default() };
        assert_eq!(exposure(&long).unwrap(), "24 mm · 2.5 s");
        assert_eq!((exposure(&Facts::default()), place(&Facts::default())), (None, None));
    }
}
