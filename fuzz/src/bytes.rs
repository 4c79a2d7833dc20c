//! Choices made of bytes. A choice takes few bytes at a fixed place, so that a changed byte is a changed choice
//! and not another story altogether: that is what lets a fuzzer learn.

/// Bytes that are used up; where there are none left, they are zeros.
#[derive(Debug)]
pub(crate) struct Bytes<'a> {
    left: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(left: &'a [u8]) -> Self {
        Self { left }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Returns a number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: u8) -> u8 {
        self.byte() % end
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let (now, later) = self.left.split_at(N.min(self.left.len()));
        self.left = later;
        let mut array = [0; N];
        array[..now.len()].copy_from_slice(now);
        array
    }

    /// Returns a text of so many bytes; what is no text in them is shown as `�`.
    pub(crate) fn text(&mut self, length: usize) -> String {
        let (now, later) = self.left.split_at(length.min(self.left.len()));
        self.left = later;
        String::from_utf8_lossy(now).into_owned()
    }
}
