//! Certificates and handshakes: which certificates a user adds, and in our words what is wrong with a server's.

use chrono::{DateTime, Utc};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{
    AlertDescription, CertificateError, Error, OtherError, PeerIncompatible, RootCertStore,
};

use crate::untrusted::printable;

/// The certificates of a `--ca-cert` file, each fit to be trusted.
#[derive(Debug, Clone)]
pub(crate) struct CaCerts(Vec<CertificateDer<'static>>);

impl CaCerts {
    /// Reads PEM, or DER of one certificate.
    ///
    /// # Errors
    /// Why it can't be used: one sentence that begins with "it".
    pub(crate) fn parse(bytes: &[u8]) -> Result<CaCerts, String> {
        if bytes.trim_ascii().is_empty() {
            return Err("it is empty".into());
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err("it is UTF-16 text; save it as UTF-8".into());
        }
        // Where a text begins with this letter, it is no PEM either.
        let certs = if bytes[0] == SEQUENCE {
            vec![CertificateDer::from(bytes.to_vec())]
        } else {
            // An editor of Windows begins a file with this mark.
            let text = String::from_utf8_lossy(bytes).replace('\u{feff}', "");
            from_pem(&text)?
        };
        let mut store = RootCertStore::empty();
        for (index, cert) in certs.iter().enumerate() {
            store.add(cert.clone()).map_err(|error| {
                match (certs.len(), other_than_certificate(bytes)) {
                    (_, Some(what)) => format!("it holds {what}, not a certificate"),
                    (1, None) => format!("its certificate can't be used: {}", reason(&error)),
                    (_, None) => {
                        let number = index + 1;
                        format!("its certificate {number} can't be used: {}", reason(&error))
                    }
                }
            })?;
        }
        Ok(CaCerts(certs))
    }

    /// As the HTTP library takes them.
    pub(super) fn certificates(&self) -> Vec<reqwest::Certificate> {
        let certs = self.0.iter();
        // DER is only kept there; it was looked at here.
        certs
            .filter_map(|cert| reqwest::Certificate::from_der(cert).ok())
            .collect()
    }
}

/// With which every certificate, and every other thing in DER, begins.
const SEQUENCE: u8 = 0x30;

fn from_pem(text: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let certs: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    let certs = certs.map_err(|_| "its PEM is damaged: a line is missing or broken".to_owned())?;
    if !certs.is_empty() {
        return Ok(certs);
    }
    let label = text.lines().find_map(|line| {
        line.trim()
            .strip_prefix("-----BEGIN ")?
            .strip_suffix("-----")
    });
    Err(match label {
        Some(label) if label.ends_with("PRIVATE KEY") => {
            "it holds a private key, not a certificate".into()
        }
        Some(label) if label.ends_with("CERTIFICATE REQUEST") => {
            "it holds a certificate request (CSR), not a certificate".into()
        }
        Some("TRUSTED CERTIFICATE") => {
            "it is in the form of OpenSSL's \"trusted\" certificates; `openssl x509 -in FILE` converts it to a plain one".into()
        }
        Some("PKCS7" | "CMS") => {
            "it is a PKCS#7 bundle; `openssl pkcs7 -print_certs -in FILE` extracts the certificates".into()
        }
        Some("CERTIFICATE") => "its PEM is damaged: the end of the certificate is missing".into(),
        Some(label) => format!("it holds \"{}\", not a certificate", printable(label)),
        None => "it holds no certificate".into(),
    })
}

/// What else begins as a certificate in DER does, told by what follows its outer header.
fn other_than_certificate(bytes: &[u8]) -> Option<&'static str> {
    match content(bytes)? {
        // An integer of one byte: the version.
        [0x02, 0x01, 0x03, ..] => Some(
            "a PKCS#12 store (.p12, .pfx; `openssl pkcs12 -cacerts -nokeys -in FILE` extracts the certificates)",
        ),
        [0x02, 0x01, ..] => Some("a private key"),
        [0x06, ..] => Some("a PKCS#7 bundle"),
        inner if content(inner)?.starts_with(&[0x02, 0x01, 0x00, SEQUENCE]) => {
            Some("a certificate request (CSR)")
        }
        _ => None,
    }
}

