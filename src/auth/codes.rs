//! What the accounts server's errors mean (`zoho-api.md` section 3.3): one row each, for each of the two requests that ask
//! for a token.

use crate::exit::Exit;
use crate::problem::Problem;

/// A request for a token, and the words for what comes in its place.
pub(crate) struct Request {
    name: &'static str,
    refusals: &'static [Refusal],
    /// What to do about a reply that is not understood.
    hint: &'static str,
}

struct Refusal {
    /// Words of Zoho under `error`.
    errors: &'static [&'static str],
    /// For scripts.
    code: &'static str,
    message: &'static str,
    hint: &'static str,
}

/// This code is known by more than a word.
const THROTTLED: &str = "token_throttled";

#[rustfmt::skip]
pub(crate) static REFRESH: Request = Request {
    name: "the token request",
    refusals: &[
        Refusal { errors: &["invalid_client"], code: "invalid_client", message: "Zoho does not know the client id", hint: "check ZOHO_CLIENT_ID, and that --dc is the data centre in which the client was created" },
        Refusal { errors: &["invalid_client_secret"], code: "invalid_client_secret", message: "the client secret is wrong", hint: "check ZOHO_CLIENT_SECRET; each data centre has a secret of its own" },
        Refusal { errors: &["invalid_code", "invalid_grant"], code: "invalid_refresh_token", message: "the refresh token was revoked, replaced by newer ones, or is wrong", hint: "create a new one with `backup-fetch login`; Zoho keeps twenty per user and client, and drops the oldest" },
        Refusal { errors: &[], code: THROTTLED, message: "Zoho issues no more tokens for now: too many were requested", hint: "wait at least 10 minutes, then run again: asking sooner prolongs the block; the credentials are fine" },
        Refusal { errors: &["access_denied", "unauthorized_client", "invalid_scope", "invalid_redirect_uri"], code: "token_denied", message: "the token is refused", hint: "check the client and its scopes in Zoho's API console" },
    ],
    hint: "check --accounts-url and --dc; a proxy or portal in between may have answered; run again in a few minutes",
};

#[rustfmt::skip]
pub(super) static EXCHANGE: Request = Request {
    name: "the code",
    refusals: &[
        // Also the answer of the wrong data centre.
        Refusal { errors: &["invalid_client"], code: "invalid_client", message: "no client with this id is known here", hint: "check the client id, and that --dc is the data centre in whose API console the client was created" },
        Refusal { errors: &["invalid_client_secret"], code: "invalid_client_secret", message: "the client secret is wrong", hint: "copy the client secret again from the API console; each data centre has one of its own" },
        Refusal { errors: &["invalid_code", "invalid_grant"], code: "invalid_code", message: "the code was refused: it was used before, has expired, or is mistyped", hint: "generate a new code (Generate Code), and use it at once: it works once, for the minutes that were chosen, and in its own data centre" },
        Refusal { errors: &["invalid_redirect_uri"], code: "invalid_redirect_uri", message: "the redirect URI is not the one registered with the client", hint: "register exactly this URI with the client in the API console, or give the registered one with --redirect-uri" },
        Refusal { errors: &[], code: THROTTLED, message: "Zoho issues no more tokens for now: too many were requested", hint: "wait at least 10 minutes, then generate a new code: asking sooner prolongs the block; the client is fine" },
        Refusal { errors: &["access_denied", "unauthorized_client", "invalid_scope"], code: "token_denied", message: "Zoho refused", hint: "check the client and the scopes in Zoho's API console" },
    ],
    hint: "the code may be used up: generate a new one; check --accounts-url and --dc; a proxy or portal in between may have answered",
};

impl Request {
    /// Zoho's own words; nothing where they are new to us.
    pub(super) fn refusal(
        &self,
        accounts: &str,
        error: &str,
        is_throttle: bool,
        said: &str,
    ) -> Option<Problem> {
        let refusal = self.refusals.iter().find(|refusal| {
            refusal.errors.contains(&error) || (is_throttle && refusal.code == THROTTLED)
        })?;
        // Temporary, but not to be tried in a loop: tries prolong the block.
        let exit = match refusal.code {
            THROTTLED => Exit::Remote,
            _ => Exit::Unauthorized,
        };
        let message = format!("{accounts}: {} ({said})", refusal.message);
        Some(Problem::new(exit, refusal.code, message).hint(refusal.hint))
    }

    pub(super) fn not_understood(&self, accounts: &str, status: u16, said: &str) -> Problem {
        let message = format!(
            "{accounts}: the reply to {} is not understood (HTTP {status}): {said}",
            self.name
        );
        Problem::new(Exit::Remote, "reply_not_understood", message).hint(self.hint)
    }
}

pub(super) fn no_refresh_token(accounts: &str, by_browser: bool) -> Problem {
    let message = format!("{accounts}: Zoho issued an access token, but no refresh token");
    Problem::new(Exit::Unauthorized, "no_refresh_token", message).hint(if by_browser {
        "remove the client at Zoho (accounts page > Sessions > Connected Apps), then run login again"
    } else {
        "generate the code with Generate Code of a self client; a code from elsewhere needs access_type=offline"
    })
}

pub(super) fn not_revoked(accounts: &str, status: u16, said: &str) -> Problem {
    let message =
        format!("{accounts}: Zoho did not revoke the refresh token (HTTP {status}: {said})");
    Problem::new(Exit::Remote, "not_revoked", message).hint(format!(
        "remove the client at {accounts} (Sessions > Connected Apps), then run `backup-fetch logout --forget`"
    ))
}
