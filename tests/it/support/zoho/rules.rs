//! How this Zoho is set up; a test changes what it is about.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Role;

/// How the download host deals with `Range`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranges {
    /// RFC 9110: single ranges, `If-Range`, 416, `Accept-Ranges: bytes`.
    Honest,
    /// As `Honest`, but says nothing about it.
    Unannounced,
    /// Always the whole file.
    None,
    /// This status to whoever asks for a range.
    Refused(u16),
    /// 400 to whoever asks for the whole file.
    Required,
    /// The whole file to whoever sends `If-Range`.
    WholeUnderIfRange,
    /// 206, and both header and bytes begin one byte later than asked for.
    WrongStart,
    /// 206 whose `Content-Range` names a total that is one byte too large.
    WrongTotal,
    /// 206 with the right `Content-Range` and the whole file behind it.
    WholeAs206,
    /// 206 with the new bytes, although `If-Range` names the old ones.
    IgnoresIfRange,
}

/// What the download host says about the version of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validators {
    StrongEtag,
    WeakEtag,
    /// `Last-Modified` an hour and more before `Date`: strong by RFC 9110 section 8.8.2.2.
    OldDate,
    /// `Last-Modified` equal to `Date`: weak by the same section.
    FreshDate,
    /// Each reply comes from another server behind the same name, with a strong `ETag` of its own.
    TagOfEachServer,
    None,
}

/// How a body's end is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    ContentLength,
    Chunked,
    /// The same, beside a `Content-Length` that is one too small.
    ChunkedWithWrongLength,
    /// Neither: the body ends with the connection, so that a cut cannot be told from the end.
    UntilClose,
    /// The same, and TLS is not ended before.
    UntilCut,
}

/// The forms in which a token's life is told (`zoho-api.md` section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeForm {
    /// `expires_in` in seconds.
    Seconds,
    /// `expires_in` in milliseconds and `expires_in_sec`.
    Milliseconds,
    /// Nothing.
    Untold,
}

/// What `POST /backup` takes as the wish for a run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunNow {
    /// No body, or an object without a rule.
    Either,
    /// No body; an object gets `REQUEST_BODY_NOT_READABLE`.
    OnlyEmpty,
    /// No body; an object gets `INVALID_DATA`.
    InvalidUnlessEmpty,
}

/// How a host echoes all that was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// As the message of an error in Zoho's shape.
    Json,
    /// As an object with a key for each header and field.
    Fields,
    Html,
    Text,
    /// Behind the status.
    Reason,
    /// Beside a good reply, as its `ETag` and in a header.
    Headers,
}

/// What is so, until a test says otherwise.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Rules {
    pub org: String,
    pub job: String,
    pub client_id: String,
    pub client_secret: String,
    pub refresh_token: String,
    /// Scopes of every token from now on, separated by commas.
    pub scopes: String,
    /// Life of every token from now on.
    pub token_life: Duration,
    pub life_form: LifeForm,
    /// Whether the user has the Administrator profile.
    pub administrator: bool,
    /// Whether the user's profile has API access.
    pub api_access: bool,
    /// When the links die, on the stand-in's clock.
    pub expiry: DateTime<Utc>,
    /// Whether links that are dead are still listed; Zoho does not say, and a client must bear both.
    pub lists_expired: bool,
    /// Replaces the reply with links: status, content type, body.
    pub urls_reply: Option<(u16, String, Vec<u8>)>,
    /// Listed after the links of the files: the attachment ones hold `Attachments` in their last part.
    pub more_links: Vec<String>,
    /// Whether each list has links with a signature of its own.
    pub signs_links: bool,
    pub ranges: Ranges,
    pub validators: Validators,
    pub framing: Framing,
    /// Whether a body comes with `Content-Disposition`.
    pub names_files: bool,
    /// Bytes a second for each connection that carries a file.
    pub bandwidth: Option<u64>,
    /// Whether a backup has been made; without one there are no links.
    pub has_backup: bool,
    /// Whether the links of the former backup are listed while a run is under way; Zoho does not say.
    pub lists_former: bool,
    pub run_now: RunNow,
    /// Which host echoes, with which status and how.
    pub echo: Option<(Role, u16, Echo)>,
    /// Runs at once that are left in this month.
    pub allowance: u32,
    /// The code when none is left: the pages and the SDKs know different ones.
    pub allowance_code: &'static str,
    /// How many reads find a run under way before it ends.
    pub run_reads: usize,
    /// The status a run ends with; `COMPLETED` brings links of a new job.
    pub run_ends: String,
    /// Life of a code out of the API console.
    pub code_life: Duration,
    /// Where a browser may be sent back to; anywhere without one.
    pub redirect_uri: Option<String>,
    /// Whether the user agrees in the browser.
    pub consents: bool,
    /// The data centre in the callback.
    pub location: String,
    /// Replaces the accounts server in the callback.
    pub callback_server: Option<String>,
    /// Replaces the `state` in the callback.
    pub callback_state: Option<String>,
}

impl Rules {
    pub fn new(now: DateTime<Utc>) -> Rules {
        Rules {
            org: "20061234567".into(),
            job: "510000000099001".into(),
            client_id: "1000.STANDINCLIENT".into(),
            client_secret: "standin-client-secret".into(),
            refresh_token: "1000.standin.refresh".into(),
            scopes: "ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL".into(),
            token_life: Duration::from_hours(1),
            life_form: LifeForm::Seconds,
            administrator: true,
            api_access: true,
            expiry: now + TimeDelta::days(7),
            lists_expired: false,
            urls_reply: None,
            more_links: Vec::new(),
            signs_links: false,
            ranges: Ranges::Honest,
            validators: Validators::StrongEtag,
            framing: Framing::ContentLength,
            names_files: true,
            bandwidth: None,
            has_backup: true,
            lists_former: true,
            run_now: RunNow::Either,
            echo: None,
            allowance: 4,
            allowance_code: "LIMIT_EXCEEDED",
            run_reads: 2,
            run_ends: "COMPLETED".into(),
            code_life: Duration::from_mins(3),
            redirect_uri: None,
            consents: true,
            location: "us".into(),
            callback_server: None,
            callback_state: None,
        }
    }

    /// What stands before the file name in a link.
    pub fn folder(&self) -> String {
        format!("/v2/crm/{}/backup/{}/", self.org, self.job)
    }
}