/// What follows the header of a value in DER.
fn content(bytes: &[u8]) -> Option<&[u8]> {
    let length_bytes = match *bytes.get(1)? {
        short if short < 0x80 => 0,
        long => usize::from(long & 0x7f),
    };
    bytes.get(2 + length_bytes..)
}

/// A handshake that failed.
pub(super) enum Failure {
    /// The certificate does not verify.
    Certificate(String),
    /// The two sides can't agree, or the other one speaks no TLS.
    Handshake(String),
}

/// What is wrong for good: another try would meet the same server. Nothing for what a bad line may do.
pub(super) fn failure(error: &Error) -> Option<Failure> {
    use AlertDescription as Alert;
    let text = match error {
        Error::InvalidCertificate(_) => return Some(Failure::Certificate(reason(error))),
        Error::NoCertificatesPresented => {
            return Some(Failure::Certificate("the server sent none".into()));
        }
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | Error::AlertReceived(Alert::ProtocolVersion) => {
            "the server speaks only TLS 1.1 or older, which is no longer safe"
        }
        Error::PeerIncompatible(_)
        | Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
            "the server and this program have no secure cipher in common"
        }
        Error::AlertReceived(Alert::CertificateRequired) => {
            "the server asks for a client certificate"
        }
        Error::AlertReceived(Alert::UnrecognisedName) => "the server does not know this host name",
        Error::AlertReceived(Alert::AccessDenied) => "the server refuses this client",
        Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            "what answers there does not speak TLS"
        }
        _ => return None,
    };
    Some(Failure::Handshake(text.into()))
}

/// What is wrong with a certificate.
fn reason(error: &Error) -> String {
    let Error::InvalidCertificate(error) = error else {
        return printable(&error.to_string());
    };
    match error {
        CertificateError::Expired => "it has expired".into(),
        CertificateError::ExpiredContext { time, not_after } => {
            format!("it expired on {}{}", day(*not_after), now(*time))
        }
        CertificateError::NotValidYet => "it is not valid yet".into(),
        CertificateError::NotValidYetContext { time, not_before } => {
            format!("it is not valid before {}{}", day(*not_before), now(*time))
        }
        CertificateError::NotValidForName => "it is for another host".into(),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let expected = printable(&expected.to_str());
            format!("it is for {}, not for {expected}", names(presented))
        }
        CertificateError::UnknownIssuer => {
            "no CA that this machine trusts has signed it (unknown issuer)".into()
        }
        CertificateError::BadSignature => {
            "its signature is wrong: the CA of that name that is trusted here has another key"
                .into()
        }
        CertificateError::BadEncoding => "it is damaged".into(),
        CertificateError::Revoked => "it was revoked".into(),
        CertificateError::UnhandledCriticalExtension => {
            "it requires something that is not supported (a critical extension)".into()
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "it is signed in a way that is not accepted (such as SHA-1, or a key that is too short)"
                .into()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not meant for servers".into()
        }
        CertificateError::Other(error) => other(error),
        _ => "it can't be checked".into(),
    }
}

/// The verifier's own errors, which come as a name only.
fn other(error: &OtherError) -> String {
    let name = error.0.to_string();
    match name.as_str() {
        "CaUsedAsEndEntity" => {
            "it is a CA's own certificate, used as that of a server; the server needs one that the CA signed".into()
        }
        "EndEntityUsedAsCa" => "it is signed by a certificate that is not a CA's".into(),
        // The system's verifier says this of a certificate without the right purpose.
        "certificate had invalid extensions" => "it is not meant for servers".into(),
        "NameConstraintViolation" => "its CA may not sign for this host (name constraints)".into(),
        "PathLenConstraintViolated" | "MaximumPathDepthExceeded" => {
            "too many certificates stand between it and its root".into()
        }
        "UnsupportedCertVersion" => "it is of an old version (X.509 v1), which is not accepted".into(),
        "UnsupportedCriticalExtension" => {
            "it requires something that is not supported (a critical extension)".into()
        }
        "ExtensionValueInvalid" | "MalformedExtensions" => "it is malformed".into(),
        _ => format!("it can't be checked ({})", printable(&name)),
    }
}

