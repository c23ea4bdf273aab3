//! odoo-agent.

pub mod clock;
pub mod error;
pub mod exit;
pub mod fsio;
pub mod out;
pub mod render;
pub mod settings;
pub mod transport;
