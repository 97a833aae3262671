//! A picture that goes with an answer.

/// A picture as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file: PNG.
    pub png: Vec<u8>,
    /// What the file is called.
    pub name: &'static str,
    /// What it shows, for those who do not see it.
    pub description: String,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}, {} bytes)", self.name, self.png.len())
    }
}
