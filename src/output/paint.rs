//! Colours, by what they stand for.

use console::Style;

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paint(pub(super) bool);

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tint {
    None,
    Good,
    Hint,
    Warning,
    Error,
    /// The bar of one file.
    File,
    /// The bar of all files.
    Total,
}

impl Paint {
    /// The text, coloured where colours are used.
    pub(super) fn tint(self, tint: Tint, text: &str) -> String {
        let style = match tint {
            Tint::None => return text.to_owned(),
            Tint::Good => Style::new().green().bold(),
            Tint::Hint => Style::new().cyan().bold(),
            Tint::Warning => Style::new().yellow().bold(),
            Tint::Error => Style::new().red().bold(),
            Tint::File => Style::new().cyan(),
            Tint::Total => Style::new().green(),
        };
        // Forced, because console's own idea of colour knows nothing of `--color`.
        style.force_styling(self.0).apply_to(text).to_string()
    }
}
