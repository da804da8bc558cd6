//! Strings made of pieces.
//!
//! In:    texts, UTF-8 and UTF-16 code units, in order.
//! Out:   one [`Text`]; halves of a surrogate pair that meet make the pair.

use crate::Text;

/// Makes a string of pieces.
#[derive(Debug, Default)]
pub struct TextBuilder {
    text: String,
    /// The whole, once a piece was no UTF-8.
    units: Option<Vec<u16>>,
}

impl TextBuilder {
    /// The empty string so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The empty string so far, with room for `bytes`.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), units: None }
    }

    /// How long it is so far: bytes of UTF-8, or code units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.units.as_ref().map_or(self.text.len(), Vec::len)
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a text.
    pub fn push(&mut self, text: &Text) {
        if text.is_well_formed() {
            self.push_str(text);
        } else {
            self.push_units(&text.units());
        }
    }

    /// Adds UTF-8.
    pub fn push_str(&mut self, text: &str) {
        match &mut self.units {
            Some(units) => units.extend(text.encode_utf16()),
            None => self.text.push_str(text),
        }
    }

    /// Adds code units.
    pub fn push_units(&mut self, units: &[u16]) {
        let text = &mut self.text;
        let all = self.units.get_or_insert_with(|| std::mem::take(text).encode_utf16().collect());
        all.extend_from_slice(units);
    }

    /// The string.
    #[must_use]
    pub fn finish(self) -> Text {
        match self.units {
            Some(units) => Text::from_units(&units),
            None => self.text.into(),
        }
    }
}
