//! Values that check themselves: clap reads them from a flag and serde from a profile, by the same rules.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use clap::builder::{PathBufValueParser, PossibleValue, StringValueParser, TypedValueParser};
use clap::{ValueEnum, value_parser};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::path;
use super::value_error::ValueError;
use crate::model::{FileKind, FileName};
use crate::store::Address;
use crate::zoho::datacenter::DataCenter;

/// The largest edition allows 25 calls at one time, and a line that loses packets is the faster the more connections share the
/// loss (`engine.md`). Each takes up to 0.6 MiB.
const MOST_JOBS: u8 = 64;

/// A type whose values are read from a text: by clap from a flag, by serde from a profile.
macro_rules! value {
    ($(#[$about:meta])* $name:ident($inner:ty), $read:expr) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) $inner);

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<$name, ValueError> {
                let read: fn(&str) -> Result<$inner, ValueError> = $read;
                read(text).map($name)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                from_text(deserializer, str::parse)
            }
        }
    };
}

pub(super) fn from_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: impl Fn(&str) -> Result<T, ValueError>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(|error| D::Error::custom(error.in_profile(&text)))
}

value! {
    /// `30s`, `5m`, `2h30m`.
    #[derive(Copy)]
    Time(Duration), |text| {
        humantime::parse_duration(text)
            .map_err(|error| ValueError::bare(format!("{error}; write it like 30s, 5m or 2h30m")))
    }
}

value! {
    #[derive(Copy)]
    PositiveTime(Duration), |text| match text.parse()? {
        Time(Duration::ZERO) => Err(ValueError::bare("it must be greater than zero")),
        Time(time) => Ok(time),
    }
}

value! {
    /// How old something may be: `36h`, `8d`, `2w`.
    #[derive(Copy)]
    Age(Duration), |text| match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err(ValueError::bare("it must be greater than zero")),
        Ok(age) => Ok(age),
        Err(error) => Err(ValueError::bare(format!("{error}; write it like 36h, 8d or 2w"))),
    }
}

value! {
    /// Bytes a second: `500K`, `10M`, `1MiB`.
    #[derive(Copy)]
    Rate(u64), |text| {
        let way = "write it like 500K, 10M or 1MiB (bytes a second)";
        let rate: Result<ByteSize, _> = text.trim_end_matches("/s").parse();
        match rate.map(|rate| rate.as_u64()) {
            Ok(0) => Err(ValueError::bare(format!("it must be greater than zero; {way}"))),
            Ok(rate) => Ok(rate),
            Err(_) => Err(ValueError::bare(way)),
        }
    }
}

value! {
    /// A share of at most all, in thousandths of a percent: `20%`, `0.5%`, `20`.
    #[derive(Copy)]
    Percent(u32), |text| {
        let wrong = || ValueError::bare("it must be between 0% and 100%, such as 20% or 0.5%");
        let number = text.strip_suffix('%').unwrap_or(text).trim_end();
        let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(rest) || rest.len() > 3 {
            return Err(wrong());
        }
        let thousandths = format!("{whole}{rest:0<3}").parse().ok();
        thousandths.filter(|share| *share <= 100_000).ok_or_else(wrong)
    }
}

impl Percent {
    /// Of so many, rounded up.
    pub(crate) fn of(self, all: u64) -> u64 {
        let part = (u128::from(all) * u128::from(self.0)).div_ceil(100_000);
        u64::try_from(part).unwrap_or(all)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1000, self.0 % 1000);
        let rest = format!(".{rest:03}");
        write!(
            formatter,
            "{whole}{}%",
            rest.trim_end_matches('0').trim_end_matches('.')
        )
    }
}

value! {
    /// A data centre, by its code or an address there.
    #[derive(Copy)]
    Center(&'static DataCenter), |text| {
        DataCenter::find(text).ok_or_else(|| {
            ValueError::new(
                format!("there is no data centre {text:?}"),
                format!("use one of {}, or the address of your CRM, such as crm.zoho.eu; for others set --api-domain, --accounts-url and --download-domain", DataCenter::codes().join(" ")),
            )
        })
    }
}

value! {
    /// Such as `v8`.
    ApiVersion(String), |text| {
        let digits = text.strip_prefix('v').unwrap_or_default();
        let is_of_number = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        if matches!(digits.len(), 1..=3) && digits.bytes().all(is_of_number) {
            return Ok(text.to_owned());
        }
        let wrong = format!("{text:?} is not a version of Zoho's API");
        Err(ValueError::new(wrong, "write it like v8"))
    }
}

value! {
    /// The id of an organisation.
    Org(String), |text| {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(text.to_owned());
        }
        Err(ValueError::new(
            format!("org = {text:?} is not an organisation id"),
            "it is the number after /crm/ in the links that `backup-fetch list` prints",
        ))
    }
}

value! {
    /// A pattern for names of files.
    Glob(glob::Pattern), |text| {
        glob::Pattern::new(text).map_err(|error| {
            let wrong = format!(" = {text:?}: {}", error.msg);
            ValueError::new(wrong, "write it like 'Data_*.zip'")
        })
    }
}

value! {
    /// A path as a person writes it, `~/` expanded.
    UserPath(PathBuf), |text| path::expanded(Path::new(text))
}

value! {
    /// Where sets are. A path from the root on: what is shown must not depend on where the program was started.
    OutFolder(Address), |text| match text {
        "" => Err(no_folder()),
        text => path::address(Path::new(text)),
    }
}

