//! Zoho's error codes, one row each, and what a status means without one (`zoho-api.md` sections 1.6, 2.1, 3.6).

use crate::exit::Exit;
use crate::http::retry::Backoff;

/// What a code means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A fresh token may help.
    Token,
    /// The token lacks a scope; a fresh one lacks it, too.
    Scope,
    /// The user lacks a right.
    Permission,
    /// The link has expired, or was never valid.
    Link,
    /// Too much at a time.
    Pushback,
    /// Another try may help.
    Temporary,
    /// Nothing helps but what the hint says.
    Final,
}

impl Class {
    /// What a status means that comes without a known code.
    pub(super) fn of_status(status: u16) -> Class {
        match (status, Backoff::of_status(status, None)) {
            (
                _,
                Some(Backoff {
                    is_pushback: true, ..
                }),
            ) => Class::Pushback,
            (_, Some(_)) => Class::Temporary,
            (401, _) => Class::Token,
            (403, _) => Class::Permission,
            (400 | 404 | 405 | 410, _) => Class::Link,
            _ => Class::Final,
        }
    }

    pub(super) fn exit(self) -> Exit {
        match self {
            Class::Token | Class::Scope | Class::Permission => Exit::Unauthorized,
            _ => Exit::Remote,
        }
    }

    /// For scripts, where there is no known code.
    pub(super) fn word(self) -> &'static str {
        match self {
            Class::Token => "token_refused",
            Class::Permission => "no_permission",
            Class::Pushback => "too_many_requests",
            Class::Temporary => "zoho_failed",
            Class::Scope | Class::Link | Class::Final => "refused",
        }
    }

    /// What to do about it, where there is no known code.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Class::Token => REFUSED_TWICE,
            Class::Permission => ADMINISTRATOR,
            Class::Link => "see `backup-fetch list` for the current links",
            Class::Pushback | Class::Temporary => {
                "run again in a few minutes; see Zoho's status page; try fewer --jobs"
            }
            Class::Scope | Class::Final => "run with -vv to see the whole exchange",
        }
    }
}

/// A known code: what it means, in words, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) code: &'static str,
    pub(super) class: Class,
    /// For scripts.
    pub(super) word: &'static str,
    pub(super) meaning: &'static str,
    pub(super) hint: &'static str,
}

/// What a person reads of a token that was made anew and refused again; one that can't be renewed is told by `auth`.
const REFUSED_TWICE: &str = "run `backup-fetch login` for a new refresh token, as a user of this organisation; let only one program use it";
const SLOWER: &str = "lower --jobs, or run at another time of the day";
const SCOPES: &str = "run `backup-fetch login` with a new code for the scopes ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL";
/// For the calls that ask for a backup, schedule it or cancel it.
pub(super) const ALL_SCOPES: &str = "to request, schedule or cancel, log in with the scopes ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL (`backup-fetch login --scope all`)";
const ADMINISTRATOR: &str = "only users with the Administrator profile may fetch backups: create the refresh token as one of them";
const REQUEST: &str =
    "this should not happen: check --api-domain and --api-version, then report it";
const WAIT: &str = "wait until the backup that is under way has finished, then run again";

