//! Netpbm: PBM, PGM, PPM, PAM (<https://netpbm.sourceforge.net/doc/>) and PFM (<https://www.pauldebevec.com/Research/HDR/PFM/>).

/// Longest header that is read, with its comments.
const LONGEST: usize = 16 << 10;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Samples of a pixel.
    pub(crate) channels: usize,
    pub(crate) samples: Samples,
    /// Where the pixels begin.
    pub(crate) pixels_at: usize,
}

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Samples {
    /// A bit each, 1 is black, rows begin with a byte.
    Bits,
    /// As text; 0 is black, or white where there are only two values.
    Text { most: u32, bits: bool },
    /// One byte, or two where the largest value needs them.
    Numbers { most: u32 },
    /// 32 bits, rows from below.
    Floats { little: bool },
}

impl Header {
    pub(crate) fn read(bytes: &[u8]) -> Option<Header> {
        let head = &bytes[..bytes.len().min(LONGEST)];
        let &[b'P', kind, space, ..] = head else { return None };
        if !space.is_ascii_whitespace() && space != b'#' {
            return None;
        }
        let mut words = Words { head, at: 2 };
        if kind == b'7' {
            return pam(words);
        }
        let (width, height) = (words.number()?, words.number()?);
        let (channels, samples) = match kind {
            b'1' => (1, Samples::Text { most: 1, bits: true }),
            b'4' => (1, Samples::Bits),
            b'2' => (1, Samples::Text { most: words.maximum()?, bits: false }),
            b'3' => (3, Samples::Text { most: words.maximum()?, bits: false }),
            b'5' => (1, Samples::Numbers { most: words.maximum()? }),
            b'6' => (3, Samples::Numbers { most: words.maximum()? }),
            b'f' | b'F' => {
                // A negative scale says that the low byte comes first.
                let scale: f32 = words.word()?.parse().ok().filter(|scale: &f32| scale.is_finite() && *scale != 0.0)?;
                (if kind == b'F' { 3 } else { 1 }, Samples::Floats { little: scale < 0.0 })
            }
            _ => return None,
        };
        let header = Header { width, height, channels, samples, pixels_at: words.at + 1 };
        (width > 0 && height > 0).then_some(header)
    }
}

/// Named values, a line each.
fn pam(mut words: Words) -> Option<Header> {
    let (mut width, mut height, mut depth, mut most) = (0, 0, 0, 0);
    loop {
        match words.word()? {
            "WIDTH" => width = words.number()?,
            "HEIGHT" => height = words.number()?,
            "DEPTH" => depth = words.number()?,
            "MAXVAL" => most = words.maximum()?,
            "TUPLTYPE" => drop(words.word()?),
            "ENDHDR" => break,
            _ => return None,
        }
    }
    let is_sound = width > 0 && height > 0 && (1..=4).contains(&depth) && most > 0;
    let samples = Samples::Numbers { most };
    is_sound.then_some(Header { width, height, channels: depth as usize, samples, pixels_at: words.at + 1 })
}

/// Words between white space, without comments.
struct Words<'a> {
    head: &'a [u8],
    /// Behind the last word.
    at: usize,
}

impl<'a> Words<'a> {
    fn word(&mut self) -> Option<&'a str> {
        loop {
            let rest = self.head.get(self.at..)?;
            match rest.first()? {
                b'#' => self.at += rest.iter().position(|&byte| byte == b'\n')?,
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    // The word must end: what is cut off may be longer.
                    let end = rest.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'#')?;
                    self.at += end;
                    return std::str::from_utf8(&rest[..end]).ok();
                }
            }
        }
    }

    fn number(&mut self) -> Option<u32> {
        self.word()?.parse().ok()
    }

    fn maximum(&mut self) -> Option<u32> {
        self.number().filter(|most| (1..=65_535).contains(most))
    }
}
