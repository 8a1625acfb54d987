//! The man pages: one for the program, and one for each command.
//!
//! Names, options and help are those that clap knows. What it can't know (exit codes, files, variables, examples) and what is too
//! long for a help stands in `texts`.

mod texts;

use std::fmt::Write as _;
use std::io;

use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::command::Cli;
use crate::exit::Exit;

/// A man page, and the name of its file.
pub(crate) struct ManPage {
    pub(crate) file: String,
    pub(crate) text: String,
}

/// All of them, that of the program first.
pub(crate) fn man_pages() -> io::Result<Vec<ManPage>> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    add(&program, &mut pages)?;
    Ok(pages)
}

fn add(command: &clap::Command, pages: &mut Vec<ManPage>) -> io::Result<()> {
    pages.push(ManPage {
        file: format!("{}.1", name(command)),
        text: page(command)?,
    });
    let mut parts = command.get_subcommands();
    parts.try_for_each(|part| add(part, pages))
}

/// With a hyphen between program and command, as pages are named.
fn name(command: &clap::Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

fn page(command: &clap::Command) -> io::Result<String> {
    let mut text = Vec::new();
    let source = concat!("backup-fetch ", env!("CARGO_PKG_VERSION"));
    // clap would have the version below the options, with what it was built from.
    let man = Man::new(
        command
            .clone()
            .long_about(texts::description(name(command)))
            .version(None::<&'static str>)
            .long_version(None::<&'static str>),
    );
    let man = man
        .title(name(command).to_uppercase())
        // An empty one would be left out, and what follows would take its place.
        .date(" ")
        .source(source)
        .manual("backup-fetch");
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    synopsis(command).to_writer(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let mut end = Roff::new();
    table(&mut end, "EXIT STATUS", exit_codes());
    table(&mut end, "ENVIRONMENT", texts::ENVIRONMENT.map(own));
    table(&mut end, "FILES", texts::FILES.map(own));
    examples(&mut end, command);
    see_also(&mut end, command);
    end.to_writer(&mut text)?;
    Ok(in_ascii(&String::from_utf8_lossy(&text)))
}

/// As roff of every age reads it.
fn in_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for char in text.chars() {
        match u32::from(char) {
            0..0x80 => ascii.push(char),
            code => {
                let _ = write!(ascii, "\\[u{code:04X}]");
            }
        }
    }
    ascii
}

/// The line that `--help` begins with, where clap_mangen would list every option.
fn synopsis(command: &clap::Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    for (index, line) in usage.lines().map(str::trim).enumerate() {
        if index > 0 {
            roff.control("br", []);
        }
        roff.text(line.split_inclusive(' ').map(word).collect::<Vec<_>>());
    }
    roff
}

/// What is typed as it stands is bold, what stands for something else is not.
fn word(word: &str) -> Inline {
    if word.starts_with(['[', '<']) {
        italic(word)
    } else {
        bold(word)
    }
}

fn own((what, meaning): (&str, &str)) -> (String, String) {
    (what.to_owned(), meaning.to_owned())
}

fn exit_codes() -> impl IntoIterator<Item = (String, String)> {
    Exit::MEANINGS.map(|(exit, meaning)| (exit.code().to_string(), meaning.to_owned()))
}

fn table(roff: &mut Roff, title: &str, rows: impl IntoIterator<Item = (String, String)>) {
    roff.control("SH", [title]);
    for (what, meaning) in rows {
        roff.control("TP", []);
        roff.text([bold(what)]);
        roff.text([roman(meaning)]);
    }
}

fn examples(roff: &mut Roff, command: &clap::Command) {
    roff.control("SH", ["EXAMPLES"]);
    for (what, line) in texts::examples(name(command)) {
        roff.control("TP", []);
        roff.text([roman(*what)]);
        roff.text([bold(*line)]);
    }
}

fn see_also(roff: &mut Roff, command: &clap::Command) {
    let mut names: Vec<String> = match name(command).rsplit_once('-') {
        Some((above, _)) if above.starts_with("backup-fetch") => vec![above.to_owned()],
        _ => Vec::new(),
    };
    names.extend(
        texts::see_also(name(command))
            .iter()
            .map(|name| format!("backup-fetch-{name}")),
    );
    names.extend(command.get_subcommands().map(|part| name(part).to_owned()));
    let names: Vec<String> = names.iter().map(|name| format!("{name}(1)")).collect();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(names.join(", "))]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(command: &clap::Command) -> Vec<String> {
        let parts = command.get_subcommands().flat_map(commands);
        std::iter::once(name(command).to_owned())
            .chain(parts)
            .collect()
    }

    fn program() -> clap::Command {
        let mut program = Cli::command().disable_help_subcommand(true);
        program.build();
        program
    }

    #[test]
    fn every_command_is_described_in_sentences() {
        for command in commands(&program()) {
            let text = texts::description(&command);
            assert!(text.ends_with('.') && text.len() > 80, "{command}: {text}");
        }
    }

    #[test]
    fn every_command_has_examples_and_all_of_them_can_be_typed() {
        for command in commands(&program()) {
            let examples = texts::examples(&command);
            assert!(!examples.is_empty(), "{command} has no example");
            for (_, line) in examples {
                let line = line.split(" | ").next().unwrap_or_default();
                let line = line.split(" > ").next().unwrap_or_default();
                let words = shlex::split(line).unwrap();
                let words = words.into_iter().skip_while(|word| word != "backup-fetch");
                let words: Vec<String> = words.collect();
                let typed = command.replace("backup-fetch", "").replace('-', " ");
                assert!(
                    words.join(" ").contains(typed.trim()),
                    "{line} is no example of {command}"
                );
                let parsed = Cli::command().try_get_matches_from(&words);
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn what_is_named_to_be_seen_also_is_there() {
        let commands = commands(&program());
        for command in &commands {
            for other in texts::see_also(command) {
                assert!(
                    commands.contains(&format!("backup-fetch-{other}")),
                    "{other}"
                );
            }
        }
    }
}