#[rustfmt::skip]
pub(super) static KNOWN: &[Known] = &[
    Known { code: "INVALID_TOKEN", class: Class::Token, word: "token_refused", meaning: "the access token has expired or is unknown", hint: REFUSED_TWICE },
    Known { code: "OAUTHTOKEN_EXPIRED", class: Class::Token, word: "token_refused", meaning: "the access token has expired", hint: REFUSED_TWICE },
    Known { code: "INVALID_TICKET", class: Class::Token, word: "token_refused", meaning: "the access token is refused", hint: REFUSED_TWICE },
    Known { code: "NOT_AUTHENTICATED", class: Class::Token, word: "token_refused", meaning: "the access token is refused", hint: REFUSED_TWICE },
    Known { code: "INVALID_OAUTHTOKEN", class: Class::Token, word: "token_refused", meaning: "the access token has expired, or was replaced by newer ones", hint: REFUSED_TWICE },
    Known { code: "AUTHENTICATION_FAILURE", class: Class::Token, word: "token_refused", meaning: "no usable token reached the server", hint: "check the token, and that --dc is the data centre of your account" },
    Known { code: "OAUTH_SCOPE_MISMATCH", class: Class::Scope, word: "scope_missing", meaning: "the token lacks the scope for backups", hint: SCOPES },
    Known { code: "INVALID_OAUTHSCOPE", class: Class::Scope, word: "scope_missing", meaning: "the token lacks the scope for files", hint: SCOPES },
    Known { code: "URL_RULE_NOT_CONFIGURED", class: Class::Permission, word: "scope_missing", meaning: "the file service does not know the path, or the token lacks the scope for files", hint: SCOPES },
    Known { code: "NO_PERMISSION", class: Class::Permission, word: "no_permission", meaning: "the user may not use backups", hint: ADMINISTRATOR },
    Known { code: "FORBIDDEN", class: Class::Permission, word: "no_permission", meaning: "the user may not download backups", hint: ADMINISTRATOR },
    Known { code: "NOT_ALLOWED", class: Class::Permission, word: "no_permission", meaning: "this is not allowed for the user or the edition", hint: ADMINISTRATOR },
    Known { code: "Link not valid", class: Class::Link, word: "link_not_valid", meaning: "the link is not valid", hint: "see `backup-fetch list`: links expire after seven days, or when a newer backup replaces them; `backup-fetch request` requests a new backup" },
    // Of the storage behind the file service.
    Known { code: "Request has expired", class: Class::Link, word: "link_not_valid", meaning: "the link has expired", hint: "links are valid for seven days: request a new backup with `backup-fetch request`, then run again" },
    // Of WorkDrive, which shares the file service; with 401, too.
    Known { code: "R008", class: Class::Link, word: "not_found", meaning: "Zoho does not know what was asked for", hint: "the backup may have been removed: see `backup-fetch list`" },
    Known { code: "RESOURCE_NOT_FOUND", class: Class::Link, word: "not_found", meaning: "Zoho does not know what was asked for", hint: "the backup may have been removed: see `backup-fetch list`" },
    Known { code: "INVALID_URL_PATTERN", class: Class::Final, word: "wrong_path", meaning: "Zoho does not know this path", hint: "check --api-domain and --api-version (v2 to v8)" },
    Known { code: "INVALID_URL", class: Class::Link, word: "wrong_path", meaning: "Zoho does not know this address", hint: "see `backup-fetch list` for the current links" },
    Known { code: "INVALID_METHOD", class: Class::Link, word: "wrong_method", meaning: "Zoho does not accept this kind of request here", hint: REQUEST },
    Known { code: "INVALID_REQUEST_METHOD", class: Class::Link, word: "wrong_method", meaning: "Zoho does not accept this kind of request here", hint: REQUEST },
    Known { code: "TOO_MANY_REQUESTS", class: Class::Pushback, word: "too_many_requests", meaning: "too many requests, or the day's credits are used up", hint: SLOWER },
    Known { code: "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED", class: Class::Pushback, word: "too_many_requests", meaning: "too many requests", hint: SLOWER },
    Known { code: "URL_FIXED_THROTTLES_LIMIT_EXCEEDED", class: Class::Pushback, word: "too_many_requests", meaning: "too many requests", hint: SLOWER },
    Known { code: "URL_LIVE_THROTTLES_LIMIT_EXCEEDED", class: Class::Pushback, word: "too_many_requests", meaning: "too many requests at once", hint: SLOWER },
    Known { code: "F7008", class: Class::Pushback, word: "too_many_requests", meaning: "too many requests", hint: SLOWER },
    Known { code: "INTERNAL_ERROR", class: Class::Temporary, word: "zoho_failed", meaning: "an error at Zoho", hint: "run again in a few minutes; see Zoho's status page" },
    Known { code: "INTERNAL_SERVER_ERROR", class: Class::Temporary, word: "zoho_failed", meaning: "an error at Zoho", hint: "run again in a few minutes; see Zoho's status page" },
    Known { code: "INVALID_DATA", class: Class::Final, word: "invalid_data", meaning: "Zoho rejects what was sent", hint: REQUEST },
    Known { code: "REQUEST_BODY_NOT_READABLE", class: Class::Final, word: "invalid_data", meaning: "Zoho can't read what was sent", hint: REQUEST },
    Known { code: "MANDATORY_NOT_FOUND", class: Class::Final, word: "invalid_data", meaning: "something that Zoho needs was not sent", hint: REQUEST },
    Known { code: "BAD_REQUEST", class: Class::Final, word: "bad_request", meaning: "Zoho rejects the request", hint: REQUEST },
    Known { code: "BACKUP_ALREADY_SCHEDULED", class: Class::Final, word: "already_scheduled", meaning: "a backup is scheduled or under way already", hint: "see `backup-fetch status`: wait for it, or stop a schedule with `backup-fetch cancel`" },
    Known { code: "INPROGRESS", class: Class::Final, word: "in_progress", meaning: "the backup is under way and can't be cancelled", hint: "wait until it has finished (`backup-fetch status`)" },
    Known { code: "ALREADY_CANCELLED", class: Class::Final, word: "already_cancelled", meaning: "the backup was already cancelled", hint: "there is nothing to cancel" },
    Known { code: "ALREADY_USED", class: Class::Final, word: "already_used", meaning: "this was already used", hint: WAIT },
    Known { code: "LIMIT_EXCEEDED", class: Class::Final, word: "quota_used_up", meaning: "this month's backups are used up", hint: "wait for the next month, or buy a backup at Zoho" },
    Known { code: "LIMIT_REACHED", class: Class::Final, word: "quota_used_up", meaning: "this month's backups are used up", hint: "wait for the next month, or buy a backup at Zoho" },
];

impl Known {
    /// Whether the code is a word that stands for nothing else, so that it means the same wherever it stands.
    fn is_unmistakable(&self) -> bool {
        self.code
            .contains(|letter: char| letter == '_' || letter == ' ' || letter.is_ascii_digit())
    }

    /// Whether it stands in a text, as a word of its own.
    fn is_in(&self, text: &str) -> bool {
        if self.code.contains(' ') {
            let text = text.to_ascii_lowercase();
            return text.contains(&self.code.to_ascii_lowercase());
        }
        let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        text.split(|letter| !is_of_word(letter))
            .any(|word| word == self.code)
    }
}

/// The code that an error is judged by: the one under its key, unless another one beside it says more; else one that
/// stands in the words behind the status or anywhere in the body.
pub(super) fn recognise(code: &str, reason: &str, body: &str) -> Option<&'static Known> {
    let in_text = |text: &str| -> Vec<&'static Known> {
        let known = KNOWN.iter().filter(|known| known.is_unmistakable());
        known.filter(|known| known.is_in(text)).collect()
    };
    let (behind_status, in_body) = (in_text(reason), in_text(body));
    let all = || behind_status.iter().chain(&in_body).copied();
    // A throttle comes as the message of an internal error, an expired link beside a bare "Forbidden".
    let says_more = |known: &&'static Known| {
        known.class == Class::Pushback || known.code.contains(' ') || known.code == "R008"
    };
    let under_key = KNOWN
        .iter()
        .find(|known| known.code.eq_ignore_ascii_case(code));
    all().find(says_more).or(under_key).or(all().next())
}
