//! Modules and their records.

use std::fmt::Write as _;
use std::ops::Range;

use super::{FIRST_ID, Language, Night};

/// A module of the made-up organisation.
pub struct Module {
    pub name: &'static str,
    /// Number of the data zip that has it.
    pub zip: usize,
    /// Records in a backup of full size.
    records: usize,
    first_id: usize,
}

const fn module(name: &'static str, zip: usize, records: usize, block: usize) -> Module {
    Module {
        name,
        zip,
        records,
        first_id: FIRST_ID + block * 1_000_000_000,
    }
}

pub const LEADS: Module = module("Leads", 1, 120_000, 5);
pub const ACCOUNTS: Module = module("Accounts", 1, 20_000, 8);
const MODULES: [Module; 7] = [
    LEADS,
    ACCOUNTS,
    module("Notes", 1, 15_000, 9),
    module("Users", 1, 1_000, 10),
    module("Contacts", 2, 60_000, 11),
    module("Deals", 2, 40_000, 12),
    module("Payments_C", 2, 20_000, 13),
];

pub fn of_zip(zip: usize) -> Vec<&'static Module> {
    MODULES.iter().filter(|module| module.zip == zip).collect()
}

const FIRST_NAMES: [&str; 8] = [
    "Ada", "Björn", "Chiara", "Dmitri", "Élodie", "Farid", "Grace", "Hiroshi",
];
const LAST_NAMES: [&str; 7] = [
    "Lovelace", "Öztürk", "Rossi", "Müller", "O'Brien", "García", "Smith",
];

impl Module {
    /// The records of a night, of which the backup has one of so many: each night the oldest few are gone, and 2 % are new.
    pub fn rows(&self, one_of: usize, night: Night) -> Range<usize> {
        if night.emptied == Some(self.name) {
            return 0..0;
        }
        let first = self.records / one_of;
        let gone = night.number * (first / 50).min(2);
        gone..first + night.number * first / 50
    }

    pub fn id(&self, row: usize) -> usize {
        self.first_id + row
    }

    pub fn csv(&self, rows: Range<usize>, language: Language) -> String {
        let mut text = format!("\u{feff}{}\r\n", language.record_labels());
        for row in rows {
            let (first, last) = (FIRST_NAMES[row % 8], LAST_NAMES[row / 3 % 7]);
            let number = row * 7919 + self.name.len() * 104_729;
            let _ = write!(
                text,
                "zcrm_{id},{first} {last},{first}.{last}{row}@example.com,\"{last}, Sons & Co {account}\",zcrm_{account},\"Called on day {day}.\nWants an offer for {amount} pieces, \"\"soon\"\".\",{amount}.{cents:02},2026-{month:02}-{day:02} {hour:02}:{minute:02}:07,2026-11-{day:02} 09:{minute:02}:41\r\n",
                id = self.id(row),
                account = ACCOUNTS.id(number % 40),
                amount = number % 50_021,
                cents = number % 100,
                month = number % 12 + 1,
                day = number % 28 + 1,
                hour = number % 24,
                minute = number % 60,
            );
        }
        text
    }
}
