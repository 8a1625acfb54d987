//! What can be typed after a command that runs unattended: who is told how it went.

use std::fmt;
use std::str::FromStr;

use clap::Args;
use clap::ValueHint::{AnyPath, CommandString, Url as AnyUrl};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use url::{Position, Url};

use super::value_error::ValueError;
use super::values::{OneOrMany, PositiveTime, UserPath, from_text};
use crate::redaction::{hide, hide_login_of};
use crate::store::sys;

/// Parts of a path that are as long as this are taken for keys, which are shown nowhere.
const SHORTEST_KEY: usize = 16;

/// What only a shell understands. As a word of its own it is there by mistake.
const OF_A_SHELL: [&str; 9] = ["|", "||", "&", "&&", ";", ">", ">>", "<", "2>&1"];

/// Who is told how a run went. All of it can stand in a profile.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
#[command(next_help_heading = "Monitoring")]
pub(crate) struct TellOptions {
    /// URL to ping, as for healthchecks.io: URL/start when the run starts, URL after a success, URL/EXIT_CODE after a failure
    #[arg(long, value_name = "URL", value_hint = AnyUrl)]
    pub(crate) ping: Option<PingUrl>,

    /// Send how the run went in the body of the last ping
    #[arg(long)]
    pub(crate) ping_body: bool,

    /// Command to run after a success, without a shell; BACKUP_FETCH_… variables tell it the details
    #[arg(long, value_name = "CMD", value_hint = CommandString)]
    pub(crate) on_success: Option<HookCommand>,

    /// Command to run after a failure, without a shell; BACKUP_FETCH_… variables tell it the details
    #[arg(long, value_name = "CMD", value_hint = CommandString)]
    pub(crate) on_failure: Option<HookCommand>,

    /// Stop such a command after this time [default: 5m]
    #[arg(long, value_name = "TIME")]
    pub(crate) hook_timeout: Option<PositiveTime>,

    /// File to keep metrics in, for the textfile collector of Prometheus's node_exporter, which reads names that end in .prom
    #[arg(long, value_name = "FILE", value_parser = UserPath::parser(), value_hint = AnyPath)]
    pub(crate) metrics: Option<UserPath>,
}

impl TellOptions {
    /// Whether anybody is to be told.
    pub(crate) fn names_somebody(&self) -> bool {
        self.ping.is_some()
            || self.on_success.is_some()
            || self.on_failure.is_some()
            || self.metrics.is_some()
    }
}

/// The address of a monitor. Who knows it can speak in our name, so that nothing behind its host is shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PingUrl(pub(crate) Url);

impl fmt::Debug for PingUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.host_str().unwrap_or_default())
    }
}

impl FromStr for PingUrl {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<PingUrl, ValueError> {
        let url = Url::parse(text.trim()).ok();
        let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        let mut url = url.ok_or_else(|| {
            ValueError::new(
                ": it is not an http or https URL",
                "write it like https://hc-ping.com/YOUR-UUID",
            )
        })?;
        url.set_fragment(None);
        hide_key_of(&url);
        Ok(PingUrl(url))
    }
}

impl<'de> Deserialize<'de> for PingUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PingUrl, D::Error> {
        from_text(deserializer, str::parse)
    }
}

fn hide_key_of(url: &Url) {
    hide_login_of(url.as_str());
    let path = url.path().trim_matches('/');
    if path.len() >= SHORTEST_KEY {
        hide(&path.into());
    } else if !path.is_empty() {
        // Alone it might be any word.
        hide(&url[Position::BeforeHost..Position::AfterPath].into());
    }
    for part in path.split('/').filter(|part| part.len() >= SHORTEST_KEY) {
        hide(&part.into());
    }
}

/// A program and its arguments. No shell reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookCommand {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
}

impl FromStr for HookCommand {
    type Err = ValueError;

    /// Splits the text as a shell does, and expands nothing.
    fn from_str(text: &str) -> Result<HookCommand, ValueError> {
        let words = sys::split_words(text).ok_or_else(|| {
            ValueError::new(
                ": a quote in the command is not closed",
                "quote arguments as in a shell: notify.sh 'two words'",
            )
        })?;
        if let Some(word) = words.iter().find(|it| OF_A_SHELL.contains(&it.as_str())) {
            return Err(ValueError::new(
                format!(": no shell reads the command, so {word:?} means nothing in it"),
                format!("if it takes a shell, call one: {}", sys::BY_A_SHELL),
            ));
        }
        HookCommand::new(words)
    }
}

impl HookCommand {
    fn new(words: Vec<String>) -> Result<HookCommand, ValueError> {
        let mut words = words.into_iter();
        match words.next().filter(|program| !program.is_empty()) {
            Some(program) => Ok(HookCommand {
                program,
                arguments: words.collect(),
            }),
            None => Err(ValueError::new(
                ": the command is empty",
                "name a program, and its arguments behind it",
            )),
        }
    }
}

/// A text, or a list of words, which are taken as they are.
impl<'de> Deserialize<'de> for HookCommand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HookCommand, D::Error> {
        let command = match OneOrMany::deserialize(deserializer)? {
            OneOrMany::One(text) => text.parse(),
            OneOrMany::Many(words) => HookCommand::new(words),
        };
        command.map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::redacted;

    fn words(text: &str) -> Vec<String> {
        let command: HookCommand = text.parse().expect(text);
        [vec![command.program], command.arguments].concat()
    }

    #[test]
    #[cfg_attr(windows, ignore = "split in another way")]
    fn a_command_is_split_as_a_shell_does_and_nothing_is_expanded() {
        assert_eq!(
            words(r#"notify 'two words' "a \"b\"" c\ d $HOME *"#),
            ["notify", "two words", "a \"b\"", "c d", "$HOME", "*"]
        );
        assert_eq!(words("sh -c 'a | b > c'"), ["sh", "-c", "a | b > c"]);
        for wrong in ["", "  ", "''", "notify 'x", "a | b", "a > b", "a && b"] {
            assert!(wrong.parse::<HookCommand>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_key_in_the_address_of_a_monitor_is_shown_nowhere() {
        let key = "0b9c5f4e-tell-4a5b-8c2d-ping";
        let url: PingUrl = format!("https://hc-ping.example/{key}").parse().unwrap();
        assert_eq!(format!("{url:?}"), "hc-ping.example");
        assert_eq!(
            redacted(&format!("{}/start", url.0)),
            "https://hc-ping.example/(hidden)/start"
        );
        let _: PingUrl = "https://ping.example/weekly".parse().unwrap();
        assert_eq!(redacted("https://ping.example/weekly"), "https://(hidden)");
        assert_eq!(redacted("/srv/weekly"), "/srv/weekly");
    }

    #[test]
    fn only_what_can_be_pinged_is_taken_and_what_is_not_is_not_quoted() {
        for wrong in ["", "hc-ping.com/canary", "ftp://h/canary", "mailto:canary"] {
            let error = wrong.parse::<PingUrl>().unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
