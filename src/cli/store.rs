//! Settings of object stores: `--store-option`, and the table `store_options` of a profile.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use clap::Args;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::value_error::ValueError;
use crate::store::object::{Refused, check_value, checked_key, is_secret};

/// Flags are laid over the table of a profile key by key.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct StoreOptions {
    /// Setting of an object store, such as region=eu-central-1 or storage_class=STANDARD_IA; repeatable
    #[serde(skip)]
    #[arg(id = StoreOptions::FLAG, long = "store-option", value_name = "KEY=VALUE")]
    typed: Vec<StoreOption>,

    #[arg(skip)]
    store_options: StoreTable,
}

impl StoreOptions {
    /// As clap knows the flag.
    pub(crate) const FLAG: &'static str = "store_option";
    /// As a profile calls the table.
    pub(crate) const KEY: &'static str = "store_options";

    pub(crate) fn all(self) -> BTreeMap<String, StoreValue> {
        let mut all = self.store_options.0;
        for StoreOption(key, value) in self.typed {
            all.insert(key, StoreValue::Plain(value));
        }
        all
    }
}

/// One of the command line, with its key as it is kept.
#[derive(Debug, Clone)]
struct StoreOption(String, String);

impl FromStr for StoreOption {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<StoreOption, ValueError> {
        let Some((name, value)) = text.split_once('=') else {
            return Err(ValueError::new(
                ": it must be KEY=VALUE",
                "write it like region=eu-central-1",
            ));
        };
        let key = key(name)?;
        if is_secret(&key) {
            return Err(ValueError::new(
                format!(
                    ": {key} is a secret, and anyone on this machine could read it from the command line"
                ),
                "put it into a variable of the cloud, such as AWS_SECRET_ACCESS_KEY, or into `store_options` in the profile",
            ));
        }
        check_value(&key, value).map_err(|refused| told(&key, refused))?;
        Ok(StoreOption(key, value.to_owned()))
    }
}

fn key(name: &str) -> Result<String, ValueError> {
    checked_key(name).map_err(|refused| told(&format!("`{}`", name.escape_debug()), refused))
}

fn told(key: &str, refused: Refused) -> ValueError {
    ValueError::new(format!(": {key} {}", refused.why), refused.hint)
}

/// The value of an option as a profile has it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum StoreValue {
    Plain(String),
    /// A secret that is kept elsewhere, as other secrets are.
    Elsewhere,
}

/// It may be a secret.
impl fmt::Debug for StoreValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StoreValue")
    }
}

impl<'de> Deserialize<'de> for StoreValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<StoreValue, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = StoreValue;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string, a number, true or false")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<StoreValue, E> {
                Ok(StoreValue::Plain(text.to_owned()))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<StoreValue, E> {
                Ok(StoreValue::Plain(value.to_string()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<StoreValue, E> {
                Ok(StoreValue::Plain(value.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StoreValue, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(StoreValue::Elsewhere)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[derive(Debug, Clone, Default)]
struct StoreTable(BTreeMap<String, StoreValue>);

/// Entry by entry, so that what is wrong is told with its line.
impl<'de> Deserialize<'de> for StoreTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<StoreTable, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = StoreTable;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table such as { region = \"eu-central-1\" }")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StoreTable, A::Error> {
                let mut table = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    let (key, value) = map.next_value_seed(Entry(&name))?;
                    table.insert(key, value);
                }
                Ok(StoreTable(table))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

/// The value behind this name.
struct Entry<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Entry<'_> {
    type Value = (String, StoreValue);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let refused = |refused: Refused| D::Error::custom(of_entry(refused));
        let key = checked_key(self.0).map_err(refused)?;
        let value = StoreValue::deserialize(deserializer)?;
        match &value {
            StoreValue::Plain(text) => check_value(&key, text).map_err(refused)?,
            StoreValue::Elsewhere if is_secret(&key) => {}
            StoreValue::Elsewhere => {
                return Err(D::Error::custom(ValueError::new(
                    ": it must be a string, a number, true or false",
                    "only secrets can be kept elsewhere",
                )));
            }
        }
        Ok((key, value))
    }
}

/// What goes on from the name in the file.
fn of_entry(refused: Refused) -> ValueError {
    let text = if refused.why.starts_with('=') {
        format!(" {}", refused.why)
    } else {
        format!(": it {}", refused.why)
    };
    ValueError::new(text, refused.hint)
}
