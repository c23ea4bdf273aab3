//! Profiles and settings.
pub mod secret;
