//! Brings the backups of a Zoho CRM organisation home.
pub mod backup;
pub mod cli;
pub mod event;
pub mod exit;
pub mod settings;
pub mod untrusted;
