//! Brings the backups of a Zoho CRM organisation home.
pub mod auth;
pub mod backup;
pub mod cli;
pub mod destination;
pub mod download;
pub mod event;
pub mod exit;
pub mod http;
pub mod integrity;
pub mod settings;
pub mod terminal;
pub mod untrusted;
pub mod zoho;
