//! What is strange about a zip and no reason to doubt its bytes: warnings, one for each kind, whatever the number of
//! entries.

use super::outcome::quoted;

/// More names than this in one warning help nobody.
const MOST_NAMES: usize = 5;

/// What was noticed.
#[derive(Default)]
pub(super) struct Oddities(Vec<Oddity>);

struct Oddity {
    kind: &'static str,
    count: usize,
    names: Vec<String>,
}

impl Oddities {
    /// Notes an entry of which `kind` can be said.
    pub(super) fn note(&mut self, kind: &'static str, name: &[u8]) {
        let known = self.0.iter().position(|oddity| oddity.kind == kind);
        let place = known.unwrap_or_else(|| {
            self.0.push(Oddity {
                kind,
                count: 0,
                names: Vec::new(),
            });
            self.0.len() - 1
        });
        let oddity = &mut self.0[place];
        oddity.count += 1;
        if oddity.names.len() < MOST_NAMES {
            oddity.names.push(quoted(name));
        }
    }

    /// In words; safe for a terminal.
    pub(super) fn into_warnings(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|oddity| {
            let names = oddity.names.join(", ");
            match oddity.count - oddity.names.len() {
                0 => format!("{}: {names}", oddity.kind),
                more => format!("{}: {names} and {more} more", oddity.kind),
            }
        })
    }
}