value! {
    /// A folder of this machine, from the root on.
    FolderPath(PathBuf), |text| path::absolute(Path::new(text))
}

value! {
    /// Where a disk is mounted, from the root on.
    MountPath(PathBuf), |text| path::absolute(Path::new(text))
}

impl Center {
    pub(super) fn parser() -> impl TypedValueParser<Value = Center> {
        Suggested(DataCenter::codes()).try_map(|text| text.parse())
    }
}

// These are for paths that are not UTF-8, too.
impl UserPath {
    pub(super) fn parser() -> impl TypedValueParser<Value = UserPath> {
        PathBufValueParser::new().try_map(|path| path::expanded(&path).map(UserPath))
    }
}

impl OutFolder {
    pub(super) fn parser() -> impl TypedValueParser<Value = OutFolder> {
        PathBufValueParser::new().try_map(|path| path::address(&path).map(OutFolder))
    }
}

impl FolderPath {
    pub(super) fn parser() -> impl TypedValueParser<Value = FolderPath> {
        PathBufValueParser::new().try_map(|path| path::absolute(&path).map(FolderPath))
    }
}

impl MountPath {
    pub(super) fn parser() -> impl TypedValueParser<Value = MountPath> {
        PathBufValueParser::new().try_map(|path| path::absolute(&path).map(MountPath))
    }
}

pub(super) fn no_folder() -> ValueError {
    ValueError::new(
        "no output folder is given",
        "name one with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile",
    )
}

/// Connections at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub(crate) struct Jobs(u8);

impl Jobs {
    pub(super) fn parser() -> impl TypedValueParser<Value = Jobs> {
        value_parser!(u8).range(1..=i64::from(MOST_JOBS)).map(Jobs)
    }
}

/// The smallest edition allows five calls at one time (`zoho-api.md` section 5).
impl Default for Jobs {
    fn default() -> Jobs {
        Jobs(4)
    }
}

impl TryFrom<u8> for Jobs {
    type Error = ValueError;

    fn try_from(jobs: u8) -> Result<Jobs, ValueError> {
        if (1..=MOST_JOBS).contains(&jobs) {
            return Ok(Jobs(jobs));
        }
        Err(ValueError::new(
            format!("jobs = {jobs} is not between 1 and {MOST_JOBS}"),
            "4 suits every edition of Zoho CRM",
        ))
    }
}

impl From<Jobs> for usize {
    fn from(jobs: Jobs) -> usize {
        jobs.0.into()
    }
}

/// How runs in one folder are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LockMode {
    /// A kernel lock on a file in the folder, or a lock object in the store
    #[default]
    Flock,
    /// No lock: whoever starts the runs keeps them apart
    None,
}

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// CSV files, metadata, record images
    Data,
    /// Files attached to records
    Attachments,
}

/// Whether `--only` and `--match` choose a file.
pub(crate) fn selects(
    only: Option<Only>,
    pattern: Option<&Glob>,
    kind: FileKind,
    name: &FileName,
) -> bool {
    let kind_of = |only| match only {
        Only::Data => FileKind::Data,
        Only::Attachments => FileKind::Attachments,
    };
    only.is_none_or(|only| kind_of(only) == kind)
        && pattern.is_none_or(|Glob(pattern)| pattern.matches(name.as_str()))
}

/// One of the values that clap offers.
pub(super) fn one_of<'de, D: Deserializer<'de>, T: ValueEnum>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let parse = |text: &str| {
        T::from_str(text, false).map_err(|_| {
            let values = T::value_variants().iter().filter_map(T::to_possible_value);
            let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
            ValueError::bare(format!("it must be {}", names.join(" or ")))
        })
    };
    from_text(deserializer, parse).map(Some)
}

/// A string or a list of them.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "it must be a string in quotes, or a list of them"
)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

pub(super) fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

/// Any text, where completions offer these.
#[derive(Debug, Clone)]
pub(super) struct Suggested(pub(super) Vec<&'static str>);

impl TypedValueParser for Suggested {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_like_people_write_them() {
        assert_eq!("500K".parse(), Ok(Rate(500_000)));
        assert_eq!("10M".parse(), Ok(Rate(10_000_000)));
        assert_eq!("1MiB".parse(), Ok(Rate(1_048_576)));
        assert_eq!("1MiB/s".parse(), Ok(Rate(1_048_576)));
        assert!("0".parse::<Rate>().is_err());
        assert!("fast".parse::<Rate>().is_err());
    }

    #[test]
    fn shares_are_written_like_people_write_them() {
        for (text, share, shown) in [
            ("20%", 20_000, "20%"),
            ("20", 20_000, "20%"),
            ("0.5 %", 500, "0.5%"),
            ("100%", 100_000, "100%"),
            ("0", 0, "0%"),
        ] {
            assert_eq!(text.parse(), Ok(Percent(share)));
            assert_eq!(Percent(share).to_string(), shown);
        }
        for wrong in ["101%", "-1", "", "%", "a", "1.2345", "1.", "100.001%"] {
            assert!(wrong.parse::<Percent>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_written_like_people_write_them() {
        assert_eq!("2h30m".parse(), Ok(Time(Duration::from_secs(9000))));
        assert!("30".parse::<Time>().is_err());
        assert!("0s".parse::<PositiveTime>().is_err());
    }
}