/// The names in a certificate, which the verifier gives as `DnsName("a.example")` and `IpAddress(192.0.2.1)`.
fn names(presented: &[String]) -> String {
    const SHOWN: usize = 5;
    // Other kinds, such as that of a mail address, name no host.
    let plain = |name: &String| {
        let inner = name.strip_prefix("DnsName(");
        let inner = inner.or_else(|| name.strip_prefix("IpAddress("))?;
        Some(printable(inner.trim_end_matches(')').trim_matches('"')))
    };
    let mut shown: Vec<String> = presented.iter().filter_map(plain).collect();
    let more = shown.len().saturating_sub(SHOWN);
    if more > 0 {
        shown.truncate(SHOWN);
        shown.push(format!("{more} more"));
    }
    if shown.is_empty() {
        return "no host at all (its subjectAltName names none)".into();
    }
    shown.join(", ")
}

fn day(time: UnixTime) -> String {
    match utc(time) {
        Some(time) => time.format("%Y-%m-%d %H:%M UTC").to_string(),
        None => "an impossible date".into(),
    }
}

/// A clock that is wrong is the likelier cause.
fn now(time: UnixTime) -> String {
    let now = utc(time).map(|time| time.format("%Y-%m-%d").to_string());
    now.map(|now| format!(" (this machine's clock says {now})"))
        .unwrap_or_default()
}

fn utc(time: UnixTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(time.as_secs()).ok()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        CaCerts::parse(bytes).expect_err("it is no certificate")
    }

    #[test]
    fn what_is_no_certificate_is_called_what_it_is() {
        let pem = |label: &str| format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
        for (bytes, words) in [
            (b" \n".to_vec(), "it is empty"),
            (b"hello".to_vec(), "no certificate"),
            (vec![0xff, 0xfe, b'-', 0], "UTF-16"),
            (pem("PRIVATE KEY").into(), "private key"),
            (pem("RSA PRIVATE KEY").into(), "private key"),
            (pem("CERTIFICATE REQUEST").into(), "CSR"),
            (pem("TRUSTED CERTIFICATE").into(), "openssl x509"),
            (pem("PKCS7").into(), "openssl pkcs7"),
            (pem("DH PARAMETERS").into(), "\"DH PARAMETERS\""),
            (pem("CERTIFICATE").into(), "it is damaged"),
            (
                b"-----BEGIN CERTIFICATE-----\nMAA=\n".to_vec(),
                "PEM is damaged",
            ),
            (vec![0x30, 0x82, 1, 0, 2, 1, 3], "PKCS#12"),
            (vec![0x30, 0x82, 1, 0, 2, 1, 0], "a private key"),
            (vec![0x30, 0x82, 1, 0, 0x30, 9, 2, 1, 0, 0x30], "CSR"),
            (vec![0x30, 0x82, 1, 0, 0x30], "it is damaged"),
        ] {
            let reason = refused(&bytes);
            assert!(reason.contains(words), "{words}: {reason}");
        }
    }

    #[test]
    fn the_names_of_a_certificate_are_shown_as_people_write_them() {
        let names = |all: &[&str]| names(&all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            names(&["DnsName(\"a.example\")", "IpAddress(192.0.2.1)"]),
            "a.example, 192.0.2.1"
        );
        assert!(names(&["Unsupported(0x01)"]).contains("no host"));
        let seven = ["DnsName(\"a.example\")"; 7];
        assert!(names(&seven).ends_with("a.example, 2 more"));
    }

    #[test]
    fn what_a_bad_line_may_do_is_no_failure_for_good() {
        assert!(failure(&Error::DecryptError).is_none());
        assert!(failure(&Error::AlertReceived(AlertDescription::InternalError)).is_none());
        assert!(failure(&Error::AlertReceived(AlertDescription::ProtocolVersion)).is_some());
    }
}
