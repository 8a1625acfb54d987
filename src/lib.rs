//! Brings the backups of a Zoho CRM organisation home.
pub mod backup;
pub mod event;
pub mod exit;
pub mod untrusted;
