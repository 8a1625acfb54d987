//! What `login` must know: given, or asked for where there is a person to ask.

use secrecy::SecretString;

use crate::cli::LoginOptions;
use crate::output::Terminal;
use crate::problem::Problem;
use crate::settings::{Account, client_id, one_line};
use crate::zoho::datacenter::DataCenter;

/// Finds out, or asks.
pub(super) struct Questions<'a> {
    terminal: &'a Terminal,
    args: &'a LoginOptions,
    can_ask: bool,
}

impl Questions<'_> {
    pub(super) fn new<'a>(terminal: &'a Terminal, args: &'a LoginOptions) -> Questions<'a> {
        Questions {
            terminal,
            args,
            can_ask: terminal.can_ask() && !args.code_stdin,
        }
    }

    /// Whether a token that is there may go; without a person to ask, who gives a new code means it.
    pub(super) async fn replacement(&self, account: &Account) -> anyhow::Result<()> {
        let Some(who) = account.logged_in().filter(|_| self.can_ask) else {
            return Ok(());
        };
        self.terminal.say(&format!("Already logged in: {who}."));
        let answer = self.answer("Replace that login? [y/N] ").await?;
        if matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
        Err(Problem::configuration(
            "the existing login was not replaced",
            "choose another profile with --profile to keep both; --yes replaces without asking",
        )
        .into())
    }

    /// The id and the secret of the client.
    pub(super) async fn client(
        &self,
        account: &mut Account,
    ) -> anyhow::Result<(String, SecretString)> {
        if !self.can_ask {
            self.refuse_gaps(account)?;
        }
        if self.can_ask && !account.knows_its_place() {
            self.data_center(account).await?;
        }
        let (id, secret) = (account.client_id()?, account.client_secret()?);
        if id.is_none() || secret.is_none() {
            let kind = if self.args.browser.is_some() {
                "your Server-based Application"
            } else {
                "Self Client"
            };
            let open = console_of(account)?;
            self.terminal.say(&format!(
                "Please {open}, choose {kind} and its tab \"Client Secret\"."
            ));
        }
        let id = match id {
            Some(id) => id,
            None => self.ask("Client ID: ", read_client_id).await?,
        };
        let secret = match secret {
            Some(secret) => secret,
            None => self.client_secret().await?,
        };
        Ok((id, secret))
    }

    /// The code of the API console.
    pub(super) async fn code(&self, account: &Account) -> anyhow::Result<SecretString> {
        if self.args.code_stdin {
            let text = self.terminal.input().await.map_err(unreadable)?;
            return Ok(one_line("--code-stdin", "stdin", text.trim())?);
        }
        if let Some(code) = account.code()? {
            return Ok(code);
        }
        self.terminal.say(&format!(
            "Now {}, choose the tab \"Generate Code\" and enter these scopes:\n\n  {}\n\nthe longest duration (10 minutes) and any description; then choose the organisation and Production.",
            console_of(account)?,
            self.args.scope.names()
        ));
        let any = |answer: &str| match answer {
            "" => Err(String::new()),
            code => Ok(code.to_owned()),
        };
        let code = self.ask("Code: ", any).await?;
        Ok(one_line("the code", "the answer", &code)?)
    }

    /// Without a person, everything that is missing is named at once.
    fn refuse_gaps(&self, account: &Account) -> anyhow::Result<()> {
        let code_comes =
            self.args.browser.is_some() || self.args.code_stdin || account.code()?.is_some();
        let needed = [
            ("ZOHO_CLIENT_ID", account.client_id()?.is_some()),
            ("ZOHO_CLIENT_SECRET", account.client_secret()?.is_some()),
            ("ZOHO_GRANT_CODE", code_comes),
        ];
        let missing = needed.iter().filter(|(_, is_there)| !is_there);
        let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Problem::configuration(
            format!("login needs {}", missing.join(" and ")),
            "there is no terminal to ask on: set the variables, or the same with the suffix _FILE; id and secret may also come from the profile, and the code from stdin (--code-stdin)",
        )
        .into())
    }

    async fn data_center(&self, account: &mut Account) -> anyhow::Result<()> {
        self.terminal.say(&format!(
            "In which data centre is the account? Its name is the end of the address of your CRM (crm.zoho.eu is eu, crm.zoho.com is us); you can also paste the address.\nOne of {}",
            DataCenter::codes().join(" ")
        ));
        let find = |answer: &str| {
            let code = if answer.is_empty() { "us" } else { answer };
            DataCenter::find(code).ok_or_else(|| "There is no such data centre.".to_owned())
        };
        account.move_to(self.ask("Data centre [us]: ", find).await?);
        Ok(())
    }

    /// Asks until the answer can be used; `read` gives what to say of one that can't.
    async fn ask<T>(
        &self,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> anyhow::Result<T> {
        loop {
            let answer = self.answer(question).await?;
            match read(&answer) {
                Ok(read) => return Ok(read),
                // Who presses Enter is asked again without a word.
                Err(_) if answer.is_empty() => {}
                Err(why) => self.terminal.say(&why),
            }
        }
    }

    async fn answer(&self, question: &str) -> anyhow::Result<String> {
        let answer = self.terminal.ask(question).await.map_err(unreadable)?;
        answer.ok_or_else(|| given_up(question).into())
    }

    async fn client_secret(&self) -> anyhow::Result<SecretString> {
        let question = "Client Secret (not shown): ";
        loop {
            let answer = self.terminal.ask_hidden(question).await;
            let answer = answer.map_err(unreadable)?;
            let answer = answer.ok_or_else(|| given_up(question))?;
            if !answer.is_empty() {
                return Ok(one_line("the client secret", "the answer", &answer)?);
            }
        }
    }
}

fn read_client_id(answer: &str) -> Result<String, String> {
    let read = client_id("the client id", "the answer", answer);
    read.map_err(|error| format!("{error}: {}", error.hint.as_deref().unwrap_or_default()))
}

/// "open https://…", or words for it where the address is not known.
fn console_of(account: &Account) -> Result<String, Problem> {
    let center = account.data_center()?;
    Ok(match center.console {
        Some(host) => format!("open https://{host}"),
        None => format!("open Zoho's API console of the data centre {}", center.code),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: std::io::Error) -> Problem {
    Problem::configuration(
        format!("stdin can't be read: {error}"),
        "to log in without questions, see `backup-fetch login --help`",
    )
}

fn given_up(question: &str) -> Problem {
    Problem::configuration(
        format!("no answer to {:?}", question.trim_end_matches([':', ' '])),
        "run login again; nothing was sent and nothing was stored",
    )
}
