//! How texts are compared when somebody searches.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as it is compared: one form for what Unicode calls compatible (full-width and half-width, ligatures), in lower
/// case, without accents, `ß` as `ss`. Marks that make another letter stay (が, й, the vowels of Thai and Hindi), and so
/// does everything that is no letter.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    let mut base = '\0';
    for c in text.nfkd().flat_map(char::to_lowercase).nfd() {
        if is_combining_mark(c) {
            if !is_accent(base, c) {
                folded.push(c);
            }
            continue;
        }
        base = c;
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            'ة' => folded.push('ه'),
            'ى' => folded.push('ي'),
            'ٱ' => folded.push('ا'),
            // A line that only makes Arabic words longer.
            'ـ' => {}
            '\u{2018}'..='\u{201b}' | '\u{2032}' => folded.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' => folded.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            c if crate::is_invisible(c) && !c.is_whitespace() && c != '\n' => {}
            '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => {}
            c => folded.push(c),
        }
    }
    folded.nfc().collect()
}

/// A name as it is compared with others: composed, full-width letters as plain ones, in lower case. Accents count.
pub fn key(name: &str) -> String {
    name.trim().nfkc().collect::<String>().to_lowercase().nfkc().collect()
}

/// Whether a mark on this letter is left out by people who type in a hurry.
fn is_accent(base: char, mark: char) -> bool {
    match mark {
        // й is no и to anybody who reads Cyrillic; ё is an е to many.
        '\u{306}' => !matches!(base, 'и' | 'у'),
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{fe20}'..='\u{fe2f}' => true,
        // Hebrew and Arabic vowels and their like.
        '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' => true,
        // Selectors of how an emoji looks.
        '\u{fe00}'..='\u{fe0f}' => true,
        _ => false,
    }
}

/// Whether a character is punctuation: it parts words and is never what somebody looks for.
pub fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '×' | '÷' | '−' | '\u{2010}'..='\u{2027}'
            | '\u{2030}'..='\u{205e}' | '\u{2e00}'..='\u{2e7f}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}'
            | '\u{3014}'..='\u{301f}' | '・' | '،' | '؛' | '؟' | '।' | '॥' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// Whether a character makes up words: letters, digits, and the marks that [`fold`] leaves on letters.
pub fn is_of_words(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Whether a character belongs to a script that puts no blanks between words: Thai to Khmer, kana, and Han.
pub fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("테스트", "\u{1110}\u{1166}\u{1109}\u{1173}\u{1110}\u{1173}")]
    #[case("がぎぐ", "か\u{3099}き\u{3099}く\u{3099}")]
    #[case("パ", "ﾊﾟ")]
    #[case("Straße", "STRASSE")]
    #[case("Café", "cafe\u{301}")]
    #[case("ＡＢＣ１２３", "abc123")]
    #[case("ﬁn", "fin")]
    #[case("Łódź", "lodz")]
    #[case("İstanbul", "istanbul")]
    #[case("ΟΔΟΣ", "οδος")]
    #[case("Ёлка", "елка")]
    #[case("مدرسة", "مدرسه")]
    #[case("مَدْرَسَة", "مدرسة")]
    #[case("O’Brien", "o'brien")]
    #[case("pho\u{200b}to", "photo")]
    #[case("Tiếng Việt", "tieng viet")]
    fn the_same_to_whoever_searches(#[case] one: &str, #[case] other: &str) {
        assert_eq!(fold(one), fold(other));
        assert_eq!(fold(&fold(one)), fold(one));
    }

    #[rstest]
    #[case("か", "が")]
    #[case("и", "й")]
    #[case("กิน", "กัน")]
    #[case("한", "하")]
    fn other_letters(#[case] one: &str, #[case] other: &str) {
        assert_ne!(fold(one), fold(other));
    }
}
