//! Marks: what a person sets of a picture as a whole, with one operation for each, of which the later holds.
//!
//! **A further mark** is a line of the table at the end, its operation in [`EditKind`] and its field of [`Image`]. On the way to
//! every other computer, into the journal and back, and for undoing, nothing else is touched.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Crop, EditKind, Image, Verdict};

/// Declares the marks: the operation that sets each, its field, what it has to be like, and how that is said.
macro_rules! marks {
    ($($kind:ident => $mark:ident: $of:ty, $sound:expr, $wanted:literal;)*) => {
        /// The marks of a picture.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(default)]
        pub struct Marks {
            $(#[doc = concat!("[`Image::", stringify!($mark), "`].")] pub $mark: $of,)*
        }

        /// Marks to be set; those that are absent stay as they are.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
        #[serde(default)]
        pub struct NewMarks {
            $(
                #[doc = concat!("[`Image::", stringify!($mark), "`].")]
                #[serde(deserialize_with = "given")]
                pub $mark: Option<$of>,
            )*
        }

        impl NewMarks {
            /// The operations that set them, each of one mark.
            pub fn edits(&self, image_id: &str) -> Vec<EditKind> {
                let edits = [$(Clone::clone(&self.$mark).map(|$mark| EditKind::$kind { image_id: image_id.to_owned(), $mark }),)*];
                edits.into_iter().flatten().collect()
            }
        }

        impl Marks {
            /// Those of a picture.
            pub fn of(image: &Image) -> Self {
                Self { $($mark: Clone::clone(&image.$mark),)* }
            }

            /// All of them, to be set.
            pub fn all(self) -> NewMarks {
                NewMarks { $($mark: Some(self.$mark),)* }
            }

            /// Gives a picture these marks.
            pub fn put(self, image: &mut Image) {
                $(image.$mark = self.$mark;)*
            }

            /// Takes one of these marks, by its name, from others. False when no mark has that name.
            pub fn copy(&mut self, mark: &str, from: &Self) -> bool {
                match mark {
                    $(stringify!($mark) => self.$mark = Clone::clone(&from.$mark),)*
                    _ => return false,
                }
                true
            }

            /// Sets the mark that an operation is about, if it is about one.
            pub fn set(&mut self, edit: &EditKind) {
                match edit {
                    $(EditKind::$kind { $mark, .. } => self.$mark = Clone::clone($mark),)*
                    _ => {}
                }
            }
        }

        impl EditKind {
            /// The mark that it sets, if it sets one.
            pub fn mark(&self) -> Option<&'static str> {
                match self {
                    $(Self::$kind { .. } => Some(stringify!($mark)),)*
                    _ => None,
                }
            }

            /// What the mark that it sets has to be like, when it isn't.
            pub fn mark_fault(&self) -> Option<&'static str> {
                match self {
                    $(Self::$kind { $mark, .. } => {
                        let sound: fn(&$of) -> bool = $sound;
                        (!sound($mark)).then_some($wanted)
                    })*
                    _ => None,
                }
            }

            /// The operation that gives a picture back the mark that it had.
            pub fn unmark(&self, before: &Image) -> Option<EditKind> {
                let image_id = before.id.clone();
                match self {
                    $(Self::$kind { .. } => Some(Self::$kind { image_id, $mark: Clone::clone(&before.$mark) }),)*
                    _ => None,
                }
            }
        }
    };
}

/// What is there is meant, also where it is `null`.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

marks! {
    SetFavourite => favourite: bool, |_| true, "";
    SetRating => rating: u8, |stars| *stars <= 5, "rating: 0 to 5.";
    SetRotation => rotation: u16, |degrees| matches!(degrees, 0 | 90 | 180 | 270), "rotation: 0, 90, 180 or 270.";
    SetCrop => crop: Option<Crop>, |crop| crop.is_none_or(|crop| crop.is_part()),
        "crop: a part of the picture, in shares of its width and height.";
    SetVerdicts => verdicts: Vec<Verdict>, |verdicts| Verdict::are_sound(verdicts),
        "verdicts: at most 100, each with the UUID of its set.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_sets_its_mark_and_can_be_undone() {
        let edit = EditKind::SetRotation { image_id: "p".to_owned(), rotation: 90 };
        let mut image = Image { id: "p".to_owned(), favourite: true, ..Image::default() };
        let undoing = edit.unmark(&image).unwrap();
        let before = image.clone();
        let mut marks = Marks::of(&image);
        marks.set(&edit);
        assert_eq!(
            serde_json::to_value(&marks).unwrap(),
            serde_json::json!({"favourite": true, "rating": 0, "rotation": 90, "crop": null, "verdicts": []})
        );
        marks.put(&mut image);
        assert_eq!((image.rotation, edit.mark(), edit.mark_fault()), (90, Some("rotation"), None));
        let mut marks = Marks::of(&image);
        marks.set(&undoing);
        marks.put(&mut image);
        assert_eq!(image, before);
        let wrong = EditKind::SetRotation { image_id: "p".to_owned(), rotation: 45 };
        assert_eq!(wrong.mark_fault(), Some("rotation: 0, 90, 180 or 270."));
        assert_eq!(EditKind::Trash { image_id: "p".to_owned() }.mark(), None);
    }

    #[test]
    fn what_is_absent_stays_and_nothing_is_something() {
        let new = |json: &str| serde_json::from_str::<NewMarks>(json).unwrap().edits("p");
        assert_eq!(new("{}"), []);
        let image_id = || "p".to_owned();
        assert_eq!(new(r#"{"crop": null}"#), [EditKind::SetCrop { image_id: image_id(), crop: None }]);
        assert_eq!(new(r#"{"favourite": false}"#), [EditKind::SetFavourite { image_id: image_id(), favourite: false }]);
    }
}
