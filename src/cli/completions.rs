//! The completion scripts: those of the library, and what it can't know.
//!
//! The names of profiles stand in the configuration file, so that a script has to ask for them, as those of git or
//! kubectl ask their programs. `config profiles` is what it asks.

use clap::CommandFactory;
use clap_complete::Shell;

use super::command::Cli;

/// The completion script for a shell.
pub(crate) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "backup-fetch", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => bash(&script),
        Shell::Zsh => zsh(&script),
        Shell::Fish => fish(&script),
        _ => script,
    }
}

fn bash(script: &str) -> String {
    // clap_complete 4.6 spells the states of a command whose name has a hyphen in two ways, so that nothing would be
    // completed after a subcommand (clap-rs/clap#6421).
    let script = script.replace("backup__subcmd__fetch", "backup__fetch");
    let files = "--profile)\n                    COMPREPLY=($(compgen -f \"${cur}\"))";
    let names = "--profile)\n                    COMPREPLY=($(compgen -W \"$(\"$1\" config profiles 2>/dev/null)\" -- \"${cur}\"))";
    // Options only where one is begun: commands would be lost among them.
    let all = "COMPREPLY=( $(compgen -W \"${opts}\" -- \"${cur}\") )";
    let fit = "COMPREPLY=( $(compgen -W \"${opts}\" -X \"$([[ ${cur} == -* ]] || echo '-*')\" -- \"${cur}\") )";
    script.replace(files, names).replace(all, fit)
}

fn zsh(script: &str) -> String {
    let function = "(( $+functions[_backup-fetch_profiles] )) ||\n_backup-fetch_profiles() {\n    local -a profiles\n    profiles=(${(f)\"$(_call_program profiles backup-fetch config profiles 2>/dev/null)\"})\n    compadd -a profiles\n}\n\n";
    let ask = |line: &str| match line.strip_prefix("'*--profile=") {
        Some(_) => line.replace(":NAME:_default'", ":NAME:_backup-fetch_profiles'"),
        None => line.to_owned(),
    };
    let start = "if [ \"$funcstack[1]\" = \"_backup-fetch\" ]";
    let lines: Vec<String> = script.lines().map(ask).collect();
    let mut script = lines.join("\n");
    script.push('\n');
    script.replacen(start, &format!("{function}{start}"), 1)
}

fn fish(script: &str) -> String {
    let ask = |line: &str| {
        if line.contains(" -l profile ") {
            format!("{line} -f -a \"(backup-fetch config profiles 2>/dev/null)\"\n")
        } else {
            format!("{line}\n")
        }
    };
    script.lines().map(ask).collect()
}
