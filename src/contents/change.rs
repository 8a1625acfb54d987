//! How the records of a set differ from those of another one.

use std::collections::BTreeMap;

use super::set::Contents;

/// One module in two sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModuleChange {
    pub(crate) name: String,
    /// Nothing: it was not there.
    pub(crate) before: Option<u64>,
    /// Nothing: it is gone.
    pub(crate) after: Option<u64>,
}

/// Every module of either set, by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) modules: Vec<ModuleChange>,
}

impl ModuleChange {
    /// How many records more there are.
    pub(crate) fn difference(&self) -> i128 {
        i128::from(self.after.unwrap_or(0)) - i128::from(self.before.unwrap_or(0))
    }

    /// The same in tenths of a percent; nothing where there was none before.
    pub(crate) fn per_mille(&self) -> Option<i128> {
        let before = i128::from(self.before.filter(|before| *before > 0)?);
        let (doubled, sign) = (self.difference() * 2000, self.difference().signum());
        Some((doubled + sign * before) / (2 * before))
    }

    /// Whether it lost more than this share, in thousandths of a percent. A module that is gone lost all that
    /// it had, and so nothing when it was empty.
    pub(crate) fn lost_more_than(&self, share: u32) -> bool {
        let before = i128::from(self.before.unwrap_or(0));
        -self.difference() * 100_000 > before * i128::from(share)
    }
}

impl Change {
    pub(crate) fn between(old: &Contents, new: &Contents) -> Change {
        let mut modules: BTreeMap<&str, (Option<u64>, Option<u64>)> = BTreeMap::new();
        for module in &old.modules {
            modules.entry(&module.name).or_default().0 = Some(module.records);
        }
        for module in &new.modules {
            modules.entry(&module.name).or_default().1 = Some(module.records);
        }
        let modules = modules.into_iter();
        Change {
            modules: modules
                .map(|(name, (before, after))| ModuleChange {
                    name: name.to_owned(),
                    before,
                    after,
                })
                .collect(),
        }
    }

    /// Both sets have modules, and no name is in both: they are in other languages, or of other organisations.
    pub(crate) fn names_nothing_known(&self) -> bool {
        let has = |count: fn(&ModuleChange) -> Option<u64>| {
            self.modules.iter().any(|it| count(it).is_some())
        };
        has(|it| it.before)
            && has(|it| it.after)
            && !self
                .modules
                .iter()
                .any(|module| module.before.is_some() && module.after.is_some())
    }

    /// All modules as one.
    pub(crate) fn in_all(&self) -> ModuleChange {
        let sum =
            |count: fn(&ModuleChange) -> Option<u64>| self.modules.iter().filter_map(count).sum();
        ModuleChange {
            name: String::new(),
            before: Some(sum(|it| it.before)),
            after: Some(sum(|it| it.after)),
        }
    }

    /// What lost more than this share, in thousandths of a percent. Where no name is in both sets, only the sum can tell.
    pub(crate) fn lost_more_than(&self, share: u32) -> Vec<ModuleChange> {
        let lost = |module: &ModuleChange| module.lost_more_than(share);
        if self.names_nothing_known() {
            return Some(self.in_all()).into_iter().filter(lost).collect();
        }
        self.modules
            .iter()
            .filter(|module| lost(module))
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::set::Module;
    use super::*;

    const FIFTH: u32 = 20_000;

    fn contents(modules: &[(&str, u64)]) -> Contents {
        let modules = modules.iter();
        Contents {
            modules: modules
                .map(|(name, records)| Module {
                    name: (*name).to_owned(),
                    records: *records,
                    ..Module::default()
                })
                .collect(),
            ..Contents::default()
        }
    }

    fn lost(old: &[(&str, u64)], new: &[(&str, u64)]) -> Vec<String> {
        let change = Change::between(&contents(old), &contents(new));
        let lost = change.lost_more_than(FIFTH).into_iter();
        lost.map(|module| module.name).collect()
    }

    #[test]
    fn a_module_that_lost_more_than_its_share_is_told() {
        assert!(lost(&[("A", 100), ("B", 5)], &[("A", 80), ("B", 5)]).is_empty());
        assert_eq!(lost(&[("A", 100), ("B", 5)], &[("A", 79), ("B", 5)]), ["A"]);
        assert_eq!(lost(&[("A", 100), ("B", 5)], &[("B", 5)]), ["A"]);
        assert!(lost(&[("A", 0), ("B", 5)], &[("B", 5)]).is_empty());
        assert!(lost(&[("A", 0)], &[("A", 0), ("B", 5)]).is_empty());
        assert_eq!(lost(&[("A", 2), ("B", 5)], &[("A", 1), ("B", 5)]), ["A"]);
    }

    #[test]
    fn in_another_language_the_sum_is_compared() {
        let (old, english) = (
            [("Leads", 100), ("Deals", 50)],
            [("Lead", 95), ("Affari", 50)],
        );
        assert!(lost(&old, &english).is_empty());
        assert_eq!(lost(&old, &[("Affari", 50)]), [""]);
    }

    #[test]
    fn a_share_is_rounded_to_the_nearest_tenth_of_a_percent() {
        let of = |before, after| {
            let name = String::new();
            ModuleChange {
                name,
                before,
                after,
            }
            .per_mille()
        };
        assert_eq!(of(Some(3), Some(2)), Some(-333));
        assert_eq!(of(Some(3), Some(5)), Some(667));
        assert_eq!(of(Some(7), None), Some(-1000));
        assert_eq!(of(Some(0), Some(5)), None);
        assert_eq!(of(Some(1), Some(u64::MAX)).map(i128::signum), Some(1));
    }
}
