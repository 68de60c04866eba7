//! What bytes from 0x80 up mean in RTF: code pages of the document, and character sets of its fonts.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, GBK, IBM866, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257,
    WINDOWS_1258, X_MAC_CYRILLIC,
};

/// How to read bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// By a code page.
    Page(&'static Encoding),
    /// As signs of a font of symbols, which make no words.
    Symbols,
    /// By a code page of this number, which is not known here.
    Unknown(u16),
}

impl Charset {
    /// Where a document says nothing.
    pub(super) const DEFAULT: Self = Self::Page(WINDOWS_1252);
    /// `\mac`
    pub(super) const MAC: Self = Self::Page(MACINTOSH);
    /// `\pc`
    pub(super) const DOS: Self = Self::Unknown(437);
    /// `\pca`
    pub(super) const OS2: Self = Self::Unknown(850);

    /// By the number of a code page of Windows, as in `\ansicpg1252`.
    pub(super) fn of_page(page: i32) -> Self {
        Self::Page(match page {
            866 => IBM866,
            874 => WINDOWS_874,
            932 => SHIFT_JIS,
            936 => GBK,
            949 => EUC_KR,
            950 => BIG5,
            1250 => WINDOWS_1250,
            1251 => WINDOWS_1251,
            1252 => WINDOWS_1252,
            1253 => WINDOWS_1253,
            1254 => WINDOWS_1254,
            1255 => WINDOWS_1255,
            1256 => WINDOWS_1256,
            1257 => WINDOWS_1257,
            1258 => WINDOWS_1258,
            10000 => MACINTOSH,
            10007 => X_MAC_CYRILLIC,
            20866 => KOI8_R,
            21866 => KOI8_U,
            54936 => GB18030,
            65001 => UTF_8,
            // a mistake of some programs for “the usual one”
            0 => WINDOWS_1252,
            _ => return Self::Unknown(u16::try_from(page).unwrap_or(0)),
        })
    }

    /// By the number of a font's character set, as in `\fcharset204`; none for that of the document.
    pub(super) fn of_font(set: i32) -> Option<Self> {
        let page = match set {
            0 => 1252,
            2 => return Some(Self::Symbols),
            77 => 10000,
            128 => 932,
            129 => 949,
            134 => 936,
            136 => 950,
            161 => 1253,
            162 => 1254,
            163 => 1258,
            177 => 1255,
            178 => 1256,
            186 => 1257,
            204 => 1251,
            222 => 874,
            238 => 1250,
            254 => 437,
            255 => 850,
            _ => return None,
        };
        Some(Self::of_page(page))
    }

    /// How many bytes a character takes that starts with this one.
    pub(super) fn width(self, first: u8) -> usize {
        let Self::Page(page) = self else { return 1 };
        if page == UTF_8 {
            return match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => 1,
            };
        }
        let leads = if page == SHIFT_JIS {
            matches!(first, 0x81..=0x9f | 0xe0..=0xfc)
        } else {
            (page == GBK || page == GB18030 || page == EUC_KR || page == BIG5) && matches!(first, 0x81..=0xfe)
        };
        1 + usize::from(leads)
    }

    /// The text of the bytes of one character; none when they mean nothing.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        match (self, bytes) {
            (_, [ascii @ ..0x80]) => Some(char::from(*ascii).to_string()),
            (Self::Page(page), _) => {
                page.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
            }
            // where Windows keeps the signs of such fonts
            (Self::Symbols, [byte]) => char::from_u32(0xf000 + u32::from(*byte)).map(String::from),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_by_code_page_and_font() {
        for (charset, bytes, text) in [
            (Charset::DEFAULT, &b"\x92"[..], "’"),
            (Charset::MAC, b"\x8e", "é"),
            (Charset::of_page(1251), b"\xef", "п"),
            (Charset::of_page(65001), b"\xe2\x80\x99", "’"),
            (Charset::of_font(128).unwrap(), b"\x82\xa0", "あ"),
            (Charset::of_font(134).unwrap(), b"\xc4\xe3", "你"),
            (Charset::of_font(136).unwrap(), b"\xa7A", "你"),
            (Charset::of_font(129).unwrap(), b"\xb0\xa1", "가"),
            (Charset::of_font(238).unwrap(), b"\xb3", "ł"),
            (Charset::Symbols, b"\xb7", "\u{f0b7}"),
            (Charset::DOS, b"a", "a"),
        ] {
            assert_eq!(charset.width(bytes[0]), bytes.len(), "{text}");
            assert_eq!(charset.decode(bytes).as_deref(), Some(text));
        }
        assert_eq!(Charset::DOS.decode(b"\x82"), None);
        assert_eq!(Charset::of_font(128).unwrap().decode(b"\x82"), None);
        assert_eq!(Charset::of_font(1), None);
    }
}
