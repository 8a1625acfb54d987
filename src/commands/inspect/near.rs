//! The name that somebody probably meant who wrote another one.

pub(super) struct Nearest {
    wrong: String,
    /// How many letters have to change, and the name.
    best: Option<(usize, String)>,
}

impl Nearest {
    pub(super) fn to(wrong: &str) -> Nearest {
        Nearest {
            wrong: wrong.to_lowercase(),
            best: None,
        }
    }

    /// Takes note of a name that there is. One that has little in common was not meant.
    pub(super) fn offer(&mut self, name: &str) {
        let length = name.chars().count();
        let most = 1 + length / 3;
        // The distance is no less than this, and takes long to find out.
        if length.abs_diff(self.wrong.chars().count()) > most {
            return;
        }
        let distance = strsim::damerau_levenshtein(&self.wrong, &name.to_lowercase());
        let found = (distance, name);
        let best = self
            .best
            .as_ref()
            .map(|(distance, name)| (*distance, name.as_str()));
        if distance <= most && best.is_none_or(|best| found < best) {
            self.best = Some((distance, name.to_owned()));
        }
    }

    pub(super) fn found(self) -> Option<String> {
        self.best.map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(wrong: &str, names: &[&str]) -> Option<String> {
        let mut nearest = Nearest::to(wrong);
        for name in names {
            nearest.offer(name);
        }
        nearest.found()
    }

    #[test]
    fn the_nearest_name_is_found_in_any_case_and_a_far_one_is_not() {
        let names = ["Leads", "Deals", "Contacts"];
        assert_eq!(nearest("LEADS_", &names).as_deref(), Some("Leads"));
        assert_eq!(nearest("contact", &names).as_deref(), Some("Contacts"));
        assert_eq!(nearest("Invoices", &names), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
