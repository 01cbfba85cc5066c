//! What a picture's file states about how it was taken: the one declaration of these facts.
//!
//! They travel as one object from the computer that read the file to every other one. **A further fact** is a field here, its
//! reading in the crate `pictures`, and wherever it is shown; nothing on the way between is touched.

use serde::{Deserialize, Serialize};

/// Where the date that a picture goes by was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// In the Exif metadata.
    Exif,
    /// In an XMP packet.
    Xmp,
    /// In an IPTC record.
    Iptc,
    /// In a PNG's text or time.
    Png,
    /// Nowhere in it: it is when the file was last modified.
    File,
    /// A place that this version doesn't know.
    #[serde(other)]
    Other,
}

/// Where the film is that was taken with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Film {
    /// In the picture's file, as in the motion photos of Android's phones: it is kept with the picture.
    Inside,
    /// In a file of its own, as of a Live Photo: it stays where it is.
    Beside,
    /// A place that this version doesn't know.
    #[serde(other)]
    Other,
}

/// What texts and values have in common.
trait Fact: Sized {
    /// With its text changed, if it is one.
    fn with_text(self, _change: &impl Fn(String) -> String) -> Self {
        self
    }
}

impl Fact for String {
    fn with_text(self, change: &impl Fn(String) -> String) -> Self {
        change(self)
    }
}
impl Fact for f64 {}
impl Fact for i32 {}
impl Fact for u32 {}
impl Fact for u8 {}
impl Fact for DateSource {}
impl Fact for Film {}

/// Declares the facts, each with what it has to be like, and what is done with all of them alike.
macro_rules! facts {
    ($($(#[$about:meta])* $fact:ident: $kind:ty => $sound:expr,)*) => {
        /// What a picture's file states about how it was taken, as far as it makes sense. What isn't stated is absent. The date
        /// itself stands in [`Image::taken_at`](crate::Image::taken_at), else in
        /// [`Image::file_modified_at`](crate::Image::file_modified_at).
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
        #[serde(default)]
        pub struct Facts {
            $($(#[$about])* #[serde(skip_serializing_if = "Option::is_none")] pub $fact: Option<$kind>,)*
        }

        impl Facts {
            /// These facts, and the others where these say nothing.
            #[must_use]
            pub fn or(self, others: Facts) -> Facts {
                Facts { $($fact: self.$fact.or(others.$fact),)* }
            }

            /// Without what isn't as documented.
            #[must_use]
            pub fn sound(self) -> Facts {
                Facts { $($fact: self.$fact.filter(|fact| { let sound: fn(&$kind) -> bool = $sound; sound(fact) }),)* }
            }

            /// With its texts changed, such as for showing them on one line.
            #[must_use]
            pub fn with_texts(self, change: impl Fn(String) -> String) -> Facts {
                Facts { $($fact: self.$fact.map(|fact| fact.with_text(&change)),)* }
            }
        }
    };
}

facts! {
    /// Where the date that the picture goes by was found.
    date_source: DateSource => |_| true,
    /// How many minutes the camera's clock was ahead of UTC, when the file says so: less than a day.
    #[cfg_attr(feature = "openapi", schema(example = 60))]
    utc_offset_minutes: i32 => |minutes| minutes.abs() < 24 * 60,
    /// The camera's maker, as it writes itself; at most 200 characters, as all texts here.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "FUJIFILM"))]
    make: String => is_text,
    /// The camera's model, as its maker writes it.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "X100V"))]
    model: String => is_text,
    /// The lens.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "XF23mmF2 R WR"))]
    lens: String => is_text,
    /// The focal length in millimetres.
    #[cfg_attr(feature = "openapi", schema(example = 23.0))]
    focal_length_mm: f64 => is_measure,
    /// The focal length in millimetres that shows as much of a scene on 35-mm film.
    #[cfg_attr(feature = "openapi", schema(example = 35.0))]
    focal_length_35mm: f64 => is_measure,
    /// The aperture as an f-number.
    #[cfg_attr(feature = "openapi", schema(example = 1.8))]
    f_number: f64 => is_measure,
    /// The exposure time in seconds.
    #[cfg_attr(feature = "openapi", schema(example = 0.00833333))]
    exposure_seconds: f64 => is_measure,
    /// The sensitivity by ISO 12232.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 64))]
    iso: u32 => |iso| *iso > 0,
    /// Degrees north of the equator (WGS 84).
    #[cfg_attr(feature = "openapi", schema(minimum = -90, maximum = 90, example = 50.94129))]
    latitude: f64 => |degrees| degrees.abs() <= 90.0,
    /// Degrees east of Greenwich (WGS 84).
    #[cfg_attr(feature = "openapi", schema(minimum = -180, maximum = 180, example = 6.95824))]
    longitude: f64 => |degrees| degrees.abs() <= 180.0,
    /// Metres above the sea.
    #[cfg_attr(feature = "openapi", schema(example = 57.2))]
    altitude_metres: f64 => |metres| metres.abs() < 1e6,
    /// The colours that the pixels are of: a profile's description, else `sRGB`, `Adobe RGB`, `Display P3`, …
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "Display P3"))]
    colour_space: String => is_text,
    /// How the stored pixels lie (Exif's tag 274), 1 to 8. The picture's width and height are as it is shown.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 8, example = 6))]
    orientation: u8 => |orientation| (1..=8).contains(orientation),
    /// How many frames an animation has, or pages a file with several; absent for one.
    #[cfg_attr(feature = "openapi", schema(minimum = 2, example = 24))]
    frames: u32 => |frames| *frames > 1,
    /// Where the film is that was taken with it, of a motion photo or a Live Photo.
    film: Film => |_| true,
}

impl Facts {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::ptr_arg, reason = "it is called with a reference to the field")]
fn is_text(text: &String) -> bool {
    (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// More than nothing, and less than what nothing measures.
fn is_measure(value: &f64) -> bool {
    *value > 0.0 && *value < 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_left_out() {
        let facts = Facts {
            model: Some("X100V".to_owned()),
            lens: Some("a\nb".to_owned()),
            make: Some("x".repeat(201)),
            latitude: Some(90.5),
            longitude: Some(-180.0),
            f_number: Some(0.0),
            exposure_seconds: Some(f64::INFINITY),
            orientation: Some(9),
            frames: Some(1),
            ..Facts::default()
        };
        let sound = Facts { model: Some("X100V".to_owned()), longitude: Some(-180.0), ..Facts::default() };
        assert_eq!(facts.sound(), sound);
    }

    #[test]
    fn they_fill_each_other_and_what_is_absent_is_not_written() {
        let one = Facts { iso: Some(64), ..Facts::default() };
        let other =
            Facts { iso: Some(100), f_number: Some(1.8), date_source: Some(DateSource::Exif), ..Facts::default() };
        let both = one.or(other);
        let json = serde_json::json!({"iso": 64, "f_number": 1.8, "date_source": "exif"});
        assert_eq!(serde_json::to_value(&both).unwrap(), json);
        assert_eq!(serde_json::from_value::<Facts>(json).unwrap(), both);
        assert!(Facts::default().is_empty() && !both.is_empty());
        // One that a newer version knows of.
        let newer = serde_json::json!({"date_source": "stars", "shutter": "electronic"});
        assert_eq!(serde_json::from_value::<Facts>(newer).unwrap().date_source, Some(DateSource::Other));
    }
}
