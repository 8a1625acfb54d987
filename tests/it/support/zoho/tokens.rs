//! What the accounts server has given out: grant codes, refresh tokens, access tokens (`zoho-api.md` section 3.4).

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Zoho;

/// Ten requests in ten minutes for one refresh token.
const MOST_REQUESTS: usize = 10;
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// More live tokens of one refresh token than this push out the oldest; the smallest of the numbers that Zoho's pages
/// give.
const MOST_LIVE: usize = 10;

/// An access token that was given.
#[derive(Debug, Clone)]
pub struct Token {
    pub text: String,
    pub scopes: Vec<String>,
    pub dies: DateTime<Utc>,
    /// The refresh token it was made with; they die together.
    refresh: String,
}

/// A grant code that was not spent yet.
#[derive(Debug, Clone)]
pub struct Code {
    pub scopes: String,
    pub dies: DateTime<Utc>,
    /// The exchange has to name the same; nothing for the code of a self client.
    pub redirect_uri: Option<String>,
    /// Whether the exchange gives a refresh token.
    pub offline: bool,
}

/// Tokens that are alive, and when the latest ones were asked for.
#[derive(Debug, Default)]
pub struct Tokens {
    given: usize,
    asked: HashMap<String, Vec<DateTime<Utc>>>,
    live: Vec<Token>,
    codes: HashMap<String, Code>,
    /// Refresh tokens that exchanges gave, with their scopes.
    refresh: HashMap<String, String>,
    revoked: HashSet<String>,
    /// Whether the user has agreed in a browser before.
    pub consented: bool,
}

impl Tokens {
    /// A new token, whatever the throttle says.
    pub fn give(
        &mut self,
        refresh: &str,
        scopes: &str,
        life: Duration,
        now: DateTime<Utc>,
    ) -> String {
        self.given += 1;
        let text = format!(
            "1000.standin{:04}.access{:04}",
            self.given,
            self.given * 7919
        );
        self.live.push(Token {
            text: text.clone(),
            scopes: scopes
                .split(',')
                .map(|scope| scope.trim().to_owned())
                .collect(),
            dies: now + TimeDelta::from_std(life).expect("a life that fits"),
            refresh: refresh.to_owned(),
        });
        let siblings = |token: &&Token| token.refresh == refresh;
        if self.live.iter().filter(siblings).count() > MOST_LIVE {
            let oldest = self.live.iter().position(|token| token.refresh == refresh);
            self.live.remove(oldest.expect("there are too many"));
        }
        text
    }

    /// The token of that text, if it is alive.
    pub fn find(&self, text: &str, now: DateTime<Utc>) -> Option<&Token> {
        self.live
            .iter()
            .find(|token| token.text == text && now < token.dies)
    }

    /// No access token is valid any more.
    pub fn revoke(&mut self) {
        self.live.clear();
    }

    /// Notes a request; whether it was one too many. One that is turned away counts, too: trying on prolongs the block.
    pub fn is_one_too_many(&mut self, refresh: &str, now: DateTime<Utc>) -> bool {
        let asked = self.asked.entry(refresh.to_owned()).or_default();
        asked.retain(|then| now - *then < WINDOW);
        asked.push(now);
        asked.len() > MOST_REQUESTS
    }

    pub fn give_code(&mut self, code: Code) -> String {
        self.given += 1;
        let text = format!("1000.standin{:04}.code{:04}", self.given, self.given * 6007);
        self.codes.insert(text.clone(), code);
        text
    }

    /// A code serves once: whatever comes of it, it is gone.
    pub fn spend(&mut self, text: &str, now: DateTime<Utc>) -> Option<Code> {
        self.codes.remove(text).filter(|code| now < code.dies)
    }

    pub fn give_refresh(&mut self, scopes: &str) -> String {
        self.given += 1;
        let text = format!(
            "1000.standin{:04}.refresh{:04}",
            self.given,
            self.given * 5003
        );
        self.refresh.insert(text.clone(), scopes.to_owned());
        text
    }

    /// The scopes of a refresh token that an exchange gave.
    pub fn scopes_of(&self, refresh: &str) -> Option<String> {
        self.refresh.get(refresh).cloned()
    }

    pub fn is_revoked(&self, refresh: &str) -> bool {
        self.revoked.contains(refresh)
    }

    /// Ends a token; a refresh token takes its access tokens along. `first` is the refresh token that no exchange gave.
    /// Whether there was one.
    pub fn end(&mut self, text: &str, first: &str) -> bool {
        if let Some(place) = self.live.iter().position(|token| token.text == text) {
            self.live.remove(place);
            return true;
        }
        let is_known =
            self.refresh.remove(text).is_some() || (text == first && !self.is_revoked(text));
        if is_known {
            self.revoked.insert(text.to_owned());
            self.live.retain(|token| token.refresh != text);
        }
        is_known
    }
}

impl Zoho {
    /// A code out of the API console of a self client.
    pub fn grant_code(&self, scopes: &str) -> String {
        let mut state = self.state();
        let life = TimeDelta::from_std(state.rules.code_life).expect("a life that fits");
        let code = Code {
            scopes: scopes.to_owned(),
            dies: state.now() + life,
            redirect_uri: None,
            offline: true,
        };
        state.tokens.give_code(code)
    }

    /// Whether a refresh token would still be taken.
    pub fn is_revoked(&self, refresh: &str) -> bool {
        self.state().tokens.is_revoked(refresh)
    }
}
